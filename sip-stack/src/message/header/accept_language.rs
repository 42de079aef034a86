//! `Accept-Language` (RFC 3261 §20.3).

use super::shape::weighted_list;

weighted_list! {
    /// The languages the sender would like to read (RFC 3261 §20.3).
    AcceptLanguage
}
