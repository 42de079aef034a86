//! `Security-Client` (RFC 3329 §2.2).

use super::shape::token_params;

token_params! {
    /// A way to secure the first hop that a client knows (RFC 3329 §2.2).
    SecurityClient: List {
        /// `tls`, `digest`, `ipsec-ike`, ...
        mechanism
    }
}
