//! `Authorization` (RFC 3261 §20.7).

use super::shape::auth;

auth! {
    /// The answer to a server (RFC 3261 §20.7).
    Authorization
}
