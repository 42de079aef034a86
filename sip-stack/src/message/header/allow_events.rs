//! `Allow-Events` (RFC 6665 §8.2.2).

use super::shape::token_list;

token_list! {
    /// The event packages the sender takes subscriptions to (RFC 6665 §8.2.2).
    AllowEvents
}
