use std::net::SocketAddr;

use super::{LocalMedia, NegotiationError, Session};
use crate::worker::{CodecKind, Direction};

/// What offer and answer together settle for the audio stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// What to send.
    pub codec: CodecKind,
    /// Under which payload type to send it.
    pub payload_type: u8,
    /// Every codec the peer may send, by payload type.
    pub receive: Vec<(u8, CodecKind)>,
    /// Payload type and clock of digits to send (RFC 4733), if the peer takes them.
    pub telephone_event: Option<(u8, u32)>,
    /// Payload types and clocks of digits that may come.
    pub receive_events: Vec<(u8, u32)>,
    /// Where to send RTP. The port is never 0; the address may be unspecified (an old-style hold):
    /// then nothing can be sent.
    pub remote: SocketAddr,
    /// Where to send RTCP.
    pub remote_rtcp: SocketAddr,
    /// Seen from us.
    pub direction: Direction,
    /// How much sound the peer wants in a packet, milliseconds.
    pub ptime_ms: u32,
}

/// Writes a first offer.
pub fn offer(local: &LocalMedia) -> String {
    let _ = local;
    String::new()
}

/// Writes a later offer in the session of `previous`, our own description before: streams that are
/// not ours stay rejected in their places. `local.origin` is the next version.
pub fn reoffer(previous: &Session, local: &LocalMedia) -> String {
    let _ = previous;
    offer(local)
}

/// Answers an offer: picks the first codec of the *offer* that `local` allows, under the offer's
/// payload type, and rejects every stream but the first audio over plain RTP.
pub fn answer(offer: &Session, local: &LocalMedia) -> Result<(String, Negotiated), NegotiationError> {
    let _ = (offer, local);
    Err(NegotiationError::NoAudio)
}

/// Takes the peer's answer to an offer made from `local`.
pub fn accept_answer(answer: &Session, local: &LocalMedia) -> Result<Negotiated, NegotiationError> {
    let _ = (answer, local);
    Err(NegotiationError::NoAudio)
}
