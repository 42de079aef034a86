//! `Referred-By` (RFC 3892 §2.1).

use super::shape::address;

address! {
    /// Who says so (RFC 3892 §2.1).
    ReferredBy: Single
}

impl ReferredBy {
    /// The `Content-ID` of the body part that proves it, without its angle brackets.
    pub fn cid(&self) -> Option<&str> {
        self.params.get("cid").map(|id| id.trim_start_matches('<').trim_end_matches('>'))
    }
}
