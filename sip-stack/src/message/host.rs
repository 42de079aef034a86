//! `host` and `hostport`.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use smol_str::SmolStr;

use super::byte_set::ByteSet;
use super::grammar::{self, Parsed, fail, number};

/// Where a URI or Via points: a name or a literal address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Host {
    /// A domain name, in the case it came in.
    Name(SmolStr),
    /// `192.0.2.1`
    V4(Ipv4Addr),
    /// `[2001:db8::1]`
    V6(Ipv6Addr),
}

impl Host {
    /// The address, if it is a literal one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some((*address).into()),
            Self::V6(address) => Some((*address).into()),
        }
    }

    /// Whether both name the same host: names without regard to case (RFC 3261 §19.1.4).
    pub fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(ours), Self::Name(theirs)) => ours.eq_ignore_ascii_case(theirs),
            _ => self == other,
        }
    }
}

impl Host {
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Name(name) if NAME.run(name.as_bytes()) == name.len() => out.push_str(name),
            Self::Name(name) => out.extend(name.chars().filter(|letter| is_name_char(*letter))),
            Self::V4(address) => {
                for (index, octet) in address.octets().into_iter().enumerate() {
                    if index > 0 {
                        out.push('.');
                    }
                    grammar::write_number(octet.into(), out);
                }
            }
            Self::V6(address) => {
                // A String takes whatever is written to it.
                let _ = write!(out, "[{address}]");
            }
        }
    }
}

fn is_name_char(letter: char) -> bool {
    u8::try_from(letter).is_ok_and(|byte| NAME.contains(byte))
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

/// The text is no host of RFC 3261 §25.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a host name or address")]
pub struct InvalidHost;

impl FromStr for Host {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        grammar::complete(text, host).map(Self::from).ok_or(InvalidHost)
    }
}

/// A host where it lies in a text.
#[derive(Clone, Copy)]
pub(crate) enum HostText<'a> {
    Name(&'a str),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
}

impl From<HostText<'_>> for Host {
    #[inline]
    fn from(host: HostText<'_>) -> Self {
        match host {
            HostText::Name(name) => Self::Name(name.into()),
            HostText::V4(address) => Self::V4(address),
            HostText::V6(address) => Self::V6(address),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.write(&mut out);
        f.write_str(&out)
    }
}

/// Underscores are no part of the RFC's grammar, but container networks name hosts with them.
static NAME: ByteSet = ByteSet::alphanumeric_and(b"-._");

/// `hostname / IPv4address / IPv6reference`
#[inline]
pub(crate) fn host(input: &str) -> Parsed<'_, HostText<'_>> {
    if let Some(inside) = input.strip_prefix('[') {
        let address = inside.split_once(']').and_then(|(address, rest)| Some((rest, address.parse().ok()?)));
        return address.map_or_else(|| fail(input), |(rest, address)| Ok((rest, HostText::V6(address))));
    }
    let (end, labels) = Labels::of(input.as_bytes());
    let (name, rest) = input.split_at(end);
    match labels {
        Labels::Domain => Ok((rest, HostText::Name(name))),
        Labels::Digits => {
            name.parse().map_or_else(|_| fail(input), |address| Ok((rest, HostText::V4(address))))
        }
        Labels::Malformed => fail(input),
    }
}

/// What the labels of a name make of it.
enum Labels {
    Domain,
    /// The last label begins with a digit, as that of a domain name does not (RFC 3261 §25.1, `toplabel`).
    Digits,
    /// There is none, or one is empty, or begins or ends with a hyphen.
    Malformed,
}

impl Labels {
    /// The labels that the bytes begin with, and where they end. The last may have a dot behind it.
    fn of(bytes: &[u8]) -> (usize, Self) {
        let (mut end, mut before, mut first) = (0, b'.', b'.');
        let mut is_well_formed = true;
        for byte in bytes.iter().copied().take_while(|byte| NAME.contains(*byte)) {
            match (before, byte) {
                (b'.', b'.' | b'-') | (b'-', b'.') => is_well_formed = false,
                (b'.', _) => first = byte,
                _ => {}
            }
            (before, end) = (byte, end + 1);
        }
        let is_whole = is_well_formed && before != b'-' && first != b'.';
        match first.is_ascii_digit() {
            _ if !is_whole => (end, Self::Malformed),
            true => (end, Self::Digits),
            false => (end, Self::Domain),
        }
    }
}

/// `[ ":" port ]`
#[inline]
pub(crate) fn port(input: &str) -> Parsed<'_, Option<u16>> {
    let Some(digits) = input.strip_prefix(':') else { return Ok((input, None)) };
    match number(digits) {
        Ok((rest, port)) => Ok((rest, Some(port))),
        Err(_) => Ok((input, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_literals_are_told_apart() {
        assert_eq!("Example.COM.".parse(), Ok(Host::Name("Example.COM.".into())));
        assert_eq!("192.0.2.1".parse(), Ok(Host::V4(Ipv4Addr::new(192, 0, 2, 1))));
        assert_eq!(
            "[2001:db8::10]".parse::<Host>().map(|host| host.to_string()).as_deref(),
            Ok("[2001:db8::10]")
        );
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "256.1.1.1", "a..b", "-a", "[::1", "[1.2.3.4]", "a b", "[::1%eth0]"] {
            assert_eq!(text.parse::<Host>(), Err(InvalidHost), "{text}");
        }
    }

    #[test]
    fn a_line_end_in_a_name_is_not_printed() {
        assert_eq!(Host::Name("a\r\nb".into()).to_string(), "ab");
    }
}
