//! `P-Asserted-Identity` (RFC 3325 §9.1).

use super::shape::address;

address! {
    /// Who the trusted network says asks (RFC 3325 §9.1).
    PAssertedIdentity: List
}
