use std::net::SocketAddr;

use crate::srtp::{MasterKey, Suite};
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
    /// Whether and how the stream is encrypted.
    pub srtp: LocalSrtp,
}

/// Whether a SIP peer's sound is encrypted, by keys in the descriptions (SDES, RFC 4568).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SrtpMode {
    /// Never: `RTP/AVP` without keys.
    #[default]
    Off,
    /// If the peer has it: `RTP/AVP` with keys. `RTP/SAVP` of the peer's is taken too.
    Optional,
    /// `RTP/SAVP`; plain RTP is refused.
    Mandatory,
}

/// Our side of SRTP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalSrtp {
    /// Whether it is wanted.
    pub mode: SrtpMode,
    /// What we may send with: one key a suite, the dearest first; none in mode [`SrtpMode::Off`].
    pub keys: Vec<MasterKey>,
}

impl LocalSrtp {
    /// A key for each suite that `mode` needs. `random` gives bytes that nobody can guess.
    pub fn new(mode: SrtpMode, mut random: impl FnMut() -> [u8; 32]) -> Self {
        let suites: &[Suite] = if mode == SrtpMode::Off { &[] } else { &Suite::ALL };
        let keys = suites.iter().map(|suite| MasterKey::from_random(*suite, [random(), random()]));
        Self { mode, keys: keys.collect() }
    }

    pub(super) fn key_for(&self, suite: Suite) -> Option<MasterKey> {
        self.keys.iter().find(|key| key.suite() == suite).copied()
    }
}
