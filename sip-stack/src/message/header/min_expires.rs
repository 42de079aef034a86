//! `Min-Expires` (RFC 3261 §20.23).

use super::shape::number;

number! {
    /// The least `Expires` a registrar accepts, in seconds (RFC 3261 §20.23).
    MinExpires(u32)
}
