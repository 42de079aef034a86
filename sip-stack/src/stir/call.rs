//! The parts of a request that are signed (RFC 8224 §4.1).

use super::claims::{MediaKey, media_keys};
use crate::message::header::{ContentType, Date, From, PAssertedIdentity, To};
use crate::message::{Request, Uri};

/// Which header says who calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Originator {
    /// From (RFC 8224 §4.1).
    #[default]
    From,
    /// P-Asserted-Identity where there is one, as SHAKEN has it: for requests from peers that are trusted to
    /// write it.
    Asserted,
}

/// A request as its signature sees it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls.
    pub from: Uri,
    /// Who is called.
    pub to: Uri,
    /// Whom it is for now: the request line, which a diversion changes.
    pub target: Uri,
    /// When it says it was sent.
    pub date: Option<Date>,
    /// The fingerprints in its description.
    pub media_keys: Vec<MediaKey>,
}

impl Call {
    /// The parts of a request; `None` if a header lacks or is malformed.
    pub fn of(request: &Request, originator: Originator) -> Option<Self> {
        let headers = &request.headers;
        let asserted = match originator {
            Originator::From => None,
            Originator::Asserted => asserted(request),
        };
        let is_description = headers
            .typed::<ContentType>()
            .ok()
            .flatten()
            .is_some_and(|content_type| content_type.is("application/sdp"));
        Some(Self {
            from: asserted.or_else(|| Some(headers.typed::<From>().ok()??.0.uri))?,
            to: headers.typed::<To>().ok()??.0.uri,
            target: request.uri.clone(),
            date: headers.typed().ok()?,
            media_keys: if is_description { media_keys(&request.body) } else { Vec::new() },
        })
    }
}

/// The telephone number that is asserted, else the first identity (RFC 3325 §9.1: there may be both).
fn asserted(request: &Request) -> Option<Uri> {
    let values: Vec<PAssertedIdentity> = request.headers.typed_all().ok()?;
    let is_number = |value: &&PAssertedIdentity| value.0.uri.scheme == crate::message::Scheme::Tel;
    values.iter().find(is_number).or_else(|| values.first()).map(|value| value.0.uri.clone())
}
