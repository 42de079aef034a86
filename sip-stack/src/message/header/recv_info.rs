//! `Recv-Info` (RFC 6086 §7.2).

use super::shape::token_params_list;

token_params_list! {
    /// The Info Packages that the sender takes; an empty list for none (RFC 6086 §7.2).
    RecvInfo
}

impl RecvInfo {
    /// Whether INFO requests of the package are taken.
    pub fn contains(&self, package: &str) -> bool {
        self.0.iter().any(|listed| listed.token.eq_ignore_ascii_case(package))
    }
}
