//! `Accept-Resource-Priority` (RFC 4412 §3.2).

use super::shape::resource_values;

resource_values! {
    /// The precedences a server knows (RFC 4412 §3.2).
    AcceptResourcePriority
}
