//! `Refer-To` (RFC 3515 §2.1).

use super::shape::address;

address! {
    /// Whom to call instead (RFC 3515 §2.1).
    ReferTo: Single
}
