//! `Content-Encoding` (RFC 3261 §20.12).

use super::shape::token_list;

token_list! {
    /// How the body is packed, in the order of packing (RFC 3261 §20.12).
    ContentEncoding
}
