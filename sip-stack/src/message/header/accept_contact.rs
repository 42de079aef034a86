//! `Accept-Contact` (RFC 3841 §9.2).

use super::shape::star;

star! {
    /// The features of a contact that the caller prefers (RFC 3841 §9.2).
    AcceptContact
}

impl AcceptContact {
    /// Whether a contact without these features shall not be tried at all.
    pub fn is_required(&self) -> bool {
        self.params.contains("require")
    }

    /// Whether a contact that says nothing of these features counts as one that lacks them.
    pub fn is_explicit(&self) -> bool {
        self.params.contains("explicit")
    }
}
