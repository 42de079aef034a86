//! Tones, and how to find them again.

use std::f64::consts::TAU;

/// Peak of every tone.
const AMPLITUDE: f64 = 8000.0;

/// A sine that goes on from frame to frame.
pub(crate) struct Tone {
    hertz: f64,
    rate: f64,
    at: f64,
}

impl Tone {
    pub(crate) fn new(hertz: u32, rate: u32) -> Self {
        Self { hertz: f64::from(hertz), rate: f64::from(rate), at: 0.0 }
    }

    pub(crate) fn frame(&mut self, samples: usize) -> Vec<i16> {
        let mut next = || {
            let sample = AMPLITUDE * (TAU * self.hertz * self.at / self.rate).sin();
            self.at += 1.0;
            sample.round() as i16
        };
        (0..samples).map(|_| next()).collect()
    }
}

/// The share of the tone's own level that `pcm` holds of it (Goertzel).
pub(crate) fn share(pcm: &[i16], hertz: u32, rate: u32) -> f64 {
    let coefficient = 2.0 * (TAU * f64::from(hertz) / f64::from(rate)).cos();
    let (mut first, mut second) = (0.0, 0.0);
    for sample in pcm {
        let next = f64::from(*sample) + coefficient * first - second;
        (second, first) = (first, next);
    }
    let power = first * first + second * second - coefficient * first * second;
    2.0 * power.max(0.0).sqrt() / pcm.len().max(1) as f64 / AMPLITUDE
}

/// What one ear heard.
pub(crate) struct Ear {
    pub(crate) rate: u32,
    pub(crate) heard: Vec<i16>,
}

impl Ear {
    pub(crate) fn new(rate: u32) -> Self {
        Self { rate, heard: Vec::new() }
    }

    /// Whether the last half second was the tone, within 3 dB.
    pub(crate) fn hears(&self, hertz: u32) -> bool {
        let window = self.rate as usize / 2;
        let Some(start) = self.heard.len().checked_sub(window) else { return false };
        (0.7..1.4).contains(&share(&self.heard[start..], hertz, self.rate))
    }
}
