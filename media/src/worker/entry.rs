//! One port of a worker, with all that is kept for it.

use std::time::{Duration, Instant};

use super::inbound::Inbound;
use super::judge::Judge;
use super::losses::Loss;
use super::play::Playing;
use super::room::Seat;
use super::{MediaEvent, Outbox, PortId, Stats};
use crate::bridge::{Outlet, Sender};
use crate::dtmf::{self, Digit, Step};
use crate::emodel::Impairments;
use crate::gain::SILENCE_DBOV;
use crate::port::Port;
use crate::tap::Recorder;

const STATS_INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Entry {
    pub(super) id: PortId,
    pub(super) port: Port,
    pub(super) inbound: Inbound,
    pub(super) sender: Sender,
    pub(super) peer: Option<PortId>,
    pub(super) playing: Option<Box<Playing>>,
    pub(super) seat: Option<Box<Seat>>,
    pub(super) recorder: Option<Box<Recorder>>,
    pub(super) judge: Option<Box<Judge>>,
    next_stats: Instant,
    /// Of the last second.
    pub(super) level_dbov: f32,
    /// In the queue of deadlines.
    pub(super) queued: Option<Instant>,
}

impl Entry {
    pub(super) fn new(id: PortId, port: Port, sender: Sender, now: Instant) -> Self {
        let next_stats = now + STATS_INTERVAL;
        let inbound = Inbound::new(id, now);
        Self {
            id,
            port,
            inbound,
            sender,
            peer: None,
            playing: None,
            seat: None,
            recorder: None,
            judge: None,
            next_stats,
            level_dbov: SILENCE_DBOV,
            queued: None,
        }
    }

    pub(super) fn outlet<'a>(&'a mut self, outbox: &'a mut Outbox) -> Outlet<'a> {
        Outlet { port: &mut self.port, sender: &mut self.sender, outbox }
    }

    /// Whether digits can be sent to the peer as RFC 4733.
    pub(super) fn takes_events(&self) -> bool {
        self.port.formats().is_some_and(|formats| formats.telephone_event.is_some())
    }

    /// Ends the bridge; tells who was at its other end.
    pub(super) fn leave(&mut self) -> Option<PortId> {
        self.inbound.stage.rejoin();
        self.peer.take()
    }

    /// Queues digits; tells whether they can be sent at all.
    pub(super) fn push_digits(&mut self, digits: &str, each: Duration) -> bool {
        let Some((_, clock)) = self.port.formats().and_then(|formats| formats.telephone_event) else {
            return false;
        };
        let queue = self.sender.digits.get_or_insert_with(|| dtmf::Sender::new(clock));
        let digits = digits.chars().filter_map(|character| Digit::try_from(character).ok());
        // A full queue drops the rest: nobody waits for a hundred digits and more.
        digits.take_while(|digit| queue.push(*digit, each).is_ok()).count();
        true
    }

    /// Sends what of a digit is due.
    pub(super) fn play_digits(&mut self, now: Instant, outbox: &mut Outbox) {
        while let Some(mut digits) = self.sender.digits.take() {
            let clock = self
                .port
                .formats()
                .and_then(|formats| formats.telephone_event)
                .map_or(8_000, |(_, clock)| clock);
            match digits.poll(now, self.sender.timestamp_at(now, clock)) {
                Step::Send(packet) => {
                    self.outlet(outbox).send_event(now, packet.marker, packet.timestamp, &packet.payload);
                    self.sender.digits = Some(digits);
                }
                Step::Wait(at) => {
                    self.sender.digits = Some(digits);
                    self.sender.digits_due = Some(at);
                    return;
                }
                Step::Done => {
                    self.sender.digits_due = None;
                    outbox.event(MediaEvent::DigitsSent { port: self.id });
                }
            }
        }
    }

    /// RTCP, each second's figures, and nothing came for long.
    pub(super) fn report(&mut self, now: Instant, outbox: &mut Outbox) {
        let voip = self.voip_metrics(now);
        if let Port::Rtp(port) = &mut self.port {
            port.report(now, &self.sender, (self.inbound.reception(), voip), outbox);
        }
        if now >= self.next_stats {
            self.next_stats = now + STATS_INTERVAL;
            let stats = self.stats();
            outbox.event(MediaEvent::Stats { port: self.id, stats });
        }
        let expects_media = self.port.formats().is_some_and(|formats| formats.expects_media());
        if let Some(since) = self.inbound.silence(now, expects_media) {
            outbox.event(MediaEvent::Silence { port: self.id, since });
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        let playing = self.playing.as_ref().map(|playing| playing.due());
        let recorder = self.recorder.as_ref().map(|recorder| recorder.due());
        let judge = self.judge.as_ref().map(|judge| judge.due());
        let times =
            [self.port.deadline(), self.inbound.deadline(), self.sender.digits_due, playing, recorder, judge];
        times.into_iter().flatten().fold(self.next_stats, Instant::min)
    }

    fn stats(&mut self) -> Stats {
        let quality = self.port.quality();
        let codec = self.port.formats().map_or("", |formats| formats.codec.rtp_name());
        let heard = self.inbound.stats();
        self.level_dbov = heard.level_dbov;
        let jitter = Duration::from_secs_f32(heard.jitter_ms / 1000.0);
        let loss = self.inbound.stage.losses.take();
        let sent = quality.remote_loss.map(|share| Loss { share, burst_ratio: 1.0 });
        Stats {
            codec,
            packets_sent: self.sender.packets(),
            packets_unauthenticated: self.port.unauthenticated(),
            round_trip_ms: quality.round_trip.map(|time| time.as_secs_f32() * 1000.0),
            remote_loss: quality.remote_loss,
            mos: loss.and_then(|loss| self.mos(loss, jitter)),
            remote_mos: quality
                .remote_mos
                .or_else(|| sent.and_then(|loss| self.mos(loss, quality.remote_jitter))),
            ..heard
        }
    }

    fn mos(&self, loss: Loss, jitter: Duration) -> Option<f32> {
        self.impairments(loss, jitter).map(|impairments| impairments.mos())
    }

    pub(super) fn impairments(&self, loss: Loss, jitter: Duration) -> Option<Impairments> {
        let codec = self.port.formats()?.codec;
        let round_trip = self.port.quality().round_trip.unwrap_or_default();
        let Loss { share: loss, burst_ratio } = loss;
        Some(Impairments { codec, loss, burst_ratio, round_trip, jitter })
    }
}
