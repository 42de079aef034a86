//! `Proxy-Authenticate` (RFC 3261 §20.27).

use super::shape::auth;

auth! {
    /// Challenges of a proxy, with a 407 (RFC 3261 §20.27).
    ProxyAuthenticate
}
