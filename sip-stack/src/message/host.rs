//! `host` and `hostport`.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use smol_str::SmolStr;

use super::byte_set::ByteSet;
use super::grammar::{self, Parsed, fail, number};
use super::text::small;

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
            HostText::Name(name) => Self::Name(small(name)),
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
const LETTERS_OF_LABELS: ByteSet = ByteSet::alphanumeric_and(b"_");
static LETTERS: ByteSet = LETTERS_OF_LABELS;
static NAME: ByteSet = LETTERS_OF_LABELS.and(b"-.");

/// `hostname / IPv4address / IPv6reference`
#[inline(always)]
pub(crate) fn host(input: &str) -> Parsed<'_, HostText<'_>> {
    if let Some(inside) = input.strip_prefix('[') {
        let address = inside.split_once(']').and_then(|(address, rest)| Some((rest, address.parse().ok()?)));
        return address.map_or_else(|| fail(input), |(rest, address)| Ok((rest, HostText::V6(address))));
    }
    let Some((end, labels)) = labels(input.as_bytes()) else { return fail(input) };
    let (name, rest) = input.split_at(end);
    match labels {
        Labels::Domain => Ok((rest, HostText::Name(name))),
        Labels::Digits => {
            name.parse().map_or_else(|_| fail(input), |address| Ok((rest, HostText::V4(address))))
        }
    }
}

/// What the labels of a name make of it.
enum Labels {
    Domain,
    /// The last label begins with a digit, as that of a domain name does not (RFC 3261 §25.1, `toplabel`).
    Digits,
}

/// Where the labels that the bytes begin with end, which may be behind a dot; `None` if there is none, or one is empty,
/// or begins or ends with a hyphen.
#[inline(always)]
fn labels(bytes: &[u8]) -> Option<(usize, Labels)> {
    let (mut last, mut label, mut end) = (0, 0, 0);
    loop {
        end += LETTERS.run(&bytes[end..]);
        match bytes.get(end) {
            Some(b'-') if end > label => end += 1,
            Some(b'.') if end > label && bytes[end - 1] != b'-' => {
                end += 1;
                (last, label) = (label, end);
            }
            Some(b'-' | b'.') => return None,
            Some(_) | None => break,
        }
    }
    let first = if label < end { label } else { last };
    match (bytes[..end].last()?, bytes[first].is_ascii_digit()) {
        (b'-', _) => None,
        (_, true) => Some((end, Labels::Digits)),
        (_, false) => Some((end, Labels::Domain)),
    }
}

/// `[ ":" port ]`
#[inline(always)]
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
