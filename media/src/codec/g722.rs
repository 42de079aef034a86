//! ITU-T G.722 at 64 kbit/s (mode 1): two sub-bands of ADPCM, 16 kHz.

mod band;
mod qmf;
mod table;

use super::{CodecError, Concealer, Decoder, Encoder, PACKET_MS_MAX};
use band::{Band, HIGHER, LOWER, saturate};
use qmf::{Qmf, band_limit};
use table::{Q6, QM2, QM4, QM6, WH, WL};

const RATE: u32 = 16_000;
/// As much of what comes behind a loss as concealment looks at: 40 ms.
const AHEAD: usize = 640;
/// Of the filters of both ends together, in samples.
const QMF_DELAY: usize = 22;
const BYTES_MAX: usize = (PACKET_MS_MAX * RATE / 2_000) as usize;

/// What one end knows of a stream: encoder and decoder move alike.
#[derive(Clone, Debug)]
struct State {
    lower: Band,
    higher: Band,
    qmf: Qmf,
}

impl State {
    fn new() -> Self {
        Self { lower: Band::new(LOWER), higher: Band::new(HIGHER), qmf: Qmf::default() }
    }

    fn decode(&mut self, code: u8) -> [i16; 2] {
        let low_code = usize::from(code & 0x3F);
        let fine = self.lower.difference(QM6[low_code]);
        let low = band_limit(self.lower.predicted + fine);
        let coarse = self.lower.difference(QM4[low_code >> 2]);
        self.lower.adapt(coarse, WL[low_code >> 2]);

        let high_code = usize::from(code >> 6);
        let difference = self.higher.difference(QM2[high_code]);
        let high = band_limit(self.higher.predicted + difference);
        self.higher.adapt(difference, WH[high_code]);
        self.qmf.synthesise(low, high).into()
    }

    fn encode(&mut self, [first, second]: [i16; 2]) -> u8 {
        let (low, high) = self.qmf.analyse(first, second);
        let low_code = quantize_lower(saturate(low - self.lower.predicted), self.lower.step);
        let coarse = usize::from(low_code >> 2);
        self.lower.adapt(self.lower.difference(QM4[coarse]), WL[coarse]);

        let high_code = quantize_higher(saturate(high - self.higher.predicted), self.higher.step);
        let index = usize::from(high_code);
        self.higher.adapt(self.higher.difference(QM2[index]), WH[index]);
        high_code << 6 | low_code
    }
}

/// G.722 to linear.
#[derive(Debug)]
pub struct G722Decoder {
    state: State,
    concealer: Concealer,
    guess: Box<[i16]>,
}

impl G722Decoder {
    /// Starts a stream.
    pub fn new() -> Self {
        let guess = vec![0; 2 * BYTES_MAX + QMF_DELAY].into();
        Self { state: State::new(), concealer: Concealer::new(RATE), guess }
    }

    /// Lets the predictors live through a loss of so many samples, by encoding and decoding what it may have held: else
    /// what comes behind begins with a crackle.
    fn live_through(&mut self, samples: usize) {
        let Some(guess) = self.guess.get_mut(..samples + QMF_DELAY) else { return };
        self.concealer.guess(guess);
        let (before, lost) = guess.as_chunks().0.split_at(QMF_DELAY / 2);
        let mut encoder = State { qmf: Qmf::default(), ..self.state.clone() };
        for [first, second] in before {
            encoder.qmf.analyse(*first, *second);
        }
        for pair in lost {
            self.state.decode(encoder.encode(*pair));
        }
    }

    /// The start of a packet, decoded to the side.
    fn look_at(&self, packet: &[u8]) -> [i16; AHEAD] {
        let (mut state, mut ahead) = (self.state.clone(), [0; AHEAD]);
        for (pair, code) in ahead.as_chunks_mut().0.iter_mut().zip(packet) {
            *pair = state.decode(*code);
        }
        ahead
    }
}

impl Default for G722Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder for G722Decoder {
    fn decode(&mut self, packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        let samples = self.samples(packet)?;
        let pcm = pcm.get_mut(..samples).ok_or(CodecError::BufferTooSmall)?;
        for (pair, code) in pcm.as_chunks_mut::<2>().0.iter_mut().zip(packet) {
            *pair = self.state.decode(*code);
        }
        self.concealer.accept(pcm);
        Ok(samples)
    }

    fn conceal(&mut self, pcm: &mut [i16]) -> usize {
        self.live_through(pcm.len());
        self.concealer.conceal(pcm)
    }

    /// There is no redundancy, but the sound behind the loss tells much of it.
    fn decode_fec(&mut self, next_packet: &[u8], pcm: &mut [i16]) -> Result<usize, CodecError> {
        self.live_through(pcm.len());
        let ahead = self.look_at(next_packet);
        let known = (2 * next_packet.len()).min(AHEAD);
        Ok(self.concealer.conceal_before(&ahead[..known], pcm))
    }

    fn samples(&self, packet: &[u8]) -> Result<usize, CodecError> {
        if packet.is_empty() || packet.len() > BYTES_MAX {
            return Err(CodecError::Malformed);
        }
        Ok(packet.len() * 2)
    }

    fn rate(&self) -> u32 {
        RATE
    }
}

/// Linear to G.722.
#[derive(Debug)]
pub struct G722Encoder {
    state: State,
}

impl G722Encoder {
    /// Starts a stream.
    pub fn new() -> Self {
        Self { state: State::new() }
    }
}

impl Default for G722Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder for G722Encoder {
    fn packet_samples(&self, available: usize) -> usize {
        available.min(2 * BYTES_MAX) & !1
    }

    fn encode(&mut self, pcm: &[i16], out: &mut [u8]) -> Result<usize, CodecError> {
        let (pairs, []) = pcm.as_chunks::<2>() else { return Err(CodecError::FrameDuration) };
        let out = out.get_mut(..pairs.len()).ok_or(CodecError::BufferTooSmall)?;
        for (code, pair) in out.iter_mut().zip(pairs) {
            *code = self.state.encode(*pair);
        }
        Ok(pairs.len())
    }

    fn rate(&self) -> u32 {
        RATE
    }
}

/// Block QUANTL. Codes of negative values run 63, 62, 31 down to 4; of others 61 down to 32.
fn quantize_lower(difference: i32, step: i32) -> u8 {
    let magnitude = if difference < 0 { !difference } else { difference };
    // All are counted rather than the right one searched for: that needs no branch.
    let level: u8 = Q6.iter().map(|decision| u8::from(magnitude >= (decision * step) >> 12)).sum();
    match (difference < 0, level) {
        (true, 0 | 1) => 63 - level,
        (true, _) => 33 - level,
        (false, _) => 61 - level,
    }
}

/// Block QUANTH.
fn quantize_higher(difference: i32, step: i32) -> u8 {
    let magnitude = if difference < 0 { !difference } else { difference };
    let is_outer = magnitude >= (564 * step) >> 12;
    match (difference < 0, is_outer) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 3,
    }
}
