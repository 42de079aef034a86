//! `Max-Breadth` (RFC 5393 §5.3.3).

use super::shape::number;

number! {
    /// Into how many branches a request may still be forked (RFC 5393 §5.3.3).
    MaxBreadth(u32)
}
