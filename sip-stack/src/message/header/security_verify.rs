//! `Security-Verify` (RFC 3329 §2.2).

use super::shape::token_params;

token_params! {
    /// The server's list, said back to it under protection (RFC 3329 §2.2).
    SecurityVerify: List {
        /// `tls`, `digest`, `ipsec-ike`, ...
        mechanism
    }
}
