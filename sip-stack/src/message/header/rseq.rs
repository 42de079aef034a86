//! `RSeq` (RFC 3262 §7.1).

use super::shape::number;

number! {
    /// The number of a reliable provisional response (RFC 3262 §7.1).
    RSeq(u32)
}
