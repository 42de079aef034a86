//! `Authentication-Info` (RFC 3261 §20.6).

use super::shape::param_list;

param_list! {
    /// What a server says after good credentials: `nextnonce`, `rspauth`, ... (RFC 3261 §20.6).
    AuthenticationInfo
}
