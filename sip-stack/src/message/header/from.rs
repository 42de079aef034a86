//! `From` (RFC 3261 §20.20).

use super::shape::address;

address! {
    /// Who asks (RFC 3261 §20.20).
    From: Single
}
