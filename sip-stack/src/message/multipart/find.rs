//! Finding the part that a usage wants.

use bytes::Bytes;

use super::{Content, Multipart, Part, disposition};
use crate::message::grammar::trim_blanks;
use crate::message::header::{ContentDisposition, ContentType};
use crate::message::headers::Headers;
use crate::message::name::HeaderName;

/// What a part has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Its type, such as `application/sdp`.
    pub media_type: &'a str,
    /// What it is for, such as `session`.
    pub disposition: &'a str,
}

impl Wanted<'static> {
    /// The description of the session.
    pub const SESSION: Self = Self { media_type: "application/sdp", disposition: "session" };
}

impl Wanted<'_> {
    /// The content of a message that is wanted: its whole body, or the part of it.
    ///
    /// `None` too if the body says of itself what cannot be understood.
    pub fn of_message(&self, headers: &Headers, body: &Bytes) -> Option<Bytes> {
        let content_type: ContentType = headers.typed().ok()??;
        if content_type.kind.eq_ignore_ascii_case("multipart") {
            let parts = Multipart::parse(&content_type, body).ok()?;
            return parts.find(self).and_then(Part::octets).cloned();
        }
        let for_what = disposition(headers, &content_type).ok()?;
        self.is(&content_type, &for_what).then(|| body.clone())
    }

    fn is(&self, content_type: &ContentType, disposition: &ContentDisposition) -> bool {
        content_type.is(self.media_type) && disposition.is(self.disposition)
    }

    fn is_part(&self, part: &Part) -> bool {
        let said = part.content_type().and_then(|kind| Ok((kind, part.disposition()?)));
        said.is_ok_and(|(kind, disposition)| self.is(&kind, &disposition))
    }
}

impl Multipart {
    /// The part that is wanted, the first one, also out of parts inside of parts. Of alternatives it is the last
    /// one: they get better (RFC 2046 §5.1.4).
    pub fn find(&self, wanted: &Wanted<'_>) -> Option<&Part> {
        self.find_by(&|part| wanted.is_part(part))
    }

    /// The part with this `Content-ID`, given without angle brackets: what a `cid:` URI names (RFC 2392).
    pub fn find_id(&self, id: &str) -> Option<&Part> {
        self.find_by(&|part| {
            let said = part.headers.get(&HeaderName::ContentId).map(trim_blanks);
            said.and_then(|said| said.strip_prefix('<')?.strip_suffix('>')) == Some(id)
        })
    }

    /// Goes no deeper than [`parse`](Self::parse) lets anything nest.
    fn find_by(&self, is_it: &impl Fn(&Part) -> bool) -> Option<&Part> {
        let look = |part| if is_it(part) { Some(part) } else { inside(part, is_it) };
        if self.is("alternative") {
            self.parts.iter().rev().find_map(look)
        } else {
            self.parts.iter().find_map(look)
        }
    }
}

fn inside<'a>(part: &'a Part, is_it: &impl Fn(&Part) -> bool) -> Option<&'a Part> {
    match &part.content {
        Content::Octets(_) => None,
        Content::Parts(parts) => parts.find_by(is_it),
    }
}
