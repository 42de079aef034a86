//! Requests.

use bytes::Bytes;

use super::headers::Headers;
use super::method::Method;
use super::uri::Uri;

/// A request (RFC 3261 §7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub method: Method,
    /// Of whom.
    pub uri: Uri,
    /// The headers; Content-Length is written from `body`.
    pub headers: Headers,
    /// The body, as it travels.
    pub body: Bytes,
}

impl Request {
    /// A request without headers and body.
    pub const fn new(method: Method, uri: Uri, headers: Headers) -> Self {
        Self { method, uri, headers, body: Bytes::new() }
    }
}
