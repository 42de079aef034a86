//! What a peer says, as samples at some rate: for mixing, recording and whoever listens.

use super::Frame;
use crate::codec::{self, Decoder, PACKET_MS_MAX};
use crate::resample::Resampler;
use crate::worker::CodecKind;

/// A longer hole is left: nothing that a decoder guesses is like speech after that.
const REPAIR_MS_MAX: u64 = 60;
/// The most that a rate can be raised: 8 to 48 kHz.
const RAISE_MAX: usize = 6;

/// Decodes one stream, and mends its short losses.
pub(crate) struct Ear {
    codec: CodecKind,
    rate: u32,
    decoder: Box<dyn Decoder>,
    resampler: Resampler,
    /// The peer's clock where its next packet joins on.
    expected: Option<u64>,
    decoded: Vec<i16>,
    out: Vec<i16>,
}

impl Ear {
    /// `None` if the codec's sound cannot be brought to `rate`.
    pub(crate) fn new(codec: CodecKind, rate: u32) -> Option<Self> {
        let own = match codec {
            CodecKind::Opus => rate.min(16_000),
            CodecKind::Pcmu | CodecKind::Pcma | CodecKind::G722 => codec.sample_rate(),
        };
        let decoder = codec::decoder(codec, own).ok()?;
        let resampler = Resampler::new(own, rate).ok()?;
        let longest = ((PACKET_MS_MAX + REPAIR_MS_MAX as u32) * own / 1_000) as usize;
        let (decoded, out) = (vec![0; longest], vec![0; longest * RAISE_MAX]);
        Some(Self { codec, rate, decoder, resampler, expected: None, decoded, out })
    }

    pub(crate) fn suits(&self, codec: CodecKind) -> bool {
        self.codec == codec
    }

    /// The sound of a packet, with that of a short loss before it, and where it begins on the peer's clock, in samples;
    /// none if the packet is garbage.
    pub(crate) fn hear(&mut self, frame: &Frame) -> Option<(u64, &[i16])> {
        let mended = self.mend(frame);
        let samples = self.decoder.decode(frame.payload, &mut self.decoded[mended..]).ok()?;
        let clock = u64::from(self.codec.rtp_clock());
        let ticks = samples as u64 * clock / u64::from(self.decoder.rate());
        self.expected = Some(frame.timestamp + ticks);
        let made = self.resampler.process(&self.decoded[..mended + samples], &mut self.out);
        let begin = frame.timestamp * u64::from(self.rate) / clock;
        Some((begin.saturating_sub((made - made * samples / (mended + samples)) as u64), &self.out[..made]))
    }

    /// Guesses what was lost before the packet; tells how many samples.
    fn mend(&mut self, frame: &Frame) -> usize {
        let clock = u64::from(self.codec.rtp_clock());
        let Some(gap) = self.expected.and_then(|expected| frame.timestamp.checked_sub(expected)) else {
            return 0;
        };
        if frame.lost_before == 0 || gap == 0 || gap * 1_000 > REPAIR_MS_MAX * clock {
            return 0;
        }
        let missing = (gap * u64::from(self.decoder.rate()) / clock) as usize;
        let space = &mut self.decoded[..missing];
        if self.decoder.decode_fec(frame.payload, space).is_err() {
            self.decoder.conceal(space);
        }
        missing
    }
}
