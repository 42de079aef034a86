//! From one sampling rate to another, by a polyphase filter.
//!
//! Flat within 0.5 dB up to 0.85 of the lower rate's half (3.4 kHz of 8 kHz); all that would alias, and each image, is
//! at least 60 dB down. The delay is 3 ms at 8 kHz and shorter between higher rates.

use std::f64::consts::PI;

use crate::codec::CodecError;

/// Length of the filter in samples of the lower rate.
const SPAN: usize = 48;
/// Half of the pass band, in parts of the lower rate: its edge lies between 3.4 and 4 kHz of 8 kHz.
const CUTOFF: f64 = 0.4575;
/// Of the Kaiser window: side lobes at -64 dB.
const BETA: f64 = 6.25;
/// Of either term of the reduced ratio: 11.025, 22.05 and 44.1 kHz to 8, 16 and 48 kHz fit, and a table stays small.
const TERM_MAX: usize = 640;
/// Samples taken in at a time.
const BLOCK: usize = 480;
/// Sums side by side, which one instruction then makes.
const LANES: usize = 8;

/// One stream's way from one sampling rate to another.
#[derive(Debug)]
pub struct Resampler {
    up: usize,
    down: usize,
    /// Taps of one phase.
    taps: usize,
    /// Phase by phase, the tap for the oldest sample first.
    filter: Box<[f32]>,
    /// What came before, then the block at hand.
    history: Box<[f32]>,
    /// Where the next sample that comes out lies: whole samples into the block, and `up`ths.
    at: usize,
    phase: usize,
}

impl Resampler {
    /// Makes one from `from` to `to` samples per second; fails with [`CodecError::SamplingRate`] if one of them is 0 or
    /// if their ratio has a term above 640 (8 to 48 kHz and 11.025 to 48 kHz all have none).
    pub fn new(from: u32, to: u32) -> Result<Self, CodecError> {
        let divisor = greatest_common_divisor(from, to);
        let term = |rate: u32| rate.checked_div(divisor).map_or(0, |term| term as usize);
        let (up, down) = (term(to), term(from));
        if !(1..=TERM_MAX).contains(&up) || !(1..=TERM_MAX).contains(&down) {
            return Err(CodecError::SamplingRate);
        }
        let taps = (SPAN * up.max(down)).div_ceil(up).next_multiple_of(LANES);
        Ok(Self {
            up,
            down,
            taps,
            filter: filter(up, down, taps),
            history: vec![0.0; taps - 1 + BLOCK].into(),
            at: 0,
            phase: 0,
        })
    }

    /// The most samples that [`Resampler::process`] makes of `samples`.
    pub fn output_max(&self, samples: usize) -> usize {
        (samples * self.up).div_ceil(self.down)
    }

    /// Takes in `pcm`, of any length, and writes what it makes to the start of `out`; tells how many samples. What
    /// `out` has no room for is lost: give it [`Resampler::output_max`].
    pub fn process(&mut self, pcm: &[i16], out: &mut [i16]) -> usize {
        if self.up == self.down {
            let len = pcm.len().min(out.len());
            out[..len].copy_from_slice(&pcm[..len]);
            return len;
        }
        let mut made = 0;
        for block in pcm.chunks(BLOCK) {
            made += self.process_block(block, &mut out[made..]);
        }
        made
    }

    fn process_block(&mut self, block: &[i16], out: &mut [i16]) -> usize {
        let kept = self.taps - 1;
        for (kept, sample) in self.history[kept..].iter_mut().zip(block) {
            *kept = f32::from(*sample);
        }
        let mut made = 0;
        while self.at < block.len() {
            if let Some(out) = out.get_mut(made) {
                *out = self.sample();
                made += 1;
            }
            self.phase += self.down;
            self.at += self.phase / self.up;
            self.phase %= self.up;
        }
        self.at -= block.len();
        self.history.copy_within(block.len()..block.len() + kept, 0);
        made
    }

    fn sample(&self) -> i16 {
        let taps = &self.filter[self.phase * self.taps..][..self.taps];
        let past = &self.history[self.at..][..self.taps];
        let mut sums = [0.0f32; LANES];
        for (taps, past) in taps.as_chunks::<LANES>().0.iter().zip(past.as_chunks::<LANES>().0) {
            for (sum, (tap, past)) in sums.iter_mut().zip(taps.iter().zip(past)) {
                *sum += tap * past;
            }
        }
        // Saturates.
        sums.iter().sum::<f32>().round_ties_even() as i16
    }
}

fn greatest_common_divisor(one: u32, other: u32) -> u32 {
    if other == 0 { one } else { greatest_common_divisor(other, one % other) }
}

/// A sinc under a Kaiser window, cut into phases, each of which passes a constant as it is.
fn filter(up: usize, down: usize, taps: usize) -> Box<[f32]> {
    let longer = up.max(down) as f64;
    let len = SPAN as f64 * longer;
    let tap = |index: usize| {
        let from_middle = index as f64 - (len - 1.0) / 2.0;
        let window = kaiser(2.0 * from_middle / (len - 1.0));
        sinc(2.0 * CUTOFF * from_middle / longer) * window
    };
    let mut filter = Vec::with_capacity(up * taps);
    for phase in 0..up {
        let taps = (0..taps).rev().map(|at| tap(phase + at * up));
        let sum: f64 = taps.clone().sum();
        filter.extend(taps.map(|tap| (tap / sum) as f32));
    }
    filter.into()
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// `x` is -1 to 1 across the window.
fn kaiser(x: f64) -> f64 {
    if x.abs() > 1.0 { 0.0 } else { bessel(BETA * (1.0 - x * x).sqrt()) / bessel(BETA) }
}

/// The modified Bessel function of the first kind and order zero.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..30 {
        term *= (x / 2.0 / f64::from(n)).powi(2);
        sum += term;
    }
    sum
}
