//! `Via` (RFC 3261 §20.42, RFC 3581).

use std::net::IpAddr;

use nom::Parser;
use nom::combinator::verify;
use nom::sequence::preceded;
use smol_str::SmolStr;

use super::{HeaderError, Shape, TypedHeader, parse_first};
use crate::message::grammar::{self, Parsed, lws, number, separated, separator, token};
use crate::message::host::{Host, HostText, host};
use crate::message::name::HeaderName;
use crate::message::params::{Params, ParamsText, params_text};
use crate::message::text::small;
use crate::transport::Transport;

/// One hop a request has taken and its response will take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Via {
    /// The transport's word as it came; there are more than this stack knows.
    pub transport: SmolStr,
    /// `sent-by`: where the hop says it is.
    pub host: Host,
    /// Its port.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport`, ...
    pub params: Params,
}

/// What a branch begins with that is unique over space and time (RFC 3261 §8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

impl Via {
    /// A hop with a branch.
    pub fn new(transport: Transport, host: Host, port: Option<u16>, branch: impl AsRef<str>) -> Self {
        let mut params = Params::new();
        params.set("branch", branch);
        Self { transport: transport.as_str().into(), host, port, params }
    }

    /// The transport, if this stack knows it.
    pub fn known_transport(&self) -> Option<Transport> {
        self.transport.parse().ok()
    }

    /// The transaction's id.
    pub fn branch(&self) -> Option<&str> {
        self.params.get("branch")
    }

    /// Whether the branch identifies the transaction as RFC 3261 says; RFC 2543 matched otherwise.
    pub fn has_magic_cookie(&self) -> bool {
        let cookie = self.branch().and_then(|branch| branch.get(..MAGIC_COOKIE.len()));
        cookie.is_some_and(|start| start.eq_ignore_ascii_case(MAGIC_COOKIE))
    }

    /// The address the request really came from.
    pub fn received(&self) -> Option<IpAddr> {
        self.params.get("received")?.trim_matches(['[', ']']).parse().ok()
    }

    /// Whether the client asked for the port it really sends from (RFC 3581).
    pub fn wants_rport(&self) -> bool {
        self.params.contains("rport")
    }

    /// The port the request really came from.
    pub fn rport(&self) -> Option<u16> {
        self.params.get("rport")?.parse().ok()
    }
}

impl TypedHeader for Via {
    const NAME: HeaderName = HeaderName::Via;
    const SHAPE: Shape = Shape::List;

    fn parse(value: &str) -> Result<Self, HeaderError> {
        match Self::parse_first(value)? {
            (hop, None) => Ok(hop),
            (_, Some(_)) => Err(HeaderError::Malformed(Self::NAME)),
        }
    }

    fn parse_first(line: &str) -> Result<(Self, Option<&str>), HeaderError> {
        parse_first::<Self, _>(line, via).map(|(hop, rest)| (hop.into(), rest))
    }

    fn write(&self, out: &mut String) {
        out.push_str("SIP/2.0/");
        grammar::write_token(&self.transport, out);
        out.push(' ');
        self.host.write(out);
        if let Some(port) = self.port {
            out.push(':');
            grammar::write_number(port.into(), out);
        }
        self.params.write(out);
    }
}

/// A hop where it lies in a text.
struct ViaText<'a> {
    transport: &'a str,
    host: HostText<'a>,
    port: Option<u16>,
    params: ParamsText<'a>,
}

impl From<ViaText<'_>> for Via {
    #[inline(always)]
    fn from(text: ViaText<'_>) -> Self {
        let (transport, host) = (small(text.transport), text.host.into());
        Self { transport, host, port: text.port, params: text.params.into() }
    }
}

/// `sent-protocol LWS sent-by *( SEMI via-params )`
#[inline(always)]
fn via(input: &str) -> Parsed<'_, ViaText<'_>> {
    let (rest, transport) = sent_protocol(input)?;
    let (rest, _) = lws(rest)?;
    let (rest, host) = host(rest)?;
    let (rest, port) = match separated(rest, b':') {
        Some(rest) => number(rest).map(|(rest, port)| (rest, Some(port)))?,
        None => (rest, None),
    };
    let (rest, params) = params_text(rest)?;
    Ok((rest, ViaText { transport, host, port, params }))
}

/// `protocol-name SLASH protocol-version SLASH transport`
fn sent_protocol(input: &str) -> Parsed<'_, &str> {
    if let Some(Ok(transport)) = input.strip_prefix("SIP/2.0/").map(token) {
        return Ok(transport);
    }
    let name = verify(token, |name: &str| name.eq_ignore_ascii_case("SIP"));
    let version = verify(token, |version: &str| version == "2.0");
    preceded((name, separator(b'/'), version, separator(b'/')), token).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_may_stand_around_slashes_and_colons() {
        let via = Via::parse("SIP / 2.0\t/ UDP  first.example.com : 4000;ttl=16 ;branch=z9hG4bKa7c6a8dlze.1")
            .unwrap();
        assert_eq!((via.transport.as_str(), via.port), ("UDP", Some(4000)));
        assert!(via.has_magic_cookie());
    }

    #[test]
    fn received_takes_an_address_with_or_without_brackets() {
        for text in ["2001:db8::9", "[2001:db8::9]"] {
            let via = Via::parse(&format!("SIP/2.0/TCP [2001:db8::1]:5060;received={text};rport=7")).unwrap();
            assert_eq!(via.received(), "2001:db8::9".parse().ok());
            assert_eq!(via.rport(), Some(7));
        }
    }

    #[test]
    fn an_empty_rport_asks() {
        let via = Via::parse("SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK1").unwrap();
        assert!(via.wants_rport() && via.rport().is_none());
    }

    #[test]
    fn other_protocols_and_loose_ends_are_refused() {
        for bad in
            ["SIP/1.0/UDP a", "SIP/2.0/UDP", "SIP/2.0/UDP a:99999", "SIP/2.0/UDP a;;b", "SIP/2.0/UDP a b"]
        {
            assert!(Via::parse(bad).is_err(), "{bad}");
        }
    }
}
