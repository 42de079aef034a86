//! The body of the package `presence`: `application/pidf+xml` (RFC 3856 §6.8, RFC 3863).

use super::BodyError;
use super::words::words;
use super::xml::{self, Element, Writer};

const NAMESPACE: &str = "urn:ietf:params:xml:ns:pidf";

/// Tuples of one document, and notes of one of them.
const LIST_MAX: usize = 256;

words! {
    /// Whether somebody is there (RFC 3863 §4.1.4).
    Basic {
        /// Ready to be reached.
        Open = "open",
        /// Not reachable.
        Closed = "closed",
    }
}

/// Where and whether one user is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The user, as a `pres:` or `sip:` URI.
    pub entity: String,
    /// One for each way to reach the user; none says that nothing is known.
    pub tuples: Vec<Tuple>,
    /// Words about the user.
    pub notes: Vec<Note>,
}

/// One way to reach a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tuple {
    /// Unlike that of any other tuple of the user's.
    pub id: String,
    /// Whether this way leads to the user; a status may say nothing of it.
    pub basic: Option<Basic>,
    /// The address.
    pub contact: Option<String>,
    /// The preference of the address, 0 to 1, as it is written.
    pub priority: Option<String>,
    /// Words about this way.
    pub notes: Vec<Note>,
    /// When the status changed (RFC 3339).
    pub timestamp: Option<String>,
}

/// Words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Their language (RFC 3066).
    pub language: Option<String>,
    /// The words.
    pub text: String,
}

impl Presence {
    /// What the body is called.
    pub const CONTENT_TYPE: &'static str = "application/pidf+xml";

    /// Reads a body. Extensions are ignored.
    ///
    /// # Errors
    /// It is no such document, or over a limit.
    pub fn parse(body: &[u8]) -> Result<Self, BodyError> {
        let root = xml::read(body, NAMESPACE, "presence")?;
        let tuples: Result<Vec<_>, _> = root.children("tuple").map(tuple).collect();
        let tuples = tuples?;
        if tuples.len() > LIST_MAX {
            return Err(BodyError::TooLarge);
        }
        let entity = root.attribute("entity").ok_or(BodyError::Missing("entity"))?;
        Ok(Self { entity: entity.to_owned(), tuples, notes: notes(&root)? })
    }

    /// Prints the body.
    pub fn to_xml(&self) -> String {
        let mut writer = Writer::new("presence", NAMESPACE, &[("entity", Some(&self.entity))]);
        for tuple in &self.tuples {
            writer.open("tuple", &[("id", Some(&tuple.id))]);
            writer.open("status", &[]);
            writer.leaf_if("basic", tuple.basic.map(Basic::as_str));
            writer.close();
            if let Some(contact) = &tuple.contact {
                writer.leaf("contact", &[("priority", tuple.priority.as_deref())], contact);
            }
            write_notes(&mut writer, &tuple.notes);
            writer.leaf_if("timestamp", tuple.timestamp.as_deref());
            writer.close();
        }
        write_notes(&mut writer, &self.notes);
        writer.finish()
    }

    /// Whether any way leads to the user.
    pub fn basic(&self) -> Option<Basic> {
        let open = self.tuples.iter().find(|tuple| tuple.basic == Some(Basic::Open));
        open.or(self.tuples.first()).and_then(|tuple| tuple.basic)
    }
}

fn tuple(element: &Element) -> Result<Tuple, BodyError> {
    let status = element.child("status").ok_or(BodyError::Missing("status"))?;
    Ok(Tuple {
        id: element.attribute("id").ok_or(BodyError::Missing("id"))?.to_owned(),
        // An unknown word is as good as none (RFC 3863 §4.1.4).
        basic: status.text_of("basic").as_deref().and_then(Basic::from_word),
        contact: element.text_of("contact"),
        priority: element
            .child("contact")
            .and_then(|contact| contact.attribute("priority"))
            .map(str::to_owned),
        notes: notes(element)?,
        timestamp: element.text_of("timestamp"),
    })
}

fn notes(element: &Element) -> Result<Vec<Note>, BodyError> {
    let note = |note: &Element| Note {
        language: note.attribute("xml:lang").map(str::to_owned),
        text: note.text().to_owned(),
    };
    let notes: Vec<Note> = element.children("note").map(note).collect();
    if notes.len() > LIST_MAX { Err(BodyError::TooLarge) } else { Ok(notes) }
}

fn write_notes(writer: &mut Writer, notes: &[Note]) {
    for note in notes {
        writer.leaf("note", &[("xml:lang", note.language.as_deref())], &note.text);
    }
}
