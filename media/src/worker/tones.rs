//! Digits that a peer sends as tones in its sound.

use std::time::{Duration, Instant};

use super::CodecKind;
use crate::bridge::Frame;
use crate::codec::{self, Decoder, PACKET_MS_MAX};
use crate::dtmf::{Detector, Received};

/// Without sound for this long a digit is over; as of one told by events whose end was lost.
const LOST_END: Duration = Duration::from_millis(200);
/// More lost sound than this ends a digit: its pause may be in it.
const LOSS_MS_MAX: u64 = 100;

/// Decodes sound to find digits in it, whatever else becomes of it.
pub(super) struct Tones {
    codec: CodecKind,
    decoder: Box<dyn Decoder>,
    detector: Detector,
    /// The peer's clock where its next packet joins on, and when its last one came.
    expected: u64,
    heard: Instant,
    pcm: Box<[i16]>,
}

impl Tones {
    /// `None` for Opus: who sends it knows telephone events.
    pub(super) fn new(codec: CodecKind, now: Instant) -> Option<Self> {
        if codec == CodecKind::Opus {
            return None;
        }
        let rate = codec.sample_rate();
        let decoder = codec::decoder(codec, rate).ok()?;
        let pcm = vec![0; (PACKET_MS_MAX * rate / 1_000) as usize].into();
        Some(Self { codec, decoder, detector: Detector::new(rate), expected: 0, heard: now, pcm })
    }

    pub(super) fn takes(&self, codec: CodecKind) -> bool {
        self.codec == codec
    }

    pub(super) fn handle(&mut self, now: Instant, frame: &Frame) {
        let Ok(samples) = self.decoder.decode(frame.payload, &mut self.pcm) else { return };
        self.join(frame);
        self.detector.handle(&self.pcm[..samples]);
        let ticks = samples as u64 * u64::from(self.codec.rtp_clock()) / u64::from(self.decoder.rate());
        (self.expected, self.heard) = (frame.timestamp + ticks, now);
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.detector.finish();
        }
    }

    /// When a digit ends for want of sound.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.detector.is_hearing().then(|| self.heard + LOST_END)
    }

    /// Whether a digit may be under way.
    pub(super) fn is_hearing(&self) -> bool {
        self.detector.is_hearing()
    }

    /// What comes next is another stream.
    pub(super) fn finish(&mut self) {
        self.detector.finish();
    }

    pub(super) fn poll(&mut self) -> Option<Received> {
        self.detector.poll()
    }

    fn join(&mut self, frame: &Frame) {
        let clock = u64::from(self.codec.rtp_clock());
        let lost_ms = frame.timestamp.wrapping_sub(self.expected).saturating_mul(1_000) / clock;
        if frame.timestamp == self.expected {
            return;
        }
        if frame.lost_before > 0 && lost_ms <= LOSS_MS_MAX {
            self.detector.handle_loss(Duration::from_millis(lost_ms));
        } else {
            self.detector.finish();
        }
    }
}
