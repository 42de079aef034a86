//! Sound as the tests judge it: made, read and measured by its content.

mod gap;
mod likeness;
mod spectrum;
mod wav;

pub use likeness::Spectrogram;

use std::f64::consts::TAU;
use std::time::Duration;

/// Mono 16-bit sound at a fixed rate.
#[derive(Debug, Clone, Default)]
pub struct Sound {
    /// Samples a second.
    pub rate: u32,
    /// The samples, full scale at `i16::MAX`.
    pub samples: Vec<i16>,
}

/// A sine wave, by frequency and peak level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// Frequency in Hz.
    pub hz: f64,
    /// Peak level in dB relative to full scale (0 is the loudest).
    pub peak_dbfs: f64,
}

impl Tone {
    /// A tone at a quarter of full scale (-12 dBFS peak), the level every scenario speaks at.
    #[must_use]
    pub const fn at(hz: f64) -> Self {
        Self { hz, peak_dbfs: -12.0 }
    }

    /// The sample at `index` of this tone at `rate`.
    #[must_use]
    pub fn sample(self, index: u64, rate: u32) -> i16 {
        let peak = 10f64.powf(self.peak_dbfs / 20.0) * f64::from(i16::MAX);
        let phase = TAU * self.hz * index as f64 / f64::from(rate);
        (peak * phase.sin()).round() as i16
    }

    /// This tone as sound of the given length.
    #[must_use]
    pub fn sound(self, rate: u32, length: Duration) -> Sound {
        let count = (length.as_secs_f64() * f64::from(rate)) as u64;
        let samples = (0..count).map(|index| self.sample(index, rate)).collect();
        Sound { rate, samples }
    }
}

impl Sound {
    /// Length of the sound.
    #[must_use]
    pub fn length(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(self.rate.max(1)))
    }

    /// The part from `start` on, `length` long or as long as there is sound.
    #[must_use]
    pub fn part(&self, start: Duration, length: Duration) -> Self {
        let at = |time: Duration| (time.as_secs_f64() * f64::from(self.rate)) as usize;
        let samples = self.samples.iter().copied();
        Self { rate: self.rate, samples: samples.skip(at(start)).take(at(length)).collect() }
    }

    /// The last `length` of the sound.
    #[must_use]
    pub fn tail(&self, length: Duration) -> Self {
        self.part(self.length().saturating_sub(length), length)
    }
}
