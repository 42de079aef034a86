//! Different codecs: each packet is decoded, encoded and sent as it comes.

use std::time::{Duration, Instant};

use super::dtx::{Dtx, Step};
use super::quiet::{self, Quiet};
use super::redundancy::Redundancy;
use super::{Frame, Outcome, Outlet};
use crate::codec::{self, CodecError, Decoder, Encoder, PACKET_MS_MAX};
use crate::gain::Level;
use crate::resample::Resampler;
use crate::sdp::OpusParameters;
use crate::worker::CodecKind;

/// A longer hole is left as it is: nothing that a decoder guesses is like speech after that.
const REPAIR_MS_MAX: u64 = 120;
/// The sender's clock jumped: our own goes on by the time that passed.
const JUMP_S: u64 = 5;
const PACKET_BYTES_MAX: usize = 1500;

pub(super) struct Transcoder {
    decoder: Box<dyn Decoder>,
    resampler: Resampler,
    encoder: Box<dyn Encoder>,
    redundancy: Redundancy,
    /// What the encoder was told of its peer.
    told: Option<OpusParameters>,
    quiet: Quiet,
    dtx: Dtx,
    in_clock: u32,
    out_clock: u32,
    /// The sender's clock where its next packet joins on.
    expected: Option<u64>,
    /// Our clock at the first sample that waits.
    timestamp: u32,
    marker: bool,
    /// Samples that wait until they fill a packet.
    waiting: usize,
    pcm: Vec<i16>,
    /// What the decoder made, at its rate.
    decoded: Vec<i16>,
    packet: [u8; PACKET_BYTES_MAX],
}

impl Transcoder {
    pub(super) fn new(from: (CodecKind, u32), to: (CodecKind, u32)) -> Result<Self, CodecError> {
        let (decoder, encoder) = (codec::decoder(from.0, from.1)?, codec::encoder(to.0, to.1)?);
        let longest = PACKET_MS_MAX.max(REPAIR_MS_MAX as u32);
        Ok(Self {
            decoder,
            resampler: Resampler::new(from.1, to.1)?,
            encoder,
            redundancy: Redundancy::default(),
            told: None,
            quiet: Quiet::default(),
            dtx: Dtx::default(),
            in_clock: from.0.rtp_clock(),
            out_clock: to.0.rtp_clock(),
            expected: None,
            timestamp: 0,
            marker: true,
            waiting: 0,
            pcm: vec![0; samples(PACKET_MS_MAX + longest, to.1)],
            decoded: vec![0; samples(longest, from.1)],
            packet: [0; PACKET_BYTES_MAX],
        })
    }

    pub(super) fn restart(&mut self) {
        self.expected = None;
        self.waiting = 0;
        self.quiet.end();
    }

    pub(super) fn forward(
        &mut self,
        now: Instant,
        frame: &Frame,
        level: &mut Level,
        outlet: &mut Outlet,
    ) -> Outcome {
        let mut recovered = 0;
        for frame in frame.recovered(self.expected.unwrap_or(u64::MAX)) {
            recovered += u32::from(!self.play(now, &frame, level, outlet).undecodable);
        }
        let frame = Frame { lost_before: frame.lost_before - recovered, ..*frame };
        let outcome = self.play(now, &frame, level, outlet);
        Outcome { repaired: outcome.repaired + u64::from(recovered), ..outcome }
    }

    fn play(&mut self, now: Instant, frame: &Frame, level: &mut Level, outlet: &mut Outlet) -> Outcome {
        let Ok(samples) = self.decoder.samples(frame.payload) else {
            return Outcome { undecodable: true, ..Outcome::default() };
        };
        let Some(repaired) = self.join(now, frame, outlet) else { return Outcome::default() };
        let Some(space) = self.decoded.get_mut(..samples) else { return Outcome::default() };
        let undecodable = self.decoder.decode(frame.payload, space).is_err();
        if undecodable {
            self.decoder.conceal(space);
        }
        level.add(space);
        let ticks = self.in_ticks(samples);
        self.expected = Some(frame.timestamp + ticks);
        if !self.decoder.announces_silence(frame.payload) {
            self.quiet.end();
        } else if self.describe_silence(now, samples, outlet) {
            return Outcome { undecodable, repaired };
        } else {
            self.quiet.begin(now, Duration::from_micros(ticks * 1_000_000 / u64::from(self.in_clock)));
        }
        self.send(now, samples, outlet);
        Outcome { undecodable, repaired }
    }

    /// Where the peer takes it so, silence is described instead of played; tells whether that is done.
    fn describe_silence(&mut self, now: Instant, samples: usize, outlet: &mut Outlet) -> bool {
        let mut level = Level::default();
        level.add(&self.decoded[..samples]);
        if !outlet.send_noise(now, self.timestamp, level.dbov()) {
            return false;
        }
        self.leave_gap(now, self.in_ticks(samples), outlet);
        true
    }

    /// The sender describes its silence from here on (RFC 3389).
    pub(super) fn note_silence(&mut self, now: Instant, frame: &Frame, outlet: &mut Outlet) {
        if self.join(now, frame, outlet).is_some() {
            self.expected = Some(frame.timestamp);
            self.quiet.describe(now, frame.payload);
        }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.quiet.deadline()
    }

    pub(super) fn handle_timeout(&mut self, now: Instant, outlet: &mut Outlet) {
        let frame = samples(quiet::FRAME.as_millis() as u32, self.decoder.rate());
        while self.quiet.take_due(now) {
            self.fill(now, frame, outlet);
        }
    }

