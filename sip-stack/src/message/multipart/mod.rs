//! Bodies of several parts (RFC 2046 §5.1, RFC 5621).
//!
//! The parts are read at once and all the way down, so that what a stranger nests is bounded before anybody looks
//! at it; their octets are slices of the body. The boundary is no part of the value: reading forgets it, and
//! writing makes one that no part contains.

mod find;
mod parse;
mod write;

use bytes::Bytes;
use smol_str::SmolStr;

pub use find::Wanted;
pub use parse::MultipartError;

use super::header::{ContentDisposition, ContentType, HeaderError};
use super::headers::Headers;
use super::params::Params;

/// A body of several parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multipart {
    /// `mixed`, `alternative`, `related`, `signed`, ...
    pub subtype: SmolStr,
    /// The parameters of the content type, the boundary left out.
    pub params: Params,
    /// The parts in order.
    pub parts: Vec<Part>,
}

/// One of the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its headers. Content-Length is left out, and Content-Type too where the content is parts again: both are
    /// written from the content.
    pub headers: Headers,
    /// What it holds.
    pub content: Content,
}

/// What a part holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Octets, as they travel.
    Octets(Bytes),
    /// Parts again.
    Parts(Multipart),
}

impl Multipart {
    /// A `multipart/mixed` body.
    pub fn mixed(parts: Vec<Part>) -> Self {
        Self { subtype: "mixed".into(), params: Params::new(), parts }
    }

    fn is(&self, subtype: &str) -> bool {
        self.subtype.eq_ignore_ascii_case(subtype)
    }
}

impl Part {
    /// A part without other headers than its type.
    pub fn new(content_type: &ContentType, octets: impl Into<Bytes>) -> Self {
        let mut headers = Headers::new();
        headers.push(super::Header::from_typed(content_type));
        Self { headers, content: Content::Octets(octets.into()) }
    }

    /// What it is; `text/plain` where nothing is said (RFC 2046 §5.1).
    ///
    /// # Errors
    /// The Content-Type is malformed or comes twice.
    pub fn content_type(&self) -> Result<ContentType, HeaderError> {
        if let Content::Parts(parts) = &self.content {
            let (kind, subtype) = ("multipart".into(), parts.subtype.clone());
            return Ok(ContentType { kind, subtype, params: parts.params.clone() });
        }
        let said = self.headers.typed()?;
        Ok(said.unwrap_or_else(|| ContentType::new("text", "plain")))
    }

    /// What it is for (RFC 3261 §20.11): where nothing is said, a session description describes the session and
    /// everything else is shown.
    ///
    /// # Errors
    /// A header that says so is malformed or comes twice.
    pub fn disposition(&self) -> Result<ContentDisposition, HeaderError> {
        disposition(&self.headers, &self.content_type()?)
    }

    /// The octets, unless the content is parts again.
    pub const fn octets(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Octets(octets) => Some(octets),
            Content::Parts(_) => None,
        }
    }
}

fn disposition(headers: &Headers, content_type: &ContentType) -> Result<ContentDisposition, HeaderError> {
    let usual = || if content_type.is("application/sdp") { "session" } else { "render" };
    Ok(headers.typed()?.unwrap_or_else(|| ContentDisposition::new(usual())))
}
