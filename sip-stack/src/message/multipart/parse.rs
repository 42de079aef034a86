//! Cutting a body at its boundary.

use bytes::Bytes;
use memchr::memmem::Finder;

use super::{Content, Multipart, Part};
use crate::message::grammar::blanks;
use crate::message::header::ContentType;
use crate::message::limits::{MULTIPART_DEPTH_MAX, MULTIPART_PARTS_MAX};
use crate::message::name::HeaderName;
use crate::message::parse::header_block;
use crate::message::status::StatusCode;

/// Why a body is not taken for one of several parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The content type is another one.
    #[error("no multipart body")]
    OtherType,
    /// The content type names no boundary, or none that RFC 2046 §5.1.1 permits.
    #[error("no boundary")]
    Boundary,
    /// The boundary does not stand before the first part and behind the last.
    #[error("the parts do not begin or end")]
    Unended,
    /// The headers of a part are malformed.
    #[error("malformed headers of a part")]
    Headers,
    /// There are more parts than [`MULTIPART_PARTS_MAX`].
    #[error("too many parts")]
    TooMany,
    /// Parts are nested deeper than [`MULTIPART_DEPTH_MAX`].
    #[error("parts nested too deep")]
    TooDeep,
}

impl MultipartError {
    /// The status code to answer a request with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::OtherType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Boundary | Self::Unended | Self::Headers => StatusCode::BAD_REQUEST,
            Self::TooMany | Self::TooDeep => StatusCode::REQUEST_ENTITY_TOO_LARGE,
        }
    }
}

impl Multipart {
    /// Reads a body of this content type.
    ///
    /// # Errors
    /// [`MultipartError`]: what is wrong with it.
    pub fn parse(content_type: &ContentType, body: &Bytes) -> Result<Self, MultipartError> {
        let mut left = MULTIPART_PARTS_MAX;
        level(content_type, body, MULTIPART_DEPTH_MAX, &mut left)
    }
}

/// Reads one level; `depth` more may follow below it, and `left` more parts in all.
fn level(
    content_type: &ContentType,
    body: &Bytes,
    depth: usize,
    left: &mut usize,
) -> Result<Multipart, MultipartError> {
    if !content_type.kind.eq_ignore_ascii_case("multipart") {
        return Err(MultipartError::OtherType);
    }
    let depth = depth.checked_sub(1).ok_or(MultipartError::TooDeep)?;
    let boundary = content_type.params.get("boundary").filter(|text| is_boundary(text));
    let mut cutter = Cutter::new(body, boundary.ok_or(MultipartError::Boundary)?)?;
    let mut parts = Vec::new();
    while let Some(octets) = cutter.next_part()? {
        *left = left.checked_sub(1).ok_or(MultipartError::TooMany)?;
        parts.push(part(octets, depth, left)?);
    }
    let mut params = content_type.params.clone();
    params.remove("boundary");
    Ok(Multipart { subtype: content_type.subtype.clone(), params, parts })
}

fn part(octets: Bytes, depth: usize, left: &mut usize) -> Result<Part, MultipartError> {
    let (mut headers, body) = header_block(octets).map_err(|_| MultipartError::Headers)?;
    headers.remove(&HeaderName::ContentLength);
    let content_type: Option<ContentType> = headers.typed().map_err(|_| MultipartError::Headers)?;
    let content = match content_type.filter(|inner| inner.kind.eq_ignore_ascii_case("multipart")) {
        Some(inner) => {
            headers.remove(&HeaderName::ContentType);
            Content::Parts(level(&inner, &body, depth, left)?)
        }
        None => Content::Octets(body),
    };
    Ok(Part { headers, content })
}

/// `0*69<bchars> bcharsnospace`
fn is_boundary(text: &str) -> bool {
    let is_permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(&byte);
    (1..=70).contains(&text.len()) && text.bytes().all(is_permitted) && !text.ends_with(' ')
}

/// Takes a body apart, front to back.
struct Cutter<'a> {
    body: &'a Bytes,
    delimiter: Finder<'static>,
    /// Where the next part begins; `None` behind the last.
    at: Option<usize>,
}

impl<'a> Cutter<'a> {
    /// Skips what stands before the first part.
    fn new(body: &'a Bytes, boundary: &str) -> Result<Self, MultipartError> {
        let delimiter = Finder::new(&format!("\r\n--{boundary}")).into_owned();
        let mut cutter = Self { body, delimiter, at: None };
        let needle = &cutter.delimiter.needle()[2..];
        let at_once = body.starts_with(needle).then(|| cutter.delimiter_end(needle.len())).flatten();
        let first = at_once.or_else(|| cutter.find(0).map(|(_, end)| end));
        match first.ok_or(MultipartError::Unended)? {
            End::OfPart(at) => cutter.at = Some(at),
            End::OfAll => return Err(MultipartError::Unended),
        }
        Ok(cutter)
    }

    fn next_part(&mut self) -> Result<Option<Bytes>, MultipartError> {
        let Some(start) = self.at else { return Ok(None) };
        // The line end behind a delimiter is that before the next, where a part is empty.
        let (end, what) = self.find(start.saturating_sub(2)).ok_or(MultipartError::Unended)?;
        self.at = match what {
            End::OfPart(at) => Some(at),
            End::OfAll => None,
        };
        Ok(Some(self.body.slice(start..end.max(start))))
    }

    /// The next delimiter: where it begins, and what ends there.
    fn find(&self, from: usize) -> Option<(usize, End)> {
        let mut from = from;
        loop {
            let start = from + self.delimiter.find(self.body.get(from..)?)?;
            let behind = start + self.delimiter.needle().len();
            if let Some(end) = self.delimiter_end(behind) {
                return Some((start, end));
            }
            from = behind;
        }
    }

    /// What stands behind the boundary: two hyphens for the last, blanks, a line end.
    fn delimiter_end(&self, at: usize) -> Option<End> {
        let rest = self.body.get(at..)?;
        let (rest, is_last) = rest.strip_prefix(b"--").map_or((rest, false), |rest| (rest, true));
        let line_end = &rest[blanks(rest)..];
        match (line_end, is_last) {
            ([] | [b'\r', b'\n', ..], true) => Some(End::OfAll),
            ([b'\r', b'\n', after @ ..], false) => Some(End::OfPart(self.body.len() - after.len())),
            _ => None,
        }
    }
}

enum End {
    /// And where the next begins.
    OfPart(usize),
    OfAll,
}
