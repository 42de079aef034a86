//! Digits that come from a peer: as telephone events, or as tones where those are not negotiated.

use std::time::{Duration, Instant};

use super::tones::Tones;
use crate::bridge::Frame;
use crate::dtmf::{Clamp, Digit, Received, Receiver};
use crate::port::Formats;

/// The same digit from the other source within this time is the same press: peers that renegotiate
/// meanwhile may tell of it both ways.
const SAME_PRESS: Duration = Duration::from_millis(500);

/// How a digit came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// RFC 4733.
    Event,
    /// In the sound.
    Tone,
}

#[derive(Clone, Copy)]
struct Told {
    digit: Digit,
    source: Source,
    at: Instant,
}

#[derive(Default)]
pub(super) struct Pressed {
    events: Receiver,
    tones: Option<Box<Tones>>,
    pub(super) clamp: Clamp,
    told: Option<Told>,
}

impl Pressed {
    /// A packet of a telephone event.
    pub(super) fn handle_event(&mut self, now: Instant, clock: u32, timestamp: u32, payload: &[u8]) {
        self.events.handle(now, clock, timestamp, payload);
    }

    /// A packet of sound. It is listened to only if the peer has no other way to tell of digits, or they are to be left
    /// out, so that an ordinary call pays nothing.
    pub(super) fn handle_sound(&mut self, now: Instant, frame: &Frame, payload_type: u8, formats: &Formats) {
        if !formats.receive_events.is_empty() && self.clamp == Clamp::Off {
            self.tones = None;
            return;
        }
        let Some(codec) = formats.codec_of(payload_type) else { return };
        if !self.tones.as_ref().is_some_and(|tones| tones.takes(codec)) {
            self.tones = Tones::new(codec, now).map(Box::new);
        }
        if let Some(tones) = &mut self.tones {
            tones.handle(now, frame);
        }
    }

    /// Whether the sound is to be left out, for the digit in it.
    pub(super) fn is_clamping(&self) -> bool {
        self.clamp == Clamp::On && self.tones.as_ref().is_some_and(|tones| tones.is_hearing())
    }

    /// Ends digits of which nothing more comes.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        self.events.handle_timeout(now);
        if let Some(tones) = &mut self.tones {
            tones.handle_timeout(now);
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let tones = self.tones.as_ref().and_then(|tones| tones.deadline());
        [self.events.deadline(), tones].into_iter().flatten().min()
    }

    /// The next digit that has ended.
    pub(super) fn poll(&mut self, now: Instant) -> Option<(Received, Source)> {
        while let Some((received, source)) = self.next() {
            let Received { digit, .. } = received;
            let is_same = |told: Told| told.digit == digit && told.source != source;
            if !self.told.is_some_and(|told| is_same(told) && now < told.at + SAME_PRESS) {
                self.told = Some(Told { digit, source, at: now });
                return Some((received, source));
            }
        }
        None
    }

    /// Another stream begins; a digit under way has ended.
    pub(super) fn reset(&mut self) {
        self.events.reset();
        if let Some(tones) = &mut self.tones {
            tones.finish();
        }
    }

    fn next(&mut self) -> Option<(Received, Source)> {
        let event = self.events.poll().map(|received| (received, Source::Event));
        event.or_else(|| Some((self.tones.as_mut()?.poll()?, Source::Tone)))
    }
}
