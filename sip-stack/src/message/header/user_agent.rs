//! `User-Agent` (RFC 3261 §20.41).

use super::shape::text;

text! {
    /// The program that sent a request (RFC 3261 §20.41).
    UserAgent
}
