//! What a user agent refuses whatever the state of the call: method, extensions, body (RFC 3261 §8.2.1 to §8.2.3).

use super::headers;
use crate::endpoint::core::Core;
use crate::message::header::{Accept, ContentType, Warning};
use crate::message::multipart::Multipart;
use crate::message::{Header, HeaderName, Headers, Method, Request, StatusCode};

/// The descriptions of sessions that we read and write.
pub(crate) const DESCRIPTION: &str = "application/sdp";

/// The header that says so.
pub(crate) fn accept() -> Header {
    Header::new(HeaderName::Accept, DESCRIPTION)
}

/// Why the request is refused, and the header that tells the peer what would not be.
pub(crate) fn inspect(core: &Core, request: &Request) -> Option<(StatusCode, Header)> {
    if !core.config.services.serves(&request.method) {
        let is_unknown = matches!(request.method, Method::Extension(_));
        let code = if is_unknown { StatusCode::NOT_IMPLEMENTED } else { StatusCode::METHOD_NOT_ALLOWED };
        return Some((code, core.allow()));
    }
    let unsupported = headers::unsupported(core, &request.headers);
    if !unsupported.is_empty() {
        let header = Header::new(HeaderName::Unsupported, unsupported.join(", "));
        return Some((StatusCode::BAD_EXTENSION, header));
    }
    if !matches!(request.method, Method::Invite | Method::Update | Method::Prack) {
        return None;
    }
    unreadable(request).map(|header| (StatusCode::UNSUPPORTED_MEDIA_TYPE, header)).or_else(|| {
        is_deaf_to_descriptions(&request.headers).then(|| (StatusCode::NOT_ACCEPTABLE, why_not_acceptable()))
    })
}

/// What we could read instead of the request's body.
fn unreadable(request: &Request) -> Option<Header> {
    let headers = &request.headers;
    if request.body.is_empty() || is_optional(headers) {
        return None;
    }
    let encoding = headers.get(&HeaderName::ContentEncoding).unwrap_or("identity");
    if !encoding.eq_ignore_ascii_case("identity") {
        return Some(Header::new(HeaderName::AcceptEncoding, "identity"));
    }
    let content_type: ContentType = headers.typed().ok()??;
    let is_readable = content_type.is(DESCRIPTION) || Multipart::parse(&content_type, &request.body).is_ok();
    (!is_readable).then(accept)
}

/// Whether the body may be ignored (RFC 3261 §20.11).
fn is_optional(headers: &Headers) -> bool {
    let disposition = headers.get(&HeaderName::ContentDisposition).unwrap_or_default();
    disposition.split(';').skip(1).any(|param| {
        let mut halves = param.splitn(2, '=').map(str::trim);
        let is = |half: Option<&str>, word| half.is_some_and(|half: &str| half.eq_ignore_ascii_case(word));
        is(halves.next(), "handling") && is(halves.next(), "optional")
    })
}

/// Whether the peer takes no description in our response; a malformed Accept says nothing.
fn is_deaf_to_descriptions(headers: &Headers) -> bool {
    matches!(headers.typed::<Accept>(), Ok(Some(accept)) if !accept.takes(DESCRIPTION))
}

fn why_not_acceptable() -> Header {
    let text = format!("only {DESCRIPTION} describes our sessions");
    Header::from_typed(&Warning { code: 399, agent: "user-agent".into(), text: text.into() })
}
