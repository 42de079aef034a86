//! `Subject` (RFC 3261 §20.36).

use super::shape::text;

text! {
    /// What the call is about (RFC 3261 §20.36).
    Subject
}
