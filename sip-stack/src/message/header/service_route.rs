//! `Service-Route` (RFC 3608 §5).

use super::shape::address;

address! {
    /// A hop between a phone and its home (RFC 3608 §5).
    ServiceRoute: List
}
