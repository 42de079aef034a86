//! What a REGISTER asks for: RFC 3261 §10.3 up to step 7, without touching a binding.

use smol_str::SmolStr;

use super::{Aor, PathPolicy, RegistrarConfig, binding, outbound};
use crate::message::header::{CSeq, Contact, Expires, Path, Require, Supported, To, Unsupported, Via};
use crate::message::{Header, HeaderName, Headers, NameAddr, Request, StatusCode, TypedHeader, Uri};

/// The extensions that a REGISTER may require.
const KNOWN: [&str; 3] = ["path", "outbound", "gruu"];
/// Below this, a time under the registrar's least is too brief (RFC 3261 §10.3 step 7).
const BRIEF_S: u32 = 3600;

/// Why a REGISTER is refused, and what tells the user agent more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: StatusCode,
    pub(super) header: Option<Header>,
}

impl From<StatusCode> for Refusal {
    fn from(code: StatusCode) -> Self {
        Self { code, header: None }
    }
}

/// A REGISTER, read.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) aor: Aor,
    /// The address of record as the request writes it, for GRUUs.
    pub(super) uri: Uri,
    pub(super) call_id: SmolStr,
    pub(super) cseq: u32,
    pub(super) path: Vec<NameAddr>,
    pub(super) supports: Supported,
    pub(super) contacts: Contacts,
}

/// What its Contact headers say.
#[derive(Debug)]
pub(super) enum Contacts {
    /// None: tell the bindings.
    Query,
    /// `*`: remove all.
    RemoveAll,
    /// Add, refresh or remove these.
    Update(Vec<Update>),
}

/// One contact to add, refresh or remove.
#[derive(Debug)]
pub(super) struct Update {
    /// Without `expires`.
    pub(super) contact: NameAddr,
    pub(super) q: u16,
    /// Where outbound applies.
    pub(super) reg_id: Option<u32>,
    /// 0 removes.
    pub(super) expires_s: u32,
}

impl Wanted {
    /// Reads and judges a REGISTER in the RFC's order.
    pub(super) fn read(config: &RegistrarConfig, request: &Request) -> Result<Self, Refusal> {
        let headers = &request.headers;
        refuse_unknown_extensions(headers)?;
        let (aor, uri) = address_of_record(config, request)?;
        let supports = typed::<Supported>(headers)?.unwrap_or_default();
        let path = path(config, headers, &supports)?;
        let cseq: CSeq = typed(headers)?.ok_or(StatusCode::BAD_REQUEST)?;
        let call_id = headers.get(&HeaderName::CallId).ok_or(StatusCode::BAD_REQUEST)?.into();
        let mut contacts = contacts(config, headers)?;
        if let Contacts::Update(updates) = &mut contacts {
            refuse_loops(config, &aor, updates)?;
            let hops = headers.typed_all::<Via>().map_or(0, |hops| hops.len());
            outbound::settle_reg_ids(updates, hops, &path, &supports)?;
        }
        Ok(Self { aor, uri, call_id, cseq: cseq.number, path, supports, contacts })
    }
}

/// Step 2.
fn refuse_unknown_extensions(headers: &Headers) -> Result<(), Refusal> {
    let required = typed::<Require>(headers)?.unwrap_or_default();
    let mut unknown = Unsupported(required.0);
    unknown.0.retain(|tag| !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(tag)));
    if unknown.0.is_empty() {
        return Ok(());
    }
    let header = Some(Header::from_typed(&unknown));
    Err(Refusal { code: StatusCode::BAD_EXTENSION, header })
}

