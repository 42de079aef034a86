//! `Unsupported` (RFC 3261 §20.40).

use super::shape::token_list;

token_list! {
    /// What the sender does not understand (RFC 3261 §20.40).
    Unsupported
}
