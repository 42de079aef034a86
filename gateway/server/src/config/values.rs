//! Values that are written as text and read into types; each refusal says what to write instead.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// A password or key; never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A transport that SIP is driven over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(rename_all = "kebab-case")]
pub enum SipTransport {
    /// Datagrams.
    #[default]
    Udp,
    /// A stream.
    Tcp,
    /// A stream inside TLS.
    Tls,
}

/// Where SIP listens: `udp:0.0.0.0:5060`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(try_from = "String")]
pub struct SipListen {
    /// How.
    pub transport: SipTransport,
    /// Where.
    pub address: SocketAddr,
}

impl TryFrom<String> for SipListen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(transport, address)| {
            let transport = match transport {
                "udp" => SipTransport::Udp,
                "tcp" => SipTransport::Tcp,
                "tls" => SipTransport::Tls,
                _ => return None,
            };
            Some(Self { transport, address: address.parse().ok()? })
        });
        parts.ok_or_else(|| {
            format!(
                "{text:?} is no SIP listener; write one such as \"udp:0.0.0.0:5060\", \"tcp:[::]:5060\" or \
                 \"tls:0.0.0.0:5061\""
            )
        })
    }
}

/// A web origin: `https://phone.example`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(try_from = "String")]
pub struct Origin(pub String);

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |rest: &&str| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '*', ' ']);
        match rest.filter(plain) {
            Some(_) => Ok(Self(text.to_ascii_lowercase())),
            None => Err(format!(
                "{text:?} is no origin; write scheme, host and port only, such as \"https://phone.example\""
            )),
        }
    }
}

/// A range of UDP ports: `30000-39999`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(try_from = "String")]
pub struct PortRange {
    /// The lowest.
    pub first: u16,
    /// The highest.
    pub last: u16,
}

impl PortRange {
    /// As the media worker takes it.
    pub fn ports(self) -> RangeInclusive<u16> {
        self.first..=self.last
    }
}

impl TryFrom<String> for PortRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let range = text.split_once('-').and_then(|(first, last)| {
            Some(Self { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? })
        });
        let usable = |range: &Self| range.first >= 1024 && range.last > range.first;
        range.filter(usable).ok_or_else(|| {
            format!("{text:?} is no range of ports above 1023; write one such as \"30000-39999\"")
        })
    }
}

/// Where a trunk is: a host name or address, and a port (5060 when left out); or a SIP URI.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(try_from = "String")]
pub enum TrunkAddress {
    /// One host.
    Host {
        /// A name, or an address without brackets.
        host: String,
        /// Never 0.
        port: u16,
    },
    /// A SIP URI, whose hosts the DNS names (RFC 3263).
    Uri(String),
}

/// A name server: `192.0.2.53`, or with a port that is not 53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(try_from = "String")]
pub struct DnsServer(pub SocketAddr);

/// RFC 1035 §4.2.
const DNS_PORT: u16 = 53;

impl TryFrom<String> for DnsServer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let alone = || Some(SocketAddr::new(text.trim_matches(['[', ']']).parse().ok()?, DNS_PORT));
        let address = text.parse().ok().or_else(alone).filter(|address: &SocketAddr| address.port() != 0);
        address.map(Self).ok_or_else(|| {
            format!("{text:?} is no name server; write its address such as \"192.0.2.53\" or \"[2001:db8::53]:5353\"")
        })
    }
}

/// RFC 3261 §19.1.2.
const SIP_PORT: u16 = 5060;

impl FromStr for TrunkAddress {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.starts_with("sip:") || text.starts_with("sips:") {
            return if is_host_uri(text) { Ok(Self::Uri(text.to_owned())) } else { Err(()) };
        }
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self::Host { host: address.ip().to_string(), port: address.port() });
        }
        if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(Self::Host { host: ip.to_string(), port: SIP_PORT });
        }
        let (host, port) = match text.split_once(':') {
            Some((host, port)) => (host, port.parse().map_err(drop)?),
            None => (text, SIP_PORT),
        };
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if host.is_empty() || port == 0 || !host.chars().all(name) {
            return Err(());
        }
        Ok(Self::Host { host: host.to_owned(), port })
    }
}

/// Whether a URI says where to go and nothing else.
fn is_host_uri(text: &str) -> bool {
    let uri = text.parse::<sip_stack::message::Uri>();
    uri.is_ok_and(|uri| uri.user.is_none() && uri.headers.is_empty() && uri.port != Some(0))
}

impl TryFrom<String> for TrunkAddress {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|()| {
            format!("{text:?} is no address of a trunk; write a host and port such as \"sip.carrier.example:5060\" or a URI such as \"sip:carrier.example\"")
        })
    }
}

/// A codec by its usual name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    Opus,
    Pcmu,
    Pcma,
    G722,
}

/// An algorithm of digests (RFC 8760).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
pub enum DigestAlgorithm {
    /// What every phone can, and what is long broken for other uses.
    #[serde(rename = "md5")]
    Md5,
    /// SHA-256.
    #[serde(rename = "sha-256")]
    Sha256,
    /// SHA-512/256.
    #[serde(rename = "sha-512-256")]
    Sha512_256,
}

/// How digits go to a trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(rename_all = "lowercase")]
pub enum Dtmf {
    /// RFC 4733 where the trunk negotiates it, else INFO.
    #[default]
    Auto,
    /// RFC 4733.
    Rfc4733,
    /// SIP INFO.
    Info,
}

/// Whether a trunk's sound is encrypted, by keys in the session descriptions (SDES, RFC 4568).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(rename_all = "lowercase")]
pub enum Srtp {
    /// Never.
    #[default]
    Off,
    /// Where the trunk agrees.
    Optional,
    /// Always; a call that cannot be is refused.
    Mandatory,
}

/// A signature algorithm with a public key (RFC 7518, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

/// A set of numbers: `600`, `60x`, `+49*` or `*`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
#[serde(try_from = "String")]
pub struct NumberPattern(pub String);

impl NumberPattern {
    /// Every number.
    pub fn any() -> Self {
        Self("*".to_owned())
    }
}

impl TryFrom<String> for NumberPattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.parse::<engine::Pattern>() {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(format!("{text:?} is no pattern of numbers: {error}")),
        }
    }
}

/// A value that is written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parsed<T>(pub T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let read = text.parse().map(Self);
        read.map_err(|error| serde::de::Error::custom(format!("{text:?} is not understood: {error}")))
    }
}

#[cfg(test)]
impl<T> serde::Serialize for Parsed<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("a text")
    }
}