/// Steps 1 and 5.
fn address_of_record(config: &RegistrarConfig, request: &Request) -> Result<(Aor, Uri), Refusal> {
    let to: To = typed(&request.headers)?.ok_or(StatusCode::BAD_REQUEST)?;
    let uri = to.0.uri;
    let ours = |uri: &Uri| config.domains.iter().any(|domain| domain.matches(&uri.host));
    match Aor::of(&uri).filter(|_| ours(&uri) && ours(&request.uri)) {
        Some(aor) => Ok((aor, uri)),
        None => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// RFC 3327 §5.3.
fn path(config: &RegistrarConfig, headers: &Headers, supports: &Supported) -> Result<Vec<NameAddr>, Refusal> {
    let path: Vec<Path> = headers.typed_all().map_err(|_| StatusCode::BAD_REQUEST)?;
    if !path.is_empty() && config.path == PathPolicy::RefuseUnannounced && !supports.contains("path") {
        let header = Some(Header::new(HeaderName::Unsupported, "path"));
        return Err(Refusal { code: StatusCode::BAD_EXTENSION, header });
    }
    Ok(path.into_iter().map(|hop| hop.0).collect())
}

/// Steps 6 and 7, as far as the request alone can tell.
fn contacts(config: &RegistrarConfig, headers: &Headers) -> Result<Contacts, Refusal> {
    let contacts: Vec<Contact> = headers.typed_all().map_err(|_| StatusCode::BAD_REQUEST)?;
    let of_all = headers.get(&HeaderName::Expires).map(|value| Expires::parse(value).map(|it| it.0));
    if contacts.is_empty() {
        return Ok(Contacts::Query);
    }
    if contacts.contains(&Contact::Any) {
        let is_removal = contacts.len() == 1 && of_all == Some(Ok(0));
        return if is_removal { Ok(Contacts::RemoveAll) } else { Err(StatusCode::BAD_REQUEST.into()) };
    }
    let of_all = of_all.and_then(Result::ok).unwrap_or(config.expiry.default_s);
    let updates = contacts.into_iter().map(|contact| update(config, contact, of_all));
    updates.collect::<Result<_, _>>().map(Contacts::Update)
}

fn update(config: &RegistrarConfig, contact: Contact, of_all: u32) -> Result<Update, Refusal> {
    let Contact::Address(mut contact) = contact else { return Err(StatusCode::BAD_REQUEST.into()) };
    let expires_s = match contact.params.get("expires") {
        Some(value) => value.parse().unwrap_or(config.expiry.default_s),
        None => of_all,
    };
    for owned in ["expires", "pub-gruu", "temp-gruu"] {
        contact.params.remove(owned);
    }
    if (1..config.expiry.min_s.min(BRIEF_S)).contains(&expires_s) {
        let header = Some(Header::new(HeaderName::MinExpires, config.expiry.min_s.to_string()));
        return Err(Refusal { code: StatusCode::INTERVAL_TOO_BRIEF, header });
    }
    let q = contact.params.get("q").map_or(Some(1000), thousandths).ok_or(StatusCode::BAD_REQUEST)?;
    let reg_id = contact.params.get("reg-id").and_then(|number| number.parse().ok());
    Ok(Update { contact, q, reg_id, expires_s: expires_s.min(config.expiry.max_s) })
}

/// `qvalue` (RFC 3261 §25.1): 0 to 1 with up to three digits behind the point.
fn thousandths(q: &str) -> Option<u16> {
    let (whole, digits) = q.split_once('.').unwrap_or((q, ""));
    if digits.len() > 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{digits:0<3}").parse().ok()?;
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    Some(whole * 1000 + part).filter(|q| *q <= 1000)
}

/// RFC 5627 §5.1: a contact that is the address of record, or a GRUU of ours, would send requests back here.
fn refuse_loops(config: &RegistrarConfig, aor: &Aor, updates: &[Update]) -> Result<(), Refusal> {
    let is_gruu = |uri: &Uri| {
        uri.params.contains("gr") && config.domains.iter().any(|domain| domain.matches(&uri.host))
    };
    let loops = |update: &Update| {
        let uri = &update.contact.uri;
        let is_instance = binding::instance(&update.contact).is_some();
        Aor::of(uri).as_ref() == Some(aor) || is_gruu(uri) || (is_instance && !uri.is_sip())
    };
    match updates.iter().filter(|update| update.expires_s > 0).any(loops) {
        true => Err(StatusCode::FORBIDDEN.into()),
        false => Ok(()),
    }
}

fn typed<H: TypedHeader>(headers: &Headers) -> Result<Option<H>, Refusal> {
    headers.typed().map_err(|_| StatusCode::BAD_REQUEST.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_has_three_digits_at_most() {
        for (text, q) in [("1", 1000), ("0.5", 500), ("0", 0), ("1.000", 1000), ("0.", 0), ("0.123", 123)] {
            assert_eq!(thousandths(text), Some(q), "{text}");
        }
        for text in ["1.001", "2", "-1", "0.1234", "x", "0.+1", ""] {
            assert_eq!(thousandths(text), None, "{text}");
        }
    }
}
