//! `Geolocation` (RFC 6442 §4.1).

use super::shape::uri_params;

uri_params! {
    /// Where the caller is: a location or where to get it (RFC 6442 §4.1).
    Geolocation
}
