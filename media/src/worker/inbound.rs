//! What comes from one peer: arrival, order, silence, statistics.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::pressed::Source;
use super::room::Seat;
use super::stage::{self, Muted, Stage, clock_of};
use super::{Counters, MediaEvent, Outbox, PortId, Stats};
use crate::bridge::Outlet;
use crate::delays::Delays;
use crate::jitter::{Arrival, Reception, Reorder, ReorderConfig};
use crate::port::{Formats, Incoming};
use crate::rtp::Packet;

/// The first report of silence; a talking peer sends every 20 ms, one with DTX every 400.
const SILENCE_FIRST: Duration = Duration::from_secs(3);
/// Until the first packet tells the clock.
const CLOCK: u32 = 8_000;

pub(super) struct Inbound {
    id: PortId,
    heard: Heard,
    reorder: Reorder,
    reception: Reception,
    pub(super) stage: Stage,
    pub(super) delays: Box<Delays>,
    last_packet: Instant,
    silence_reported: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Nothing,
    Something,
}

/// What processing one packet needs from around it.
pub(super) struct Around<'a> {
    pub(super) now: Instant,
    pub(super) formats: &'a Formats,
    pub(super) outlet: Option<Outlet<'a>>,
    pub(super) seat: Option<&'a mut Seat>,
    pub(super) counters: &'a mut Counters,
}

impl Inbound {
    pub(super) fn new(id: PortId, now: Instant) -> Self {
        Self {
            id,
            heard: Heard::Nothing,
            reorder: Reorder::new(ReorderConfig::default()),
            reception: Reception::new(CLOCK),
            stage: Stage::default(),
            delays: Box::default(),
            last_packet: now,
            silence_reported: None,
        }
    }

    /// Takes note that RTP came; the first time is told.
    pub(super) fn note_arrival(&mut self, now: Instant, from: SocketAddr, outbox: &mut Outbox) {
        if self.heard == Heard::Nothing {
            outbox.event(MediaEvent::FirstPacket { port: self.id, from });
        }
        self.last_packet = now;
        self.silence_reported = None;
    }

    /// One packet as it came.
    pub(super) fn receive(&mut self, incoming: &Incoming, payload: &[u8], around: &mut Around) {
        let header = incoming.header;
        if self.heard == Heard::Nothing {
            self.heard = Heard::Something;
            self.reception = Reception::new(clock_of(around.formats, header.payload_type));
        }
        self.reception.record(around.now, &header);
        self.stage.note_level(incoming.level);
        let brings = stage::earlier_in(around.formats, &header, payload);
        match self.reorder.insert_redundant(around.now, &Packet { header, payload }, brings) {
            Arrival::Deliver => self.stage.handle(header, payload, 0, around),
            Arrival::Restart => {
                self.stage.restart();
                self.stage.handle(header, payload, 0, around);
            }
            Arrival::Held | Arrival::Stale => {}
        }
        self.release(around);
    }

    /// Lets go of packets whose predecessors did not come in time, and fills silence that is not sent.
    pub(super) fn release(&mut self, around: &mut Around) {
        while let Some(released) = self.reorder.pop(around.now) {
            self.stage.handle(released.header, released.payload, released.missing, around);
        }
        self.stage.handle_timeout(around);
    }

    /// Ends a digit whose end was lost, and tells of digits that have ended. `relayed` is about events; a tone is told
    /// to the engine only.
    pub(super) fn report_digits(&mut self, now: Instant, relayed: bool, outbox: &mut Outbox) {
        self.stage.digits.handle_timeout(now);
        while let Some((received, source)) = self.stage.digits.poll(now) {
            let (digit, duration) = (received.digit.as_char(), received.duration);
            let relayed = relayed && source == Source::Event;
            if self.stage.muted == Muted::No {
                outbox.event(MediaEvent::Digit { port: self.id, digit, duration, relayed });
            }
        }
    }

    pub(super) fn heard(&self) -> &Reception {
        &self.reception
    }

    pub(super) fn reception(&mut self) -> &mut Reception {
        &mut self.reception
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let silence = self.last_packet + self.next_silence();
        let stage = &self.stage;
        let times = [self.reorder.deadline(), stage.digits.deadline(), stage.deadline(), Some(silence)];
        times.into_iter().flatten().min()
    }

    /// How long nothing came, when that is to be told.
    pub(super) fn silence(&mut self, now: Instant, expects_media: bool) -> Option<Duration> {
        if !expects_media {
            (self.last_packet, self.silence_reported) = (now, None);
            return None;
        }
        let since = self.next_silence();
        if now < self.last_packet + since {
            return None;
        }
        self.silence_reported = Some(since);
        Some(since)
    }

    /// Since the beginning; the level since the last time.
    pub(super) fn stats(&mut self) -> Stats {
        Stats {
            packets_received: self.reception.received(),
            packets_lost: self.reception.lost(),
            packets_repaired: self.stage.repaired,
            jitter_ms: self.reception.jitter().as_secs_f32() * 1000.0,
            level_dbov: self.stage.take_level(),
            added_delay: self.delays.take_second(),
            added_delay_whole: self.delays.whole(),
            ..Stats::default()
        }
    }

    fn next_silence(&self) -> Duration {
        self.silence_reported.map_or(SILENCE_FIRST, |reported| reported * 2)
    }
}
