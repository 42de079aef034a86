//! Digits as telephone events (RFC 4733), both ways, and as tones in the sound of others.

mod clamp;
mod detector;
mod digit;
mod event;
mod goertzel;
mod receiver;
mod sender;

pub use clamp::Clamp;
pub use detector::Detector;
pub use digit::{Digit, NotADigit};
pub use event::{EVENT_LEN, EventPayload};
pub use receiver::{Received, Receiver};
pub use sender::{EventPacket, QueueFull, Sender, Step};
