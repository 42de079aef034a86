//! Session descriptions (RFC 8866) and the offer/answer of one audio stream over plain RTP (RFC 3264).

pub mod limit;

mod direction;
mod error;
mod local;
mod negotiate;
mod opus;
mod parse;
mod payload;
mod remote;
mod session;
mod write;

pub use error::{NegotiationError, SdpError};
pub use local::{LocalMedia, Origin};
pub use negotiate::{Negotiated, accept_answer, answer};
pub use opus::OpusParameters;
pub(crate) use remote::packet_ms;
pub use session::{Attribute, Connection, Detail, Media, Session};
pub use write::{offer, reoffer};
