//! `Accept-Encoding` (RFC 3261 §20.2).

use super::shape::token_params_list;

token_params_list! {
    /// How a body may be packed; an empty list for not at all (RFC 3261 §20.2).
    AcceptEncoding
}
