//! `Proxy-Authorization` (RFC 3261 §20.28).

use super::shape::auth;

auth! {
    /// The answer to a proxy (RFC 3261 §20.28).
    ProxyAuthorization
}
