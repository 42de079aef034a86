//! The body of the package `reg`: `application/reginfo+xml` (RFC 3680).

use super::BodyError;
use super::dialog_info::number;
use super::version::Completeness;
use super::words::words;
use super::xml::{self, Element, Writer};

const NAMESPACE: &str = "urn:ietf:params:xml:ns:reginfo";

/// Registrations of one document, and contacts of one registration.
const LIST_MAX: usize = 1_024;

words! {
    /// The states of RFC 3680 §4.7.1; a contact is never `init`.
    RegState {
        /// No contact was bound yet.
        Init = "init",
        /// At least one contact is bound.
        Active = "active",
        /// None is any more.
        Terminated = "terminated",
    }
}

words! {
    /// What brought a contact to its state (RFC 3680 §4.7.2).
    ContactEvent {
        /// A REGISTER bound it.
        Registered = "registered",
        /// The administrator bound it.
        Created = "created",
        /// A REGISTER kept it.
        Refreshed = "refreshed",
        /// The administrator left it less time.
        Shortened = "shortened",
        /// Nobody refreshed it.
        Expired = "expired",
        /// The administrator took it away; register again at once.
        Deactivated = "deactivated",
        /// The administrator took it away; register again later.
        Probation = "probation",
        /// A REGISTER took it away.
        Unregistered = "unregistered",
        /// The administrator took it away for good.
        Rejected = "rejected",
    }
}

/// The registrations of some addresses of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegInfo {
    /// One more with each document of a subscription, from 0.
    pub version: u32,
    /// Whether all is told, or what changed.
    pub state: Completeness,
    /// One for each address of record.
    pub registrations: Vec<Registration>,
}

/// The contacts of one address of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The address of record, as a URI.
    pub aor: String,
    /// The same in all documents of a subscription.
    pub id: String,
    /// Whether anybody is reached there.
    pub state: RegState,
    /// In the document's order.
    pub contacts: Vec<RegContact>,
}

/// One binding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegContact {
    /// The same in all documents of a subscription.
    pub id: String,
    /// Active or terminated.
    pub state: RegState,
    /// What brought it there.
    pub event: ContactEvent,
    /// Seconds that it still holds.
    pub expires_s: Option<u32>,
    /// After how many seconds to register again.
    pub retry_after_s: Option<u32>,
    /// Seconds since it was bound.
    pub duration_registered_s: Option<u64>,
    /// Its preference, as it is written.
    pub q: Option<String>,
    /// The Call-ID of its last REGISTER.
    pub call_id: Option<String>,
    /// The CSeq of its last REGISTER.
    pub cseq: Option<u32>,
    /// Where it is.
    pub uri: String,
    /// Its display name.
    pub display: Option<String>,
    /// Parameters of its Contact that RFC 3261 does not know: name and value.
    pub unknown_params: Vec<(String, String)>,
}

impl RegContact {
    /// A contact of which nothing more is told.
    pub fn new(id: impl Into<String>, uri: impl Into<String>, state: RegState, event: ContactEvent) -> Self {
        Self {
            id: id.into(),
            state,
            event,
            expires_s: None,
            retry_after_s: None,
            duration_registered_s: None,
            q: None,
            call_id: None,
            cseq: None,
            uri: uri.into(),
            display: None,
            unknown_params: Vec::new(),
        }
    }
}

impl RegInfo {
    /// What the body is called.
    pub const CONTENT_TYPE: &'static str = "application/reginfo+xml";

    /// Reads a body.
    ///
    /// # Errors
    /// It is no such document, or over a limit.
    pub fn parse(body: &[u8]) -> Result<Self, BodyError> {
        let root = xml::read(body, NAMESPACE, "reginfo")?;
        let state = root.attribute("state").and_then(Completeness::from_word);
        Ok(Self {
            version: number(root.attribute("version"))?.ok_or(BodyError::Missing("version"))?,
            state: state.ok_or(BodyError::Missing("state"))?,
            registrations: list(root.children("registration").map(registration))?,
        })
    }

    /// Prints the body.
    pub fn to_xml(&self) -> String {
        let version = self.version.to_string();
        let attributes = [("version", Some(version.as_str())), ("state", Some(self.state.as_str()))];
        let mut writer = Writer::new("reginfo", NAMESPACE, &attributes);
        for registration in &self.registrations {
            let attributes = [
                ("aor", Some(registration.aor.as_str())),
                ("id", Some(registration.id.as_str())),
                ("state", Some(registration.state.as_str())),
            ];
            writer.open("registration", &attributes);
            registration.contacts.iter().for_each(|contact| write_contact(&mut writer, contact));
            writer.close();
        }
        writer.finish()
    }
}

fn list<T>(items: impl Iterator<Item = Result<T, BodyError>>) -> Result<Vec<T>, BodyError> {
    let items: Vec<T> = items.collect::<Result<_, _>>()?;
    if items.len() > LIST_MAX { Err(BodyError::TooLarge) } else { Ok(items) }
}

fn registration(element: &Element) -> Result<Registration, BodyError> {
    let state = element.attribute("state").and_then(RegState::from_word);
    Ok(Registration {
        aor: element.attribute("aor").ok_or(BodyError::Missing("aor"))?.to_owned(),
        id: element.attribute("id").ok_or(BodyError::Missing("id"))?.to_owned(),
        state: state.ok_or(BodyError::Missing("state"))?,
        contacts: list(element.children("contact").map(contact))?,
    })
}

fn contact(element: &Element) -> Result<RegContact, BodyError> {
    let state = element.attribute("state").and_then(RegState::from_word);
    let event = element.attribute("event").and_then(ContactEvent::from_word);
    let param =
        |param: &Element| (param.attribute("name").unwrap_or_default().to_owned(), param.text().to_owned());
    Ok(RegContact {
        // The id is required by the text and forgotten by the schema.
        id: element.attribute("id").ok_or(BodyError::Missing("id"))?.to_owned(),
        state: state.ok_or(BodyError::Missing("state"))?,
        event: event.ok_or(BodyError::Missing("event"))?,
        expires_s: number(element.attribute("expires"))?,
        retry_after_s: number(element.attribute("retry-after"))?,
        duration_registered_s: number(element.attribute("duration-registered"))?,
        q: element.attribute("q").map(str::to_owned),
        call_id: element.attribute("callid").map(str::to_owned),
        cseq: number(element.attribute("cseq"))?,
        uri: element.text_of("uri").ok_or(BodyError::Missing("uri"))?,
        display: element.text_of("display-name"),
        unknown_params: element.children("unknown-param").map(param).collect(),
    })
}

fn write_contact(writer: &mut Writer, contact: &RegContact) {
    let text = |number: Option<u32>| number.map(|number| number.to_string());
    let (expires, retry_after, cseq) =
        (text(contact.expires_s), text(contact.retry_after_s), text(contact.cseq));
    let registered = contact.duration_registered_s.map(|seconds| seconds.to_string());
    writer.open(
        "contact",
        &[
            ("id", Some(&contact.id)),
            ("state", Some(contact.state.as_str())),
            ("event", Some(contact.event.as_str())),
            ("expires", expires.as_deref()),
            ("retry-after", retry_after.as_deref()),
            ("duration-registered", registered.as_deref()),
            ("q", contact.q.as_deref()),
            ("callid", contact.call_id.as_deref()),
            ("cseq", cseq.as_deref()),
        ],
    );
    writer.leaf("uri", &[], &contact.uri);
    writer.leaf_if("display-name", contact.display.as_deref());
    for (name, value) in &contact.unknown_params {
        writer.leaf("unknown-param", &[("name", Some(name))], value);
    }
    writer.close();
}
