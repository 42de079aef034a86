//! A mouth: a tone, a packet at a time.

use std::time::{Duration, Instant};

use media::CodecKind;
use media::codec::{Encoder, encoder};

use super::sound::Tone;

const PTIME: Duration = Duration::from_millis(20);

/// Speaks one codec from `next` on.
pub(crate) struct Voice {
    encoder: Box<dyn Encoder>,
    tone: Tone,
    pub(crate) ticks: u32,
    /// From packet to packet; more than 20 ms leaves pauses.
    every: Duration,
    pub(crate) next: Instant,
}

impl Voice {
    pub(crate) fn new(codec: CodecKind, hertz: u32, every: Duration, now: Instant) -> Self {
        let (rate, every) = (rate(codec), every.max(PTIME));
        Self {
            encoder: encoder(codec, rate).expect("a codec of ours"),
            tone: Tone::new(hertz, rate),
            ticks: codec.rtp_clock() / 1000 * every.as_millis() as u32,
            every,
            next: now,
        }
    }

    /// The next packet.
    pub(crate) fn speak(&mut self) -> Vec<u8> {
        self.next += self.every;
        let frame = self.tone.frame(self.encoder.rate() as usize / 50);
        let mut packet = vec![0; 1500];
        let len = self.encoder.encode(&frame, &mut packet).expect("a frame of 20 ms");
        packet.truncate(len);
        packet
    }
}

/// The rate that both ends of a conversation hear at.
pub(crate) fn rate(codec: CodecKind) -> u32 {
    match codec {
        CodecKind::Opus => 16_000,
        CodecKind::Pcmu | CodecKind::Pcma | CodecKind::G722 => codec.sample_rate(),
    }
}
