//! Session descriptions (RFC 8866) and the offer/answer of one audio stream over plain RTP (RFC 3264)
//! or SRTP (RFC 4568).

pub mod limit;

mod crypto;
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

pub use crypto::Srtp;
pub use error::{NegotiationError, SdpError};
pub use local::{LocalMedia, LocalSrtp, Origin, SrtpMode};
pub use negotiate::{Negotiated, accept_answer, answer};
pub use opus::OpusParameters;
pub(crate) use remote::packet_ms;
pub use session::{Attribute, Connection, Detail, Media, Session};
pub use write::{offer, reoffer};
