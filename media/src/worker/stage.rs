//! What becomes of a packet in its turn: sound goes on through the bridge, digits are told.

use std::time::Instant;

use super::CodecKind;
use super::digits::DigitRelay;
use super::hearing::Hearing;
use super::inbound::Around;
use super::losses::Losses;
use super::pressed::Pressed;
use crate::bridge::{Flow, Frame, Listener, Voice};
use crate::gain::{Level, SILENCE_DBOV};
use crate::jitter::Bursts;
use crate::port::Formats;
use crate::rtp::{Earlier, Header, Redundant, TimestampExtender};
use crate::verdict::Tally;

/// Whether what comes is dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Muted {
    Yes,
    #[default]
    No,
}

#[derive(Default)]
pub(super) struct Stage {
    timestamp: TimestampExtender,
    flow: Option<Flow>,
    pub(super) digits: Pressed,
    relay: DigitRelay,
    pub(super) muted: Muted,
    /// Hears what comes and is not muted.
    pub(super) listener: Option<Box<Listener>>,
    pub(super) repaired: u64,
    pub(super) losses: Losses,
    pub(super) bursts: Bursts,
    level: Level,
    hearing: Hearing,
    /// The loudest that the peer itself told in this interval, dBov.
    told_level: Option<i8>,
}

impl Stage {
    /// Another stream begins.
    pub(super) fn restart(&mut self) {
        self.timestamp = TimestampExtender::default();
        self.digits.reset();
        if let Some(flow) = &mut self.flow {
            flow.restart();
        }
    }

    /// The bridge changed: the next packet begins a new flow.
    pub(super) fn rejoin(&mut self) {
        self.flow = None;
        self.relay = DigitRelay::default();
    }

    pub(super) fn note_level(&mut self, level: Option<i8>) {
        self.told_level = self.told_level.max(level);
    }

    /// The level of what came since the last time, measured where it was decoded.
    pub(super) fn take_level(&mut self) -> f32 {
        self.hearing.note_level(self.level_so_far());
        let measured = self.level.take_dbov();
        let told = self.told_level.take().map_or(SILENCE_DBOV, f32::from);
        if measured > SILENCE_DBOV { measured } else { told }
    }

    /// The loudest since the verdict's window began, dBov; `None` where nobody listened.
    pub(super) fn loudest(&self) -> Option<f32> {
        [self.hearing.loudest(), self.level_so_far()].into_iter().flatten().reduce(f32::max)
    }

    fn level_so_far(&self) -> Option<f32> {
        let measured = (!self.level.is_empty()).then(|| self.level.dbov());
        measured.or(self.told_level.map(f32::from))
    }

    /// A verdict wants to know how loud it is.
    pub(super) fn listen_closely(&mut self) {
        self.hearing.listen_closely();
    }

    /// Another window of the verdict begins.
    pub(super) fn forget_loudest(&mut self) {
        self.hearing.forget_loudest();
    }

    pub(super) fn is_hushed(&self) -> bool {
        self.hearing.is_hushed()
    }

    pub(super) fn is_muted(&self) -> bool {
        self.muted == Muted::Yes
    }

    pub(super) fn tally(&self) -> Tally {
        self.hearing.tally()
    }

    pub(super) fn handle(&mut self, header: Header, payload: &[u8], lost: u32, around: &mut Around) {
        self.losses.add(lost);
        self.bursts.add(lost);
        let Some(Content { payload_type, payload, earlier }) = Content::of(around.formats, &header, payload)
        else {
            around.counters.undecodable += 1;
            self.hearing.note_undecodable();
            return;
        };
        if let Some(clock) = around.formats.event_clock_of(payload_type) {
            self.hearing.note_event();
            self.digits.handle_event(around.now, clock, header.timestamp, payload);
            if let Some(outlet) = around.outlet.as_mut().filter(|_| self.muted == Muted::No) {
                self.relay.forward(around.now, clock, header.timestamp, payload, outlet);
            }
        } else if around.formats.is_comfort_noise(payload_type) {
            self.hearing.note_silence();
            self.note_silence(header, payload, around);
        } else if let Some(codec) = around.formats.codec_of(payload_type) {
            let timestamp = self.timestamp.extend(header.timestamp);
            let frame = Frame { lost_before: lost, timestamp, marker: header.marker, payload, earlier };
            self.digits.handle_sound(around.now, &frame, payload_type, around.formats);
            self.handle_audio(codec, &frame, around);
        } else {
            self.hearing.note_undecodable();
        }
    }

