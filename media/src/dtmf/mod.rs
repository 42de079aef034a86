//! Digits as telephone events (RFC 4733), both ways.

mod digit;
mod event;

pub use digit::{Digit, NotADigit};
pub use event::{EVENT_LEN, EventPayload};
