//! What of a peer's packets was understood, and how loud it was.

use super::CodecKind;
use crate::bridge::Frame;
use crate::codec::g711::Law;
use crate::gain::Level;
use crate::verdict::Tally;

/// A packet of Opus that only says that nothing is said (RFC 6716 §3.1: no more than a byte of sound).
const OPUS_SILENCE_MAX: usize = 2;

/// Kept for the verdict about a port.
#[derive(Default)]
pub(super) struct Hearing {
    understood: u64,
    undecodable: u64,
    /// The last packet announced silence.
    is_hushed: bool,
    loudest: Option<f32>,
    /// Of sound that is not decoded on its way; measured until the first verdict.
    relayed: Option<Level>,
}

impl Hearing {
    /// Something other than sound: a digit.
    pub(super) fn note_event(&mut self) {
        self.understood += 1;
        self.is_hushed = false;
    }

    pub(super) fn note_silence(&mut self) {
        self.understood += 1;
        self.is_hushed = true;
    }

    pub(super) fn note_undecodable(&mut self) {
        self.undecodable += 1;
    }

    /// The packet noted last was no sound after all.
    pub(super) fn note_garbage(&mut self) {
        self.understood -= 1;
        self.undecodable += 1;
    }

    pub(super) fn note_sound(&mut self, codec: CodecKind, frame: &Frame) {
        self.understood += 1;
        self.is_hushed = codec == CodecKind::Opus && frame.payload.len() <= OPUS_SILENCE_MAX;
        let law = match codec {
            CodecKind::Pcmu => Law::Mu,
            CodecKind::Pcma => Law::A,
            CodecKind::Opus | CodecKind::G722 => return,
        };
        if let Some(level) = &mut self.relayed {
            frame.payload.iter().for_each(|code| level.add(&[law.expand(*code)]));
        }
    }

    pub(super) fn note_level(&mut self, dbov: Option<f32>) {
        self.loudest = [self.loudest, dbov].into_iter().flatten().reduce(f32::max);
    }

    /// Measures what is not decoded, too.
    pub(super) fn listen_closely(&mut self) {
        (self.relayed, self.loudest) = (Some(Level::default()), None);
    }

    /// Another window begins.
    pub(super) fn forget_loudest(&mut self) {
        (self.relayed, self.loudest) = (None, None);
    }

    pub(super) fn loudest(&self) -> Option<f32> {
        let relayed = self.relayed.filter(|level| !level.is_empty()).map(|level| level.dbov());
        [self.loudest, relayed].into_iter().flatten().reduce(f32::max)
    }

    pub(super) fn is_hushed(&self) -> bool {
        self.is_hushed
    }

    pub(super) fn tally(&self) -> Tally {
        Tally { understood: self.understood, undecodable: self.undecodable, ..Tally::default() }
    }
}
