//! `Reject-Contact` (RFC 3841 §9.2).

use super::shape::star;

star! {
    /// The features of a contact that shall not be tried (RFC 3841 §9.2).
    RejectContact
}
