//! What the ends of a call say, packet by packet.

use media::CodecKind;
use media::codec::encoder;

use crate::tone::Tone;
use crate::world::{TICK, World};

pub(crate) const OPUS: u8 = 111;

/// The browser's payload type and clock of a codec.
pub(crate) fn browser_format(codec: CodecKind) -> (u8, u32) {
    (codec.static_payload_type().unwrap_or(OPUS), codec.rtp_clock())
}

/// A tone in packets of `ms`.
pub(crate) fn tone_packets(codec: CodecKind, ms: u32, count: usize) -> Vec<Vec<u8>> {
    let rate = if codec == CodecKind::Opus { 16_000 } else { codec.sample_rate() };
    let (mut tone, mut encoder, mut packet) =
        (Tone::new(1000.0, rate), encoder(codec, rate).unwrap(), [0; 1500]);
    let mut next = || {
        let len = encoder.encode(&tone.frame((rate / 1000 * ms) as usize), &mut packet).unwrap();
        packet[..len].to_vec()
    };
    (0..count).map(|_| next()).collect()
}

impl World {
    /// The trunk says each packet in its time.
    pub(crate) fn trunk_says(&mut self, codec: CodecKind, ms: u32, packets: &[Vec<u8>]) {
        for packet in packets {
            self.step(TICK / 20 * ms);
            self.trunk_sends(codec.static_payload_type().unwrap(), false, 8 * ms, packet);
        }
    }

    /// The browser says each packet in its time.
    pub(crate) fn browser_says(&mut self, codec: CodecKind, ms: u32, packets: &[Vec<u8>]) {
        let (payload_type, clock) = browser_format(codec);
        for packet in packets {
            self.step(TICK / 20 * ms);
            self.browser_sends(payload_type, false, clock / 1000 * ms, packet);
        }
    }

    /// Asserts that the trunk got one unbroken stream of packets of `ticks` each.
    pub(crate) fn assert_trunk_stream(&self, ticks: u32) {
        for pair in self.trunk.received.windows(2) {
            let (before, after) = (pair[0].header, pair[1].header);
            assert_eq!(after.sequence, before.sequence.wrapping_add(1));
            assert_eq!(after.timestamp, before.timestamp.wrapping_add(ticks));
            assert_eq!(after.ssrc, before.ssrc);
        }
    }

    /// The same of the browser.
    pub(crate) fn assert_browser_stream(&self, ticks: u32) {
        for pair in self.browser.received.windows(2) {
            assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
            assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(ticks));
            assert_eq!(pair[1].ssrc, pair[0].ssrc);
        }
    }
}
