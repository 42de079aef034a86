//! `Accept-Language` (RFC 3261 §20.3).

use super::shape::token_params_list;

token_params_list! {
    /// The languages the sender would like to read (RFC 3261 §20.3).
    AcceptLanguage
}
