//! `Priority` (RFC 3261 §20.26).

use super::shape::token;

token! {
    /// How urgent the sender thinks it is: `emergency`, `urgent`, `normal`, `non-urgent` (RFC 3261 §20.26).
    Priority
}
