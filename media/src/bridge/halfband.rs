//! From 8 to 16 kHz and back, for the one pair of codecs that has no rate in common: G.711 and G.722.

use std::f32::consts::PI;

/// Odd, so that the delay is whole: 2 ms at 16 kHz. Aliases are 70 dB down from 4.5 kHz on.
const TAPS: usize = 63;
const SAMPLES_MAX: f32 = 32_767.0;

/// Between the rates of a decoder and an encoder.
pub(super) enum Resampler {
    Same,
    Up(Filter),
    Down(Filter),
}

impl Resampler {
    pub(super) fn new(from: u32, to: u32) -> Self {
        if from < to {
            Self::Up(Filter::new(2.0))
        } else if from > to {
            Self::Down(Filter::new(1.0))
        } else {
            Self::Same
        }
    }

    /// Writes `pcm` at the other rate to the start of `out`; tells how many samples.
    pub(super) fn convert(&mut self, pcm: &[i16], out: &mut [i16]) -> usize {
        match self {
            Self::Same => {
                out[..pcm.len()].copy_from_slice(pcm);
                pcm.len()
            }
            Self::Up(filter) => {
                for (sample, pair) in pcm.iter().zip(out.chunks_exact_mut(2)) {
                    pair[0] = filter.push(f32::from(*sample));
                    pair[1] = filter.push(0.0);
                }
                pcm.len() * 2
            }
            Self::Down(filter) => {
                for (pair, sample) in pcm.chunks_exact(2).zip(out.iter_mut()) {
                    *sample = filter.push(pair[0].into());
                    filter.push(pair[1].into());
                }
                pcm.len() / 2
            }
        }
    }
}

/// A low-pass at a quarter of the higher rate: a sinc under a Blackman window.
pub(super) struct Filter {
    taps: [f32; TAPS],
    history: [f32; TAPS],
}

impl Filter {
    fn new(gain: f32) -> Self {
        let middle = (TAPS / 2) as f32;
        let tap = |index: usize| {
            let x = (index as f32 - middle) / 2.0 * PI;
            let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
            let phase = 2.0 * PI * (index as f32 + 1.0) / (TAPS as f32 + 1.0);
            let window = 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
            gain * 0.5 * sinc * window
        };
        Self { taps: std::array::from_fn(tap), history: [0.0; TAPS] }
    }

    fn push(&mut self, sample: f32) -> i16 {
        self.history.copy_within(1.., 0);
        self.history[TAPS - 1] = sample;
        let sum: f32 = self.history.iter().zip(&self.taps).map(|(sample, tap)| sample * tap).sum();
        sum.round().clamp(-SAMPLES_MAX, SAMPLES_MAX) as i16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gain::Level;

    fn tone(frequency: f32, rate: f32, samples: usize) -> Vec<i16> {
        (0..samples).map(|n| (8000.0 * (2.0 * PI * frequency * n as f32 / rate).sin()) as i16).collect()
    }

    fn level(pcm: &[i16]) -> f32 {
        let mut level = Level::default();
        level.add(pcm);
        level.dbov()
    }

    #[test]
    fn a_tone_keeps_its_level_both_ways() {
        let narrow = tone(1000.0, 8000.0, 800);
        let mut wide = vec![0; 1600];
        assert_eq!(Resampler::new(8000, 16_000).convert(&narrow, &mut wide), 1600);
        assert!((level(&wide[200..]) - level(&narrow)).abs() < 0.1);
        let mut back = vec![0; 800];
        assert_eq!(Resampler::new(16_000, 8000).convert(&wide, &mut back), 800);
        assert!((level(&back[200..]) - level(&narrow)).abs() < 0.1);
    }

    #[test]
    fn what_would_alias_is_taken_out() {
        let wide = tone(5000.0, 16_000.0, 1600);
        let mut narrow = vec![0; 800];
        Resampler::new(16_000, 8000).convert(&wide, &mut narrow);
        assert!(level(&narrow[200..]) < level(&wide) - 60.0);
    }
}
