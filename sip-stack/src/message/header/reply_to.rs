//! `Reply-To` (RFC 3261 §20.31).

use super::shape::address;

address! {
    /// Whom to call back, if it is not From (RFC 3261 §20.31).
    ReplyTo: Single
}
