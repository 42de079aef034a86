//! `Organization` (RFC 3261 §20.25).

use super::shape::text;

text! {
    /// Whom the sender belongs to (RFC 3261 §20.25).
    Organization
}
