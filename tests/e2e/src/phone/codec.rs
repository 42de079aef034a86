//! What the instrument speaks and hears with.

use media::CodecKind;
use media::codec::{CodecError, Decoder, Encoder, decoder, encoder};

/// Codec of a phone, with a static payload type (RFC 3551 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// G.711, mu-law.
    Pcmu,
    /// G.711, A-law.
    Pcma,
    /// G.722 at 64 kbit/s.
    G722,
}

impl Codec {
    /// RTP payload type.
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcmu => 0,
            Self::Pcma => 8,
            Self::G722 => 9,
        }
    }

    /// Encoding name as in `a=rtpmap`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
            Self::G722 => "G722",
        }
    }

    /// Samples a second of the sound. The RTP clock is 8 kHz in every case (RFC 3551 §4.5.2).
    #[must_use]
    pub const fn rate(self) -> u32 {
        match self {
            Self::Pcmu | Self::Pcma => 8_000,
            Self::G722 => 16_000,
        }
    }
}

/// Longest packet decoded, in samples: 120 ms at 16 kHz.
const SAMPLES_MAX: usize = 1_920;

impl Codec {
    const fn kind(self) -> CodecKind {
        match self {
            Self::Pcmu => CodecKind::Pcmu,
            Self::Pcma => CodecKind::Pcma,
            Self::G722 => CodecKind::G722,
        }
    }

    /// A fresh decoder.
    pub(super) fn earpiece(self) -> Result<Earpiece, CodecError> {
        decoder(self.kind(), self.rate()).map(Earpiece)
    }

    /// A fresh encoder.
    pub(super) fn mouthpiece(self) -> Result<Mouthpiece, CodecError> {
        encoder(self.kind(), self.rate()).map(Mouthpiece)
    }
}

/// Packets to sound.
pub(super) struct Earpiece(Box<dyn Decoder>);

impl Earpiece {
    /// The samples of a packet; none if it is not of this codec.
    pub(super) fn decode(&mut self, payload: &[u8]) -> Vec<i16> {
        let mut pcm = vec![0; SAMPLES_MAX];
        let count = self.0.decode(payload, &mut pcm).unwrap_or(0);
        pcm.truncate(count);
        pcm
    }
}

/// Sound to packets.
pub(super) struct Mouthpiece(Box<dyn Encoder>);

impl Mouthpiece {
    /// The packet of 20 ms of samples.
    pub(super) fn encode(&mut self, pcm: &[i16]) -> Vec<u8> {
        let mut packet = vec![0; pcm.len()];
        let length = self.0.encode(pcm, &mut packet).unwrap_or(0);
        packet.truncate(length);
        packet
    }
}
