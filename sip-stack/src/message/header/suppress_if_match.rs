//! `Suppress-If-Match` (RFC 5839 §7.1).

use super::shape::token;

token! {
    /// The state that a subscriber knows already; `*` for any (RFC 5839 §7.1).
    SuppressIfMatch
}
