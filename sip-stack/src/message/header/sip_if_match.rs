//! `SIP-If-Match` (RFC 3903 §11.3.2).

use super::shape::token;

token! {
    /// The published state that a PUBLISH is about (RFC 3903 §11.3.2).
    SipIfMatch
}
