//! What a port and its peer agreed on.

use crate::codec::comfort_noise;
use crate::sdp::OpusParameters;
use crate::worker::{CodecKind, Direction};

/// Payload types, both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Formats {
    /// What to send, and under which payload type.
    pub(crate) codec: CodecKind,
    pub(crate) payload_type: u8,
    /// What may come.
    pub(crate) receive: Vec<(u8, CodecKind)>,
    /// Payload type and clock of digits to send.
    pub(crate) telephone_event: Option<(u8, u32)>,
    /// Of digits that may come.
    pub(crate) receive_events: Vec<(u8, u32)>,
    /// Of redundant audio (RFC 2198), both ways.
    pub(crate) red: Option<u8>,
    /// Payload type of comfort noise (RFC 3389) to send in place of silence.
    pub(crate) comfort_noise: Option<u8>,
    /// Seen from us.
    pub(crate) direction: Direction,
    /// How much sound goes into a packet, milliseconds.
    pub(crate) ptime_ms: u32,
    /// How the peer takes Opus, where that is the codec.
    pub(crate) opus: OpusParameters,
}

impl Formats {
    pub(crate) fn codec_of(&self, payload_type: u8) -> Option<CodecKind> {
        self.receive.iter().find(|(number, _)| *number == payload_type).map(|(_, codec)| *codec)
    }

    pub(crate) fn event_clock_of(&self, payload_type: u8) -> Option<u32> {
        self.receive_events.iter().find(|(number, _)| *number == payload_type).map(|(_, clock)| *clock)
    }

    /// Some send it without a word in their description, under its own number.
    pub(crate) fn is_comfort_noise(&self, payload_type: u8) -> bool {
        let is_known = self.comfort_noise == Some(payload_type);
        (is_known || payload_type == comfort_noise::PAYLOAD_TYPE) && self.codec_of(payload_type).is_none()
    }

    /// Whether a payload type was agreed.
    pub(crate) fn knows(&self, payload_type: u8) -> bool {
        let is_sound = self.codec_of(payload_type).is_some() || self.red == Some(payload_type);
        is_sound || self.event_clock_of(payload_type).is_some() || self.is_comfort_noise(payload_type)
    }

    pub(crate) fn can_send(&self) -> bool {
        matches!(self.direction, Direction::SendRecv | Direction::SendOnly)
    }

    /// Whether sound is expected from the peer.
    pub(crate) fn expects_media(&self) -> bool {
        matches!(self.direction, Direction::SendRecv | Direction::RecvOnly)
    }
}
