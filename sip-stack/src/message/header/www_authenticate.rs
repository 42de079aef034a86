//! `WWW-Authenticate` (RFC 3261 §20.44).

use super::shape::auth;

auth! {
    /// Challenges of a server, with a 401 (RFC 3261 §20.44).
    WwwAuthenticate
}
