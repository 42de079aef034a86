//! `Supported` (RFC 3261 §20.37).

use super::shape::token_list;

token_list! {
    /// What the sender understands (RFC 3261 §20.37).
    Supported
}
