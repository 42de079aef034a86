//! One who hears a stream at an even pace, whatever becomes of it otherwise.

use std::time::Instant;

use super::{Ear, Frame};
use crate::jitter::Smoother;
use crate::rtp::{Earlier, TimestampExtender};
use crate::worker::CodecKind;

/// Decodes packets as they come or go, and gives their sound out by the clock.
pub(crate) struct Listener {
    rate: u32,
    ear: Option<Ear>,
    smoother: Smoother,
    timestamp: TimestampExtender,
}

impl Listener {
    pub(crate) fn new(now: Instant, rate: u32) -> Self {
        let timestamp = TimestampExtender::default();
        Self { rate, ear: None, smoother: Smoother::new(rate, now), timestamp }
    }

    /// A packet that came.
    pub(crate) fn hear(&mut self, now: Instant, codec: CodecKind, frame: &Frame) {
        if !self.ear.as_ref().is_some_and(|ear| ear.suits(codec)) {
            self.ear = Ear::new(codec, self.rate);
        }
        if let Some((begin, pcm)) = self.ear.as_mut().and_then(|ear| ear.hear(frame)) {
            self.smoother.insert(now, begin, pcm);
        }
    }

    /// A packet of ours that went out.
    pub(crate) fn hear_sent(&mut self, now: Instant, codec: CodecKind, timestamp: u32, payload: &[u8]) {
        let timestamp = self.timestamp.extend(timestamp);
        let earlier = Earlier::default();
        self.hear(now, codec, &Frame { lost_before: 0, timestamp, marker: false, payload, earlier });
    }

    /// The next 10 or 20 ms.
    pub(crate) fn play(&mut self, now: Instant, pcm: &mut [i16]) {
        self.smoother.play(now, pcm);
    }
}
