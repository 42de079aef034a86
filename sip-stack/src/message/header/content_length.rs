//! `Content-Length` (RFC 3261 §20.14).

use super::shape::number;

number! {
    /// How many octets the body has (RFC 3261 §20.14).
    ContentLength(u32)
}
