//! `Policy-Contact` (RFC 6794 §4.5).

use super::shape::address;

address! {
    /// Where the session policies of a domain are told (RFC 6794 §4.5).
    PolicyContact: List
}
