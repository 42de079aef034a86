//! `Join` (RFC 3911 §7.1).

use super::shape::dialog_id;

dialog_id! {
    /// The dialog that the new one joins (RFC 3911 §7.1).
    Join {
        /// The tag of the side that gets this header.
        to_tag = "to-tag",
        /// The tag of the other side.
        from_tag = "from-tag",
    }
}
