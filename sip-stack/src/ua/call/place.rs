//! The dialog of a call, for the usages that share it (RFC 6665 §4.5.2).

use super::{Call, Stage};
use crate::dialog::Dialog;
use crate::ua::subscription::Place;

impl Stage {
    /// The dialog with the peer of this tag.
    pub(super) fn dialog(&mut self, remote_tag: &str) -> Option<&mut Dialog> {
        let dialog = match self {
            Self::Calling(calling) => calling
                .forks
                .iter_mut()
                .map(|fork| &mut fork.session.dialog)
                .find(|dialog| dialog.remote_tag == remote_tag)?,
            Self::Ringing(ringing) => &mut ringing.session.dialog,
            Self::Talking(talking) => &mut talking.session.dialog,
            Self::Leaving(leaving) => &mut leaving.dialog,
            Self::Over => return None,
        };
        (dialog.remote_tag == remote_tag).then_some(dialog)
    }
}

impl Call {
    /// Whether its owner has been told, or waits for, its end.
    pub(crate) fn is_leaving(&self) -> bool {
        matches!(self.stage, Stage::Leaving(_) | Stage::Over)
    }

    /// The dialog with this peer, and what challenges inside of it are answered with.
    pub(crate) fn place_with(&mut self, remote_tag: &str) -> Option<Place<'_>> {
        let authentication = &mut self.authentication;
        self.stage.dialog(remote_tag).map(|dialog| Place { dialog, authentication })
    }

    /// The same of a call that is answered and not over.
    pub(crate) fn talking_place(&mut self) -> Option<Place<'_>> {
        let Stage::Talking(talking) = &mut self.stage else { return None };
        Some(Place { dialog: &mut talking.session.dialog, authentication: &mut self.authentication })
    }
}
