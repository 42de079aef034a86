//! `Server` (RFC 3261 §20.35).

use super::shape::text;

text! {
    /// The program that answered a request (RFC 3261 §20.35).
    Server
}
