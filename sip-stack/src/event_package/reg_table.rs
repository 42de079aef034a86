//! What the documents of one subscription to `reg` add up to (RFC 3680 §5.2).

use std::collections::BTreeMap;

use super::reg_info::{RegContact, RegInfo, RegState, Registration};
use super::version::{Completeness, Merged, follow};

/// Registrations, and contacts of each, that are kept.
const ROWS_MAX: usize = 4_096;

/// The registrations that a subscription told of, document by document.
#[derive(Clone, Debug, Default)]
pub struct RegTable {
    version: Option<u32>,
    registrations: BTreeMap<String, Registration>,
}

impl RegTable {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The registrations with their bound contacts, by their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Registration> {
        self.registrations.values()
    }

    /// One registration.
    pub fn get(&self, id: &str) -> Option<&Registration> {
        self.registrations.get(id)
    }

    /// Takes a document in; a contact that is no longer bound is forgotten.
    pub fn merge(&mut self, document: RegInfo) -> Merged {
        if !self.has_room(&document) {
            return Merged::TooLarge;
        }
        let merged = follow(&mut self.version, document.version, document.state);
        if merged == Merged::Stale {
            return merged;
        }
        if document.state == Completeness::Full {
            self.registrations.clear();
        }
        document.registrations.into_iter().for_each(|registration| self.update(registration));
        merged
    }

    fn has_room(&self, document: &RegInfo) -> bool {
        let kept = |count: usize| if document.state == Completeness::Full { 0 } else { count };
        let contacts = |id| self.registrations.get(id).map_or(0, |known| known.contacts.len());
        kept(self.registrations.len()) + document.registrations.len() <= ROWS_MAX
            && document
                .registrations
                .iter()
                .all(|news| kept(contacts(&news.id)) + news.contacts.len() <= ROWS_MAX)
    }

    fn update(&mut self, news: Registration) {
        let empty = || Registration { contacts: Vec::new(), ..news.clone() };
        let known = self.registrations.entry(news.id.clone()).or_insert_with(empty);
        known.state = news.state;
        for contact in news.contacts {
            put(&mut known.contacts, contact);
        }
    }
}

fn put(contacts: &mut Vec<RegContact>, news: RegContact) {
    contacts.retain(|known| known.id != news.id);
    if news.state == RegState::Active {
        contacts.push(news);
    }
}
