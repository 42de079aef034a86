//! `Proxy-Require` (RFC 3261 §20.29).

use super::shape::token_list;

token_list! {
    /// What proxies must understand (RFC 3261 §20.29).
    ProxyRequire
}
