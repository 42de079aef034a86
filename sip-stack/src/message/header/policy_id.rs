//! `Policy-ID` (RFC 6794 §4.5).

use super::shape::address;

address! {
    /// The policy a client has applied: its server and a token (RFC 6794 §4.5).
    PolicyId: List
}
