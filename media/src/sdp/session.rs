use super::SdpError;

/// One `a=` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Before the colon.
    pub name: String,
    /// After it, if there is one.
    pub value: Option<String>,
}

/// The value of a `c=` line, or the address part of `o=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// `IN`.
    pub network: String,
    /// `IP4` or `IP6`.
    pub kind: String,
    /// Address or name, with a multicast TTL or count if given.
    pub address: String,
}

/// One `m=` section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, ...
    pub kind: String,
    /// 0 rejects the stream.
    pub port: u16,
    /// `RTP/AVP`, ...
    pub protocol: String,
    /// Payload types for RTP.
    pub formats: Vec<String>,
    /// In order.
    pub connections: Vec<Connection>,
    /// In order.
    pub attributes: Vec<Attribute>,
}

/// A whole description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// In order.
    pub attributes: Vec<Attribute>,
    /// In order.
    pub media: Vec<Media>,
}

impl Session {
    /// Parses a description.
    pub fn parse(bytes: &[u8]) -> Result<Self, SdpError> {
        let _ = bytes;
        Err(SdpError::Version)
    }
}
