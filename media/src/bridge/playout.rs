//! Sound that is made here, packet by packet, by the clock.

use std::time::{Duration, Instant};

use super::Outlet;
use crate::codec::{self, Encoder};
use crate::port::Formats;
use crate::worker::CodecKind;

/// Beyond this a worker was held up: what should have been sent meanwhile is left out.
const LATE_MAX: Duration = Duration::from_millis(200);
const PACKET_BYTES_MAX: usize = 1500;

/// Encodes and sends what a port is to hear.
pub(crate) struct Playout {
    codec: CodecKind,
    ptime_ms: u32,
    encoder: Box<dyn Encoder>,
    /// Samples of one packet.
    samples: usize,
    /// On the sender's clock, where the next packet begins; `None` after a break.
    timestamp: Option<u32>,
    due: Instant,
    packet: [u8; PACKET_BYTES_MAX],
}

impl Playout {
    /// Begins when what was sent before is over, and not before `now`.
    pub(crate) fn new(now: Instant, formats: &Formats, free: Option<Instant>) -> Option<Self> {
        let rate = rate_of(formats.codec);
        let encoder = codec::encoder(formats.codec, rate).ok()?;
        let samples = encoder.packet_samples((rate / 1_000 * formats.ptime_ms) as usize);
        let due = free.map_or(now, |free| free.max(now));
        let (codec, ptime_ms) = (formats.codec, formats.ptime_ms);
        (samples > 0).then_some(Self {
            codec,
            ptime_ms,
            encoder,
            samples,
            timestamp: None,
            due,
            packet: [0; PACKET_BYTES_MAX],
        })
    }

    /// At which sampling rate sound is made for a peer.
    pub(crate) fn rate_for(formats: &Formats) -> u32 {
        rate_of(formats.codec)
    }

    /// Whether it is still the right one.
    pub(crate) fn suits(&self, formats: &Formats) -> bool {
        (self.codec, self.ptime_ms) == (formats.codec, formats.ptime_ms)
    }

    /// Samples per second that go in.
    pub(crate) fn rate(&self) -> u32 {
        self.encoder.rate()
    }

    /// How many samples [`Playout::send`] takes.
    pub(crate) fn samples(&self) -> usize {
        self.samples
    }

    /// When the next packet is to be sent.
    pub(crate) fn due(&self) -> Instant {
        self.due
    }

    /// Whether one is to be sent now.
    pub(crate) fn is_due(&mut self, now: Instant) -> bool {
        if now > self.due + LATE_MAX {
            (self.due, self.timestamp) = (now, None);
        }
        now >= self.due
    }

    /// What is said next begins a spurt, at its time.
    pub(crate) fn pause(&mut self) {
        self.timestamp = None;
        self.advance();
    }

    /// Sends one packet's worth.
    pub(crate) fn send(&mut self, now: Instant, pcm: &[i16], outlet: &mut Outlet) {
        let clock = self.codec.rtp_clock();
        let timestamp = self.timestamp.unwrap_or_else(|| outlet.sender.join_at(now, clock));
        let marker = self.timestamp.is_none();
        let sent = outlet.sender.packets();
        if let Ok(len) = self.encoder.encode(pcm, &mut self.packet) {
            outlet.send_audio(now, marker, timestamp, &self.packet[..len]);
        }
        let ticks = pcm.len() as u64 * u64::from(clock) / u64::from(self.rate());
        let is_sent = outlet.sender.packets() > sent;
        self.timestamp = is_sent.then(|| timestamp.wrapping_add(ticks as u32));
        self.advance();
    }

    fn advance(&mut self) {
        self.due += Duration::from_micros(self.samples as u64 * 1_000_000 / u64::from(self.rate()));
    }
}

/// At which sampling rate sound is made for a codec.
fn rate_of(codec: CodecKind) -> u32 {
    codec.sample_rate().min(16_000)
}
