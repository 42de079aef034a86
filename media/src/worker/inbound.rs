//! What comes from one peer: order, digits, sound, statistics.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::digits::DigitRelay;
use super::statistics::Reception;
use super::{CodecKind, Counters, MediaEvent, Outbox, PortId, Stats};
use crate::bridge::{Flow, Frame, Order, Outlet, Reorder};
use crate::dtmf;
use crate::port::{Formats, Incoming};
use crate::rtp::{SequenceExtender, TimestampExtender};

/// The first report of silence; a talking peer sends every 20 ms, one with DTX every 400.
const SILENCE_FIRST: Duration = Duration::from_secs(3);

pub(super) struct Inbound {
    id: PortId,
    ssrc: Option<u32>,
    sequence: SequenceExtender,
    timestamp: TimestampExtender,
    reorder: Reorder,
    flow: Option<Flow>,
    digits: dtmf::Receiver,
    relay: DigitRelay,
    reception: Reception,
    pub(super) muted: Muted,
    last_packet: Instant,
    silence_reported: Option<Duration>,
}

/// Whether what comes is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Muted {
    Yes,
    No,
}

/// What processing one packet needs from around it.
pub(super) struct Around<'a> {
    pub(super) now: Instant,
    pub(super) formats: &'a Formats,
    pub(super) outlet: Option<Outlet<'a>>,
    pub(super) counters: &'a mut Counters,
}

impl Inbound {
    pub(super) fn new(id: PortId, now: Instant) -> Self {
        Self {
            id,
            ssrc: None,
            sequence: SequenceExtender::default(),
            timestamp: TimestampExtender::default(),
            reorder: Reorder::default(),
            flow: None,
            digits: dtmf::Receiver::default(),
            relay: DigitRelay::default(),
            reception: Reception::default(),
            muted: Muted::No,
            last_packet: now,
            silence_reported: None,
        }
    }

    /// Takes note that RTP came; the first time is told.
    pub(super) fn note_arrival(&mut self, now: Instant, from: SocketAddr, outbox: &mut Outbox) {
        if self.ssrc.is_none() {
            outbox.event(MediaEvent::FirstPacket { port: self.id, from });
        }
        self.last_packet = now;
        self.silence_reported = None;
    }

    /// One packet as it came.
    pub(super) fn receive(&mut self, incoming: &Incoming, payload: &[u8], around: &mut Around) {
        if self.ssrc != Some(incoming.header.ssrc) {
            self.begin_stream(incoming.header.ssrc);
        }
        let sequence = self.sequence.extend(incoming.header.sequence);
        let clock = clock_of(around.formats, incoming.header.payload_type);
        self.reception.note(around.now, incoming.header.timestamp, clock);
        if self.reorder.offer(around.now, sequence, incoming, payload) == Order::Next {
            self.handle(incoming, payload, 0, around);
        }
        self.release(around);
    }

    /// Lets go of packets whose predecessors did not come in time.
    pub(super) fn release(&mut self, around: &mut Around) {
        while let Some((held, lost)) = self.reorder.pop(around.now) {
            self.reception.lost += lost;
            self.handle(&held.incoming, &held.payload, lost, around);
            self.reorder.recycle(held);
        }
    }

    /// Ends a digit whose end was lost, and tells of digits that have ended.
    pub(super) fn report_digits(&mut self, now: Instant, relayed: bool, outbox: &mut Outbox) {
        self.digits.handle_timeout(now);
        while let Some(received) = self.digits.poll() {
            let (digit, duration) = (received.digit.as_char(), received.duration);
            if self.muted == Muted::No {
                outbox.event(MediaEvent::Digit { port: self.id, digit, duration, relayed });
            }
        }
    }

    /// The bridge changed: the next packet begins a new flow.
    pub(super) fn rejoin(&mut self) {
        self.flow = None;
        self.relay = DigitRelay::default();
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let silence = self.last_packet + self.next_silence();
        [self.reorder.deadline(), self.digits.deadline(), Some(silence)].into_iter().flatten().min()
    }

    /// How long nothing came, when that is to be told.
    pub(super) fn silence(&mut self, now: Instant, expects_media: bool) -> Option<Duration> {
        let since = self.next_silence();
        if now < self.last_packet + since {
            return None;
        }
        if !expects_media {
            self.last_packet = now;
            return None;
        }
        self.silence_reported = Some(since);
        Some(since)
    }

    pub(super) fn stats(&mut self) -> Stats {
        self.reception.stats()
    }

    fn next_silence(&self) -> Duration {
        self.silence_reported.map_or(SILENCE_FIRST, |reported| reported * 2)
    }

    fn begin_stream(&mut self, ssrc: u32) {
        self.ssrc = Some(ssrc);
        self.sequence = SequenceExtender::default();
        self.timestamp = TimestampExtender::default();
        self.reorder.reset();
        self.digits.reset();
        self.reception.restart();
        if let Some(flow) = &mut self.flow {
            flow.restart();
        }
    }

    /// One packet in its turn.
    fn handle(&mut self, incoming: &Incoming, payload: &[u8], lost: u64, around: &mut Around) {
        let header = incoming.header;
        if let Some(clock) = around.formats.event_clock_of(header.payload_type) {
            self.digits.handle(around.now, clock, header.timestamp, payload);
            if let Some(outlet) = around.outlet.as_mut().filter(|_| self.muted == Muted::No) {
                self.relay.forward(around.now, clock, header.timestamp, payload, outlet);
            }
        } else if let Some(codec) = around.formats.codec_of(header.payload_type) {
            let timestamp = self.timestamp.extend(header.timestamp);
            self.reception.note_level(incoming.level);
            self.handle_audio(codec, Frame { lost_before: lost, timestamp, marker: header.marker, payload }, around);
        }
    }

    fn handle_audio(&mut self, codec: CodecKind, frame: Frame, around: &mut Around) {
        let Some(outlet) = &mut around.outlet else { return };
        let Some(to) = outlet.formats().map(|formats| formats.codec) else { return };
        if !self.flow.as_ref().is_some_and(|flow| flow.joins(codec, to)) {
            self.flow = Flow::new(codec, to);
        }
        let Some(flow) = &mut self.flow else { return };
        if self.muted == Muted::Yes || self.relay.is_active(around.now) || frame.payload.is_empty() {
            flow.restart();
            return;
        }
        let outcome = flow.forward(around.now, &frame, &mut self.reception.level, outlet);
        self.reception.repaired += outcome.repaired;
        around.counters.undecodable += u64::from(outcome.undecodable);
    }
}

fn clock_of(formats: &Formats, payload_type: u8) -> u32 {
    let codec = formats.codec_of(payload_type).map(CodecKind::rtp_clock);
    codec.or_else(|| formats.event_clock_of(payload_type)).unwrap_or(8_000)
}
