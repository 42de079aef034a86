//! `Max-Forwards` (RFC 3261 §20.22).

use super::shape::number;

number! {
    /// How many more hops a request may take (RFC 3261 §20.22).
    MaxForwards(u8)
}
