//! Headers that requests and responses of every usage share.

use bytes::Bytes;

use super::command::{Body, Reason};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::ReasonHeader;
use crate::message::multipart::Wanted;
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Uri};
use crate::transport::Transport;
use crate::transport::destination::Destination;

/// The extensions that a peer may require of us (RFC 3262, RFC 4028).
pub(crate) const SUPPORTED: &str = "100rel, timer";

/// What whoever serves REFER supports besides (RFC 4488, RFC 4538).
const SUPPORTED_WITH_REFER: [&str; 2] = ["norefersub", "tdialog"];

/// Headers that the endpoint writes itself; a caller's own would contradict it.
const OWNED: [HeaderName; 16] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::MaxForwards,
    HeaderName::Contact,
    HeaderName::Route,
    HeaderName::RecordRoute,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::SessionExpires,
    HeaderName::Authorization,
    HeaderName::ProxyAuthorization,
    HeaderName::RSeq,
    HeaderName::RAck,
];

/// What a response takes over from its request, and what its body writes.
const COPIED: [HeaderName; 7] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::ContentLength,
    HeaderName::ContentType,
];

/// The header that names our extensions.
pub(crate) fn supported(core: &Core) -> Header {
    Header::new(HeaderName::Supported, supported_tags(core).join(", "))
}

/// The same in an INVITE, where a 199 may answer (RFC 6228 §4).
pub(crate) fn supported_by_caller(core: &Core) -> Header {
    Header::new(HeaderName::Supported, [supported_tags(core), vec!["199"]].concat().join(", "))
}

fn supported_tags(core: &Core) -> Vec<&'static str> {
    let relations = core.config.relations.iter().map(|kind| kind.option_tag());
    let serves_refer = core.config.services.serves(&Method::Refer);
    let of_refer = SUPPORTED_WITH_REFER.into_iter().filter(|_| serves_refer);
    SUPPORTED.split(", ").chain(relations).chain(of_refer).collect()
}

/// The extensions that the peer requires and we do not know.
pub(crate) fn unsupported(core: &Core, headers: &Headers) -> Vec<String> {
    let supported = supported_tags(core);
    let required = option_tags(headers, &HeaderName::Require);
    required.filter(|tag| !supported.contains(tag)).map(str::to_owned).collect()
}

/// Whether a list of option tags has this one.
pub(crate) fn has_option(headers: &Headers, name: &HeaderName, tag: &str) -> bool {
    option_tags(headers, name).any(|candidate| candidate == tag)
}

fn option_tags<'a>(headers: &'a Headers, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
    headers.get_all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|tag| !tag.is_empty())
}

/// Whether the peer says that it acts on this method.
pub(crate) fn allows(headers: &Headers, method: &Method) -> bool {
    has_option(headers, &HeaderName::Allow, method.as_str())
}

/// Our contact on this way, as a header's value.
pub(crate) fn contact(user: Option<&str>, way: &Destination) -> String {
    own_contact(user, way).to_string()
}

/// Our contact on this way.
pub(crate) fn own_contact(user: Option<&str>, way: &Destination) -> NameAddr {
    let mut uri = Uri::sip(user, way.public_host(), Some(way.public.port()));
    if let Some(word) = transport_word(way.transport) {
        uri.params.set("transport", word);
    }
    NameAddr::new(uri)
}

/// Moves our contact from one way to another; a Contact that names somebody else stays.
pub(crate) fn readdress(headers: &mut Headers, from: &Destination, to: &Destination) {
    let contact = headers.get(&HeaderName::Contact).and_then(|value| value.parse::<NameAddr>().ok());
    let Some(mut contact) = contact else { return };
    let is_ours = contact.uri.host == from.public_host() && contact.uri.port == Some(from.public.port());
    if !is_ours || from.public == to.public && from.transport == to.transport {
        return;
    }
    contact.uri.host = to.public_host();
    contact.uri.port = Some(to.public.port());
    contact.uri.params.remove("transport");
    if let Some(word) = transport_word(to.transport) {
        contact.uri.params.set("transport", word);
    }
    headers.set(Header::new(HeaderName::Contact, contact.to_string()));
}

/// The `transport` parameter of a contact; UDP is meant without.
fn transport_word(transport: Transport) -> Option<&'static str> {
    match transport {
        Transport::Udp => None,
        Transport::Tcp => Some("tcp"),
        Transport::Tls => Some("tls"),
        Transport::Ws | Transport::Wss => Some("ws"),
    }
}

/// Writes a body and its type.
pub(crate) fn set_body(headers: &mut Headers, place: &mut Bytes, body: Option<&Body>) {
    headers.remove(&HeaderName::ContentType);
    *place = Bytes::new();
    if let Some(body) = body {
        headers.push(Header::new(HeaderName::ContentType, body.content_type.as_str()));
        *place = body.content.clone();
    }
}

/// Reads a body and its type.
pub(crate) fn body(headers: &Headers, content: &Bytes) -> Option<Body> {
    let content_type = headers.get(&HeaderName::ContentType).unwrap_or_default().to_owned();
    (!content.is_empty()).then(|| Body { content_type, content: content.clone() })
}

/// Reads the session description: the whole body, or the part of it that is one (RFC 5621 §4).
pub(crate) fn description(headers: &Headers, content: &Bytes) -> Option<Body> {
    if content.is_empty() {
        return None;
    }
    Wanted::SESSION.of_message(headers, content).map(Body::sdp)
}

/// Reads the first Reason (RFC 3326).
pub(crate) fn reason(headers: &Headers) -> Option<Reason> {
    let header: ReasonHeader = headers.typed().ok()??;
    Some(Reason {
        protocol: header.protocol.to_string(),
        cause: header.cause()?,
        text: header.text().map(str::to_owned),
    })
}

/// Writes a Reason.
pub(crate) fn reason_header(reason: &Reason) -> Header {
    Header::from_typed(&ReasonHeader::new(reason.protocol.as_str(), reason.cause, reason.text.as_deref()))
}

/// Refuses headers that a response takes over from its request.
pub(crate) fn check_copied(headers: &[Header]) -> Result<(), CommandError> {
    match headers.iter().any(|header| COPIED.contains(&header.name)) {
        true => Err(CommandError::InvalidArgument),
        false => Ok(()),
    }
}

/// Refuses headers of the caller's own that the endpoint writes itself.
pub(crate) fn check_own<'a>(headers: impl IntoIterator<Item = &'a Header>) -> Result<(), CommandError> {
    match headers.into_iter().any(|header| OWNED.contains(&header.name)) {
        true => Err(CommandError::InvalidArgument),
        false => Ok(()),
    }
}
