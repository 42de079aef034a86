//! A description as a value; [`parse`](Session::parse) and [`Display`](fmt::Display) are inverse.

use std::fmt;

use super::SdpError;

/// A whole description. Lines that offer and answer do not look at are kept as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The value of `o=`: user, session id, version, address. Peers of RFC 2543's days leave it out.
    pub origin: Option<String>,
    /// The value of `s=`.
    pub name: String,
    /// The address of streams that have none of their own.
    pub connection: Option<Connection>,
    /// Every other line but attributes: those that stand before `c=` (`i u e p`), then the others
    /// (`b t r z k`), each in order.
    pub details: Vec<Detail>,
    /// In order.
    pub attributes: Vec<Attribute>,
    /// In order.
    pub media: Vec<Media>,
}

/// One `m=` section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, ...
    pub kind: String,
    /// 0 rejects the stream.
    pub port: u16,
    /// How many port pairs, where the line says so.
    pub port_count: Option<u16>,
    /// `RTP/AVP`, ...
    pub protocol: String,
    /// Payload types for RTP.
    pub formats: Vec<String>,
    /// In order.
    pub connections: Vec<Connection>,
    /// Every other line but attributes: `i`, then the others (`b k`), each in order.
    pub details: Vec<Detail>,
    /// In order.
    pub attributes: Vec<Attribute>,
}

/// The value of a `c=` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// `IN`.
    pub network: String,
    /// `IP4` or `IP6`.
    pub kind: String,
    /// Address or name, with a multicast TTL or count where given.
    pub address: String,
}

/// One `a=` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Before the colon.
    pub name: String,
    /// After it, if there is one.
    pub value: Option<String>,
}

/// A line that is kept as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Before the equals sign.
    pub letter: char,
    /// After it.
    pub value: String,
}

impl Session {
    /// Parses a description. Takes bare line feeds, blank lines, lines out of order and unknown
    /// letters; what is not UTF-8 is replaced. Refuses by [`limit`](super::limit), and what no peer
    /// can mean.
    pub fn parse(bytes: &[u8]) -> Result<Self, SdpError> {
        super::parse::session(bytes)
    }

    /// The value of the first session attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        value_of(&self.attributes, name)
    }
}

impl Media {
    /// The value of the first attribute of that name; empty for a flag.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        value_of(&self.attributes, name)
    }
}

impl Detail {
    pub(super) fn precedes_session_connection(&self) -> bool {
        matches!(self.letter, 'i' | 'u' | 'e' | 'p')
    }

    pub(super) fn precedes_media_connection(&self) -> bool {
        self.letter == 'i'
    }
}

fn value_of<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|attribute| attribute.name == name)?;
    Some(found.value.as_deref().unwrap_or(""))
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("v=0\r\n")?;
        if let Some(origin) = &self.origin {
            write!(f, "o={origin}\r\n")?;
        }
        write!(f, "s={}\r\n", self.name)?;
        write_lines(f, self.details.iter().filter(|detail| detail.precedes_session_connection()))?;
        write_lines(f, &self.connection)?;
        write_lines(f, self.details.iter().filter(|detail| !detail.precedes_session_connection()))?;
        write_lines(f, &self.attributes)?;
        self.media.iter().try_for_each(|media| write!(f, "{media}"))
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {}", self.kind, self.port)?;
        if let Some(count) = self.port_count {
            write!(f, "/{count}")?;
        }
        write!(f, " {}", self.protocol)?;
        self.formats.iter().try_for_each(|format| write!(f, " {format}"))?;
        f.write_str("\r\n")?;
        write_lines(f, self.details.iter().filter(|detail| detail.precedes_media_connection()))?;
        write_lines(f, &self.connections)?;
        write_lines(f, self.details.iter().filter(|detail| !detail.precedes_media_connection()))?;
        write_lines(f, &self.attributes)
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c={} {} {}", self.network, self.kind, self.address)
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "a={}:{value}", self.name),
            None => write!(f, "a={}", self.name),
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.letter, self.value)
    }
}

fn write_lines<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    lines: impl IntoIterator<Item = T>,
) -> fmt::Result {
    lines.into_iter().try_for_each(|line| write!(f, "{line}\r\n"))
}
