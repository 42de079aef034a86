//! `Min-SE` (RFC 4028 §5).

use super::shape::seconds;

seconds! {
    /// The least session interval the sender accepts (RFC 4028 §5).
    MinSe
}
