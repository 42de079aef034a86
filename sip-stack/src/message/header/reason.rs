//! `Reason` (RFC 3326).

use nom::Parser;

use super::{HeaderError, Shape, TypedHeader, parse_whole};
use crate::message::SmolStr;
use crate::message::grammar::{token, write_token};
use crate::message::name::HeaderName;
use crate::message::params::{Params, params};

/// Why a request is sent or a call ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonHeader {
    /// `SIP`, `Q.850` or another namespace of causes.
    pub protocol: SmolStr,
    /// `cause`, `text`, ...
    pub params: Params,
}

impl ReasonHeader {
    /// A cause, with words or without.
    pub fn new(protocol: impl Into<SmolStr>, cause: u16, text: Option<&str>) -> Self {
        let mut params = Params::new();
        params.set("cause", cause.to_string());
        if let Some(text) = text {
            params.set_quoted("text", text);
        }
        Self { protocol: protocol.into(), params }
    }

    /// The number in the protocol's namespace.
    pub fn cause(&self) -> Option<u16> {
        self.params.get("cause")?.parse().ok()
    }

    /// The words.
    pub fn text(&self) -> Option<&str> {
        self.params.get("text")
    }
}

impl TypedHeader for ReasonHeader {
    const NAME: HeaderName = HeaderName::Reason;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        let (protocol, params) = parse_whole::<Self, _>(value, |rest| (token, params).parse(rest))?;
        Ok(Self { protocol: protocol.into(), params })
    }

    fn write(&self, out: &mut String) {
        write_token(&self.protocol, out);
        self.params.write(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cause_and_text_are_parameters() {
        let reason = ReasonHeader::parse("Q.850 ;cause=16 ;text=\"Terminated\"").unwrap();
        assert_eq!(
            (reason.protocol.as_str(), reason.cause(), reason.text()),
            ("Q.850", Some(16), Some("Terminated"))
        );
        let mut out = String::new();
        ReasonHeader::new("SIP", 200, Some("Call completed elsewhere")).write(&mut out);
        assert_eq!(out, "SIP;cause=200;text=\"Call completed elsewhere\"");
    }
}
