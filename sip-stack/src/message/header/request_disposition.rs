//! `Request-Disposition` (RFC 3841 §9.1).

use super::shape::token_list;

token_list! {
    /// How a server shall treat the request: `no-fork`, `parallel`, `queue`, ... (RFC 3841 §9.1).
    RequestDisposition
}
