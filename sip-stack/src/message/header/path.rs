//! `Path` (RFC 3327 §4).

use super::shape::address;

address! {
    /// A hop between a registrar and a phone (RFC 3327 §4).
    Path: List
}
