//! Session descriptions (RFC 8866) and the offer/answer of one audio stream over plain RTP (RFC 3264).

mod error;
pub mod limit;
mod local;
mod negotiate;
mod session;

pub use error::{NegotiationError, SdpError};
pub use local::{LocalMedia, Origin};
pub use negotiate::{Negotiated, accept_answer, answer, offer, reoffer};
pub use session::{Attribute, Connection, Media, Session};
