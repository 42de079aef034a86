//! `Proxy-Authentication-Info` (RFC 7615 §4).

use super::shape::param_list;

param_list! {
    /// The same from a proxy (RFC 7615 §4).
    ProxyAuthenticationInfo
}
