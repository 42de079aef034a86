//! Responses.

use bytes::Bytes;

use super::headers::{Header, Headers};
use super::name::HeaderName;
use super::status::StatusCode;
use super::text::Text;

/// A response (RFC 3261 §7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// What became of the request.
    pub code: StatusCode,
    /// The same in words.
    pub reason: Text,
    /// The headers; Content-Length is written from `body`.
    pub headers: Headers,
    /// The body, as it travels.
    pub body: Bytes,
}

/// What a response takes over from its request (RFC 3261 §8.2.6.2), in this order.
const COPIED: [HeaderName; 5] =
    [HeaderName::Via, HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq];

impl Response {
    /// A response with the standard phrase and what every response takes over from the request's headers:
    /// all Via, From, To, Call-ID and CSeq; a 100 the Timestamp too. The To tag is the caller's to add.
    pub fn to_request(request: &Headers, code: StatusCode) -> Self {
        let mut headers = Headers::new();
        for name in COPIED {
            headers.extend(request.get_all(&name).map(|value| Header::new(name.clone(), value)));
        }
        if code == StatusCode::TRYING {
            let timestamp = request.get(&HeaderName::Timestamp);
            headers.extend(timestamp.map(|value| Header::new(HeaderName::Timestamp, value)));
        }
        Self { code, reason: Text::from(code.phrase()), headers, body: Bytes::new() }
    }
}
