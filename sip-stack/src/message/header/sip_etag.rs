//! `SIP-ETag` (RFC 3903 §11.3.1).

use super::shape::token;

token! {
    /// The name of a published state (RFC 3903 §11.3.1).
    SipEtag
}
