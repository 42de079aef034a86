//! Where a certificate is (RFC 8224 §7.3): `https`, a host, and no more tricks.

use std::fmt;
use std::str::FromStr;

use crate::message::Host;

const URL_BYTES_MAX: usize = 1024;
const HTTPS_PORT: u16 = 443;

/// An `https` URL without user, password and fragment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Url {
    text: String,
    host: Host,
    port: u16,
}

impl Url {
    /// As it came.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name to resolve, or an address.
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// 443 unless the URL says otherwise.
    pub const fn port(&self) -> u16 {
        self.port
    }
}

/// The text is no such URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an https URL of a certificate")]
pub struct InvalidUrl;

impl FromStr for Url {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = text.len() <= URL_BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_graphic());
        let scheme = text.get(..8).filter(|scheme| is_plain && scheme.eq_ignore_ascii_case("https://"));
        let rest = scheme.and_then(|scheme| text.get(scheme.len()..)).ok_or(InvalidUrl)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains(['@', '\\']) || rest.contains(['#', '\\']) {
            return Err(InvalidUrl);
        }
        let (host, port) = split_port(authority)?;
        // A resolver may read 127.1 or 0x7f000001 as an address, and only what was judged may be reached.
        let is_ambiguous = matches!(&host, Host::Name(name) if !has_letters_last(name));
        if is_ambiguous || port == 0 {
            return Err(InvalidUrl);
        }
        Ok(Self { text: text.to_owned(), host, port })
    }
}

fn split_port(authority: &str) -> Result<(Host, u16), InvalidUrl> {
    let after_address = authority.rfind(']').unwrap_or(0);
    let colon = authority.get(after_address..).and_then(|rest| rest.find(':')).map(|at| at + after_address);
    let (host, port) = match colon {
        Some(at) => (authority.get(..at), authority.get(at + 1..)),
        None => (Some(authority), None),
    };
    let port = match port {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
        Some(_) => None,
        None => Some(HTTPS_PORT),
    };
    let host = host.and_then(|host| host.parse().ok());
    host.zip(port).ok_or(InvalidUrl)
}

/// Whether the last label is a top-level domain's and not a number's.
fn has_letters_last(name: &str) -> bool {
    let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    last.starts_with(|first: char| first.is_ascii_alphabetic())
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_https_is_a_url() {
        let url: Url = "https://cert.example.org:8443/passport.cer?x=1".parse().unwrap();
        assert_eq!((url.host().to_string().as_str(), url.port()), ("cert.example.org", 8443));
        assert_eq!("HTTPS://[2606:4700::1111]/x".parse::<Url>().unwrap().port(), 443);
        for text in [
            "http://cert.example.org/x",
            "https://",
            "https:///x",
            "https://a@cert.example.org/",
            "https://cert.example.org\\@evil/",
            "https://cert.example.org:0/",
            "https://cert.example.org:/",
            "https://cert.example.org:+443/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://cert.example.org/#x",
            "https://cert.example.org/\r\nX: y",
            "file:///etc/passwd",
        ] {
            assert_eq!(text.parse::<Url>(), Err(InvalidUrl), "{text}");
        }
    }
}
