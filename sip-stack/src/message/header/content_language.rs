//! `Content-Language` (RFC 3261 §20.13).

use super::shape::token_list;

token_list! {
    /// The languages of the body (RFC 3261 §20.13).
    ContentLanguage
}
