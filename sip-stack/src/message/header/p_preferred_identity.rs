//! `P-Preferred-Identity` (RFC 3325 §9.2).

use super::shape::address;

address! {
    /// Who the phone wants to be (RFC 3325 §9.2).
    PPreferredIdentity: List
}
