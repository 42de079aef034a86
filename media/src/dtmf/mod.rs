//! Digits as telephone events (RFC 4733), both ways.

mod digit;
mod event;
mod receiver;
mod sender;

pub use digit::{Digit, NotADigit};
pub use event::{EVENT_LEN, EventPayload};
pub use receiver::{Received, Receiver};
pub use sender::{EventPacket, QueueFull, Sender, Step};
