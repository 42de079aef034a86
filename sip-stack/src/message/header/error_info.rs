//! `Error-Info` (RFC 3261 §20.18).

use super::shape::uri_params;

uri_params! {
    /// Where to learn or hear more about an error (RFC 3261 §20.18).
    ErrorInfo
}
