//! `Flow-Timer` (RFC 5626 §10).

use super::shape::number;

number! {
    /// After how many silent seconds a server takes a flow for dead (RFC 5626 §10).
    FlowTimer(u32)
}