    fn note_silence(&mut self, header: Header, payload: &[u8], around: &mut Around) {
        let timestamp = self.timestamp.extend(header.timestamp);
        let (lost_before, marker, earlier) = (0, false, Earlier::default());
        let frame = Frame { lost_before, timestamp, marker, payload, earlier };
        let (Some(outlet), Some(flow)) = (&mut around.outlet, &mut self.flow) else { return };
        if self.muted == Muted::No && !self.relay.is_active(around.now) {
            flow.note_silence(around.now, &frame, outlet);
        }
    }

    /// When silence is to be filled.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.flow.as_ref().and_then(Flow::deadline)
    }

    /// Fills silence that is not sent.
    pub(super) fn handle_timeout(&mut self, around: &mut Around) {
        let (Some(outlet), Some(flow)) = (&mut around.outlet, &mut self.flow) else { return };
        let is_taken = outlet.sender.voice == Voice::Own;
        if is_taken || self.muted == Muted::Yes || self.relay.is_active(around.now) {
            flow.restart();
        } else {
            flow.handle_timeout(around.now, outlet);
        }
    }

    fn handle_audio(&mut self, codec: CodecKind, frame: &Frame, around: &mut Around) {
        self.hearing.note_sound(codec, frame);
        let is_dropped = self.muted == Muted::Yes || self.digits.is_clamping();
        if let Some(listener) = self.listener.as_mut().filter(|_| !is_dropped) {
            listener.hear(around.now, codec, frame);
        }
        if let Some(seat) = around.seat.as_mut().filter(|_| !is_dropped) {
            seat.hear(around.now, codec, frame);
        }
        let Some(outlet) = &mut around.outlet else { return };
        let Some(to) = outlet.formats().map(|formats| formats.codec) else { return };
        if !self.flow.as_ref().is_some_and(|flow| flow.joins(codec, to)) {
            self.flow = Flow::new(codec, to);
        }
        let Some(flow) = &mut self.flow else { return };
        let is_taken = outlet.sender.voice == Voice::Own;
        if is_taken || is_dropped || self.relay.is_active(around.now) || frame.payload.is_empty() {
            flow.restart();
            return;
        }
        let outcome = flow.forward(around.now, frame, &mut self.level, outlet);
        self.repaired += outcome.repaired;
        if outcome.undecodable {
            around.counters.undecodable += 1;
            self.hearing.note_garbage();
        }
    }
}

/// What a packet holds, redundancy taken apart.
struct Content<'a> {
    payload_type: u8,
    payload: &'a [u8],
    earlier: Earlier<'a>,
}

impl<'a> Content<'a> {
    /// `None` if it is no redundant audio though it should be.
    fn of(formats: &Formats, header: &Header, payload: &'a [u8]) -> Option<Self> {
        let payload_type = header.payload_type;
        if formats.red != Some(payload_type) {
            return Some(Self { payload_type, payload, earlier: Earlier::default() });
        }
        let Redundant { primary, earlier } = Redundant::parse(payload).ok()?;
        Some(Self { payload_type: primary.payload_type, payload: primary.payload, earlier })
    }
}

/// How many payloads of packets before it a packet brings along.
pub(super) fn earlier_in(formats: &Formats, header: &Header, payload: &[u8]) -> u32 {
    Content::of(formats, header, payload).map_or(0, |content| content.earlier.count() as u32)
}

/// Ticks per second of what comes under a payload type.
pub(super) fn clock_of(formats: &Formats, payload_type: u8) -> u32 {
    let codec = formats.codec_of(payload_type).map(CodecKind::rtp_clock);
    codec.or_else(|| formats.event_clock_of(payload_type)).unwrap_or_else(|| formats.codec.rtp_clock())
}
