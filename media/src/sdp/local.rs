use std::net::SocketAddr;

use crate::worker::{CodecKind, Direction};

/// Who wrote a description, and which version of it this is (RFC 8866 §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Stays for the whole session.
    pub session_id: u64,
    /// Goes up by one with each changed description of the session (RFC 3264 §8).
    pub version: u64,
}

impl Origin {
    /// The origin of the next, changed description.
    #[must_use]
    pub fn next(self) -> Self {
        Self { version: self.version + 1, ..self }
    }
}

/// What our side of an audio stream can do: all that goes into an offer or answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalMedia {
    /// Goes into `o=`.
    pub origin: Origin,
    /// Where the peer shall send RTP.
    pub rtp: SocketAddr,
    /// Where the peer shall send RTCP.
    pub rtcp: SocketAddr,
    /// Allowed codecs, best first.
    pub codecs: Vec<CodecKind>,
    /// What we want; an answer narrows it by what the offer allows.
    pub direction: Direction,
    /// The packet duration we ask for, milliseconds.
    pub ptime_ms: u32,
}
