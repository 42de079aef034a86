//! `Security-Server` (RFC 3329 §2.2).

use super::shape::token_params;

token_params! {
    /// A way to secure the first hop that a server knows (RFC 3329 §2.2).
    SecurityServer: List {
        /// `tls`, `digest`, `ipsec-ike`, ...
        mechanism
    }
}