    /// Plays silence that the sender does not send.
    fn fill(&mut self, now: Instant, samples: usize, outlet: &mut Outlet) {
        let Some(expected) = self.expected else { return };
        self.quiet.fill(&mut *self.decoder, &mut self.decoded[..samples]);
        self.expected = Some(expected + self.in_ticks(samples));
        self.send(now, samples, outlet);
    }

    /// Brings what waits up to where the frame begins; `None` if the frame's time has passed already.
    fn join(&mut self, now: Instant, frame: &Frame, outlet: &mut Outlet) -> Option<u64> {
        let jump = u64::from(self.in_clock) * JUMP_S;
        let Some(expected) = self.expected.filter(|expected| expected.abs_diff(frame.timestamp) < jump)
        else {
            self.waiting = 0;
            self.timestamp = outlet.sender.join_at(now, self.out_clock);
            self.marker = true;
            return Some(0);
        };
        let gap = frame.timestamp.checked_sub(expected)?;
        let is_short = gap * 1000 <= REPAIR_MS_MAX * u64::from(self.in_clock);
        if frame.lost_before > 0 && gap > 0 && is_short {
            return Some(self.repair(now, gap, frame, outlet));
        }
        if gap > 0 && is_short && self.quiet.is_on() {
            self.fill(now, self.in_samples(gap), outlet);
        } else if gap > 0 {
            self.leave_gap(now, gap, outlet);
        }
        Some(0)
    }

    fn repair(&mut self, now: Instant, gap: u64, frame: &Frame, outlet: &mut Outlet) -> u64 {
        let missing = self.in_samples(gap);
        let space = &mut self.decoded[..missing];
        let has_fec = self.decoder.carries_fec(frame.payload);
        if self.decoder.decode_fec(frame.payload, space).is_err() {
            self.decoder.conceal(space);
        }
        self.send(now, missing, outlet);
        u64::from(has_fec)
    }

    /// Silence that the sender did not send (DTX), or a long loss: time goes on, nothing is made up.
    fn leave_gap(&mut self, now: Instant, gap: u64, outlet: &mut Outlet) {
        if self.waiting > 0 {
            let full = self.packet_samples(outlet).max(self.waiting);
            self.pcm[self.waiting..full].fill(0);
            let begun = self.timestamp;
            let ticks = self.ticks(self.waiting);
            self.waiting = full;
            self.flush(now, outlet);
            self.timestamp = begun.wrapping_add(ticks);
        }
        let ticks = gap * u64::from(self.out_clock) / u64::from(self.in_clock);
        self.timestamp = self.timestamp.wrapping_add(ticks as u32);
        self.marker = true;
    }

    /// Adds what was decoded to what waits.
    fn send(&mut self, now: Instant, samples: usize, outlet: &mut Outlet) {
        let space = &mut self.pcm[self.waiting..];
        self.waiting += self.resampler.process(&self.decoded[..samples], space);
        self.flush(now, outlet);
    }

    /// Sends what fills whole packets.
    fn flush(&mut self, now: Instant, outlet: &mut Outlet) {
        self.follow(outlet);
        if let Some(percent) = self.redundancy.update(now, outlet.loss_left()) {
            self.encoder.set_loss_percent(percent);
        }
        let frame = self.packet_samples(outlet);
        let mut start = 0;
        while frame > 0 && self.waiting - start >= frame {
            match self.encode(start, frame) {
                Some(Ok(len)) => {
                    outlet.send_audio(now, self.marker, self.timestamp, &self.packet[..len]);
                    self.marker = false;
                }
                Some(Err(_)) => {}
                None => self.marker = true,
            }
            self.timestamp = self.timestamp.wrapping_add(self.ticks(frame));
            start += frame;
        }
        self.pcm.copy_within(start..self.waiting, 0);
        self.waiting -= start;
    }

    /// Encodes a packet's worth of what waits; `None` if it is silence that need not be sent.
    fn encode(&mut self, start: usize, len: usize) -> Option<Result<usize, CodecError>> {
        let pcm = &self.pcm[start..start + len];
        let step = match self.told {
            Some(OpusParameters { dtx: true, .. }) => self.dtx.step(pcm, self.encoder.rate()),
            Some(_) | None => Step::Send,
        };
        match step {
            Step::Send => Some(self.encoder.encode(pcm, &mut self.packet)),
            Step::Hush => Some(self.encoder.encode_silence(pcm, &mut self.packet)),
            Step::Skip => None,
        }
    }

    /// The peer may say something else with each description.
    fn follow(&mut self, outlet: &Outlet) {
        let Some(wanted) = outlet.formats().map(|formats| formats.opus) else { return };
        if self.told != Some(wanted) {
            self.told = Some(wanted);
            self.encoder.follow(&wanted);
        }
    }

    /// How many samples go into a packet: what the peer asked for, or the most below it that its codec can hold.
    fn packet_samples(&self, outlet: &Outlet) -> usize {
        let ptime_ms = outlet.formats().map_or(0, |formats| formats.ptime_ms);
        self.encoder.packet_samples(samples(ptime_ms, self.encoder.rate()))
    }

    fn in_ticks(&self, samples: usize) -> u64 {
        samples as u64 * u64::from(self.in_clock) / u64::from(self.decoder.rate())
    }

    fn in_samples(&self, ticks: u64) -> usize {
        (ticks * u64::from(self.decoder.rate()) / u64::from(self.in_clock)) as usize
    }

    fn ticks(&self, samples: usize) -> u32 {
        (samples as u64 * u64::from(self.out_clock) / u64::from(self.encoder.rate())) as u32
    }
}

fn samples(ms: u32, rate: u32) -> usize {
    (rate / 1000 * ms) as usize
}
