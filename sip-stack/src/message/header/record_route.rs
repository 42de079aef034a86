//! `Record-Route` (RFC 3261 §20.30).

use super::shape::address;

address! {
    /// A hop that wants to see the dialog's requests (RFC 3261 §20.30).
    RecordRoute: List
}
