//! What goes from one port to another, and how.

mod dtx;
mod ear;
mod listener;
mod mixer;
mod outlet;
mod playout;
mod quiet;
mod red;
mod redundancy;
mod relay;
mod transcode;

use std::time::Instant;

pub(crate) use ear::Ear;
pub(crate) use listener::Listener;
pub use mixer::Hearing;
pub(crate) use mixer::Mixer;
pub(crate) use outlet::{Outlet, Sender, Voice};
pub(crate) use playout::Playout;

use crate::gain::Level;
use crate::rtp::{Block, Earlier};
use crate::worker::CodecKind;
use relay::Relay;
use transcode::Transcoder;

/// How two ports are joined, one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The payload goes on as it came.
    Relay,
    /// Decoded and encoded, at these sampling rates.
    Transcode { decode_rate: u32, encode_rate: u32 },
}

impl Mode {
    /// The one for a pair of codecs: Opus runs at the rate of the other.
    pub(crate) fn of(from: CodecKind, to: CodecKind) -> Self {
        let rate = |codec: CodecKind, other: CodecKind| match codec {
            CodecKind::Opus => other.sample_rate().min(16_000),
            CodecKind::Pcmu | CodecKind::Pcma | CodecKind::G722 => codec.sample_rate(),
        };
        if from == to {
            return Self::Relay;
        }
        Self::Transcode { decode_rate: rate(from, to), encode_rate: rate(to, from) }
    }
}

/// One packet of sound, in order. `lost_before` counts the packets missing between it and the former.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame<'a> {
    pub(crate) lost_before: u32,
    /// Extended, in ticks of the codec's RTP clock.
    pub(crate) timestamp: u64,
    pub(crate) marker: bool,
    pub(crate) payload: &'a [u8],
    /// Payloads of the same codec that came before and are brought along (RFC 2198).
    pub(crate) earlier: Earlier<'a>,
}

impl<'a> Frame<'a> {
    /// What is brought along and has not been played up to `played`, oldest first, each as a frame of its own.
    fn recovered(&self, played: u64) -> impl Iterator<Item = Frame<'a>> + Clone {
        let Self { lost_before, timestamp, .. } = *self;
        let frame = move |block: Block<'a>| {
            let timestamp = timestamp.checked_sub(block.offset.into())?;
            let is_new = block.offset > 0 && timestamp >= played && !block.payload.is_empty();
            let earlier = Earlier::default();
            is_new.then_some(Frame { lost_before, timestamp, marker: false, payload: block.payload, earlier })
        };
        self.earlier.filter_map(frame).take(lost_before as usize)
    }
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) undecodable: bool,
    /// Lost packets recovered from redundancy (RFC 2198) or in-band FEC.
    pub(crate) repaired: u64,
}

/// One direction of a bridge, for one pair of codecs.
pub(crate) struct Flow {
    from: CodecKind,
    to: CodecKind,
    path: Path,
}

enum Path {
    Relay(Relay),
    Transcode(Box<Transcoder>),
}

impl Flow {
    /// `None` if the codecs cannot be had at these rates.
    pub(crate) fn new(from: CodecKind, to: CodecKind) -> Option<Self> {
        let path = match Mode::of(from, to) {
            Mode::Relay => Path::Relay(Relay::default()),
            Mode::Transcode { decode_rate, encode_rate } => {
                Path::Transcode(Box::new(Transcoder::new((from, decode_rate), (to, encode_rate)).ok()?))
            }
        };
        Some(Self { from, to, path })
    }

    /// Whether it is still the right one.
    pub(crate) fn joins(&self, from: CodecKind, to: CodecKind) -> bool {
        (self.from, self.to) == (from, to)
    }

    pub(crate) fn forward(
        &mut self,
        now: Instant,
        frame: &Frame,
        level: &mut Level,
        outlet: &mut Outlet,
    ) -> Outcome {
        match &mut self.path {
            Path::Relay(relay) => relay.forward(now, frame, outlet),
            Path::Transcode(transcoder) => transcoder.forward(now, frame, level, outlet),
        }
    }

    /// The sender describes its silence (RFC 3389). A relay has nobody to tell.
    pub(crate) fn note_silence(&mut self, now: Instant, frame: &Frame, outlet: &mut Outlet) {
        match &mut self.path {
            Path::Relay(_) => {}
            Path::Transcode(transcoder) => transcoder.note_silence(now, frame, outlet),
        }
    }

    /// When [`Flow::handle_timeout`] has silence to fill.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match &self.path {
            Path::Relay(_) => None,
            Path::Transcode(transcoder) => transcoder.deadline(),
        }
    }

    /// Fills silence that the sender does not send.
    pub(crate) fn handle_timeout(&mut self, now: Instant, outlet: &mut Outlet) {
        match &mut self.path {
            Path::Relay(_) => {}
            Path::Transcode(transcoder) => transcoder.handle_timeout(now, outlet),
        }
    }

    /// The sender began a new stream, or sound was left out: what comes next stands on its own.
    pub(crate) fn restart(&mut self) {
        match &mut self.path {
            Path::Relay(relay) => *relay = Relay::default(),
            Path::Transcode(transcoder) => transcoder.restart(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opus_runs_at_the_rate_of_the_other() {
        let narrow = Mode::Transcode { decode_rate: 8_000, encode_rate: 8_000 };
        let wide = Mode::Transcode { decode_rate: 16_000, encode_rate: 16_000 };
        assert_eq!(Mode::of(CodecKind::Opus, CodecKind::Pcmu), narrow);
        assert_eq!(Mode::of(CodecKind::Pcma, CodecKind::Opus), narrow);
        assert_eq!(Mode::of(CodecKind::Opus, CodecKind::G722), wide);
        assert_eq!(Mode::of(CodecKind::Opus, CodecKind::Opus), Mode::Relay);
        assert_eq!(Mode::of(CodecKind::Pcmu, CodecKind::Pcma), narrow);
    }
}
