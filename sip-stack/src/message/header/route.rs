//! `Route` (RFC 3261 §20.34).

use super::shape::address;

address! {
    /// A hop the request has yet to visit (RFC 3261 §20.34).
    Route: List
}
