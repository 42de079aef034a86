//! What the documents of one subscription to `dialog` add up to (RFC 4235 §4.3).

use std::collections::BTreeMap;

use super::dialog_info::{DialogInfo, DialogStatus, WatchedDialog};
use super::version::{Completeness, Merged, follow};

/// Dialogs of one watched user that are kept.
const DIALOGS_MAX: usize = 4_096;

/// The dialogs of a watched user, document by document.
#[derive(Clone, Debug, Default)]
pub struct DialogTable {
    version: Option<u32>,
    dialogs: BTreeMap<String, WatchedDialog>,
}

impl DialogTable {
    /// Nothing known yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The dialogs that are not over, by their ids.
    pub fn iter(&self) -> impl Iterator<Item = &WatchedDialog> {
        self.dialogs.values()
    }

    /// One dialog.
    pub fn get(&self, id: &str) -> Option<&WatchedDialog> {
        self.dialogs.get(id)
    }

    /// Takes a document in; a dialog that is over is forgotten.
    pub fn merge(&mut self, document: DialogInfo) -> Merged {
        let known = if document.state == Completeness::Full { 0 } else { self.dialogs.len() };
        if known + document.dialogs.len() > DIALOGS_MAX {
            return Merged::TooLarge;
        }
        let merged = follow(&mut self.version, document.version, document.state);
        if merged == Merged::Stale {
            return merged;
        }
        if document.state == Completeness::Full {
            self.dialogs.clear();
        }
        for dialog in document.dialogs {
            match dialog.state {
                DialogStatus::Terminated => self.dialogs.remove(&dialog.id),
                DialogStatus::Trying
                | DialogStatus::Proceeding
                | DialogStatus::Early
                | DialogStatus::Confirmed => self.dialogs.insert(dialog.id.clone(), dialog),
            };
        }
        merged
    }
}
