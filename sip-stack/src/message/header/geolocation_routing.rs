//! `Geolocation-Routing` (RFC 6442 §4.2).

use super::shape::token;

token! {
    /// Whether the location may decide where the request goes: `yes` or `no` (RFC 6442 §4.2).
    GeolocationRouting
}
