//! `To` (RFC 3261 §20.39).

use super::shape::address;

address! {
    /// Who is asked (RFC 3261 §20.39).
    To: Single
}
