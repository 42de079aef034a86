//! `Target-Dialog` (RFC 4538 §7).

use super::shape::dialog_id;

dialog_id! {
    /// The dialog by which the sender proves that it may ask (RFC 4538 §7).
    TargetDialog {
        /// The tag of the side that gets this header.
        local_tag = "local-tag",
        /// The tag of the side that sends it.
        remote_tag = "remote-tag",
    }
}
