//! A tone, and how it is found again.

use std::f64::consts::TAU;

/// Peak of the tone sent.
pub(crate) const AMPLITUDE: f64 = 8000.0;

/// A sine that goes on from frame to frame.
pub(crate) struct Tone {
    frequency: f64,
    rate: f64,
    at: f64,
}

impl Tone {
    pub(crate) fn new(frequency: f64, rate: u32) -> Self {
        Self { frequency, rate: f64::from(rate), at: 0.0 }
    }

    pub(crate) fn frame(&mut self, samples: usize) -> Vec<i16> {
        let mut next = || {
            let sample = AMPLITUDE * (TAU * self.frequency * self.at / self.rate).sin();
            self.at += 1.0;
            sample.round() as i16
        };
        (0..samples).map(|_| next()).collect()
    }
}

/// The tone's peak in `pcm` (Goertzel).
pub(crate) fn amplitude(pcm: &[i16], frequency: f64, rate: u32) -> f64 {
    let coefficient = 2.0 * (TAU * frequency / f64::from(rate)).cos();
    let (mut first, mut second) = (0.0, 0.0);
    for sample in pcm {
        let next = f64::from(*sample) + coefficient * first - second;
        (second, first) = (first, next);
    }
    let power = first * first + second * second - coefficient * first * second;
    2.0 * power.sqrt() / pcm.len() as f64
}

/// Asserts that `pcm` is the tone, at its level within 1.5 dB, and little else.
pub(crate) fn assert_tone(pcm: &[i16], frequency: f64, rate: u32) {
    let found = amplitude(pcm, frequency, rate);
    let db = 20.0 * (found / AMPLITUDE).log10();
    assert!(db.abs() < 1.5, "{frequency} Hz at {db:.1} dB of {} samples", pcm.len());
    assert_pure(pcm, found);
}

/// As [`assert_tone`], where one packet in ten is a guess, whose phase drifts.
pub(crate) fn assert_patched_tone(pcm: &[i16], frequency: f64, rate: u32) {
    let found = amplitude(pcm, frequency, rate);
    let db = 20.0 * (found / AMPLITUDE).log10();
    assert!(db.abs() < 3.0, "{frequency} Hz at {db:.1} dB of {} samples", pcm.len());
}

fn assert_pure(pcm: &[i16], found: f64) {
    let rms = (pcm.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>() / pcm.len() as f64).sqrt();
    let rest = (rms * rms - found * found / 2.0).max(0.0).sqrt();
    assert!(rest < 0.2 * rms, "noise {rest:.0} of {rms:.0}");
}
