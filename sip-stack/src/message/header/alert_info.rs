//! `Alert-Info` (RFC 3261 §20.4, RFC 7462).

use super::shape::uri_params;

uri_params! {
    /// What to ring with (RFC 3261 §20.4, RFC 7462).
    AlertInfo
}
