//! Frequency, level and purity of a tone (Goertzel's algorithm).

use super::Sound;
use std::f64::consts::TAU;
use std::time::Duration;

/// Step of the first, coarse search for the loudest frequency.
const COARSE_STEP_HZ: f64 = 20.0;
/// Step of the second search around it.
const FINE_STEP_HZ: f64 = 1.0;
/// The telephone band, searched for the loudest frequency.
const BAND_HZ: (f64, f64) = (100.0, 3_400.0);
/// Window over which frequency is searched: its resolution is 10 Hz.
const FREQUENCY_WINDOW: Duration = Duration::from_millis(100);
/// Window over which a level is measured: a speech codec moves a tone's phase about from frame to
/// frame, which a longer window would read as a lower level.
const LEVEL_WINDOW: Duration = Duration::from_millis(20);

/// Peak amplitude (0 to 1) of `hz` in `samples`.
pub(super) fn amplitude(samples: &[i16], rate: u32, hz: f64) -> f64 {
    let step = TAU * hz / f64::from(rate);
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let (sin, cos) = (step * index as f64).sin_cos();
        let value = f64::from(*sample) / f64::from(i16::MAX);
        real += value * cos;
        imaginary += value * sin;
    }
    2.0 * real.hypot(imaginary) / samples.len().max(1) as f64
}

/// The tone `hz` in `samples` and what is left without it, as powers: the sine that fits best, so that a window need not
/// hold whole periods.
fn split(samples: &[i16], rate: u32, hz: f64) -> (f64, f64) {
    let step = TAU * hz / f64::from(rate);
    let (mut ss, mut sc, mut cc, mut sx, mut cx) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let (sin, cos) = (step * index as f64).sin_cos();
        let value = f64::from(*sample) / f64::from(i16::MAX);
        (ss, sc, cc) = (ss + sin * sin, sc + sin * cos, cc + cos * cos);
        (sx, cx) = (sx + sin * value, cx + cos * value);
    }
    let determinant = ss * cc - sc * sc;
    let (sine, cosine) = ((sx * cc - cx * sc) / determinant, (cx * ss - sx * sc) / determinant);
    let rest = power(samples) - (sine * sx + cosine * cx) / samples.len().max(1) as f64;
    (sine.hypot(cosine).powi(2) / 2.0, rest)
}

fn power(samples: &[i16]) -> f64 {
    let squares = samples.iter().map(|sample| {
        let value = f64::from(*sample) / f64::from(i16::MAX);
        value * value
    });
    squares.sum::<f64>() / samples.len().max(1) as f64
}

fn dbfs(amplitude: f64) -> f64 {
    20.0 * amplitude.max(1e-6).log10()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn loudest(samples: &[i16], rate: u32, range: (f64, f64), step: f64) -> f64 {
    let count = ((range.1 - range.0) / step) as u32;
    let candidates = (0..=count).map(|index| range.0 + f64::from(index) * step);
    candidates
        .map(|hz| (hz, amplitude(samples, rate, hz)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(0.0, |(hz, _)| hz)
}

impl Sound {
    fn windows(&self, length: Duration) -> impl Iterator<Item = &[i16]> {
        let size = (length.as_secs_f64() * f64::from(self.rate)) as usize;
        self.samples.chunks_exact(size.max(1))
    }

    /// The loudest frequency of the telephone band: the median over short windows, within 1 Hz.
    #[must_use]
    pub fn frequency_hz(&self) -> f64 {
        let windows: Vec<_> = self.windows(FREQUENCY_WINDOW).collect();
        let stride = (windows.len() / 9).max(1);
        let found = windows.iter().step_by(stride).map(|samples| {
            let coarse = loudest(samples, self.rate, BAND_HZ, COARSE_STEP_HZ);
            let around = (coarse - COARSE_STEP_HZ, coarse + COARSE_STEP_HZ);
            loudest(samples, self.rate, around, FINE_STEP_HZ)
        });
        median(found.collect())
    }

    /// Peak level of the tone `hz` in dBFS: the median over short windows.
    #[must_use]
    pub fn tone_dbfs(&self, hz: f64) -> f64 {
        let windows = self.windows(LEVEL_WINDOW);
        dbfs(median(windows.map(|samples| (2.0 * split(samples, self.rate, hz).0).sqrt()).collect()))
    }

    /// How far the tone `hz` stands above everything else, in dB: the median over short windows.
    #[must_use]
    pub fn purity_db(&self, hz: f64) -> f64 {
        let windows = self.windows(LEVEL_WINDOW);
        let ratios = windows.map(|samples| {
            let (tone, rest) = split(samples, self.rate, hz);
            10.0 * (tone.max(1e-12) / rest.max(1e-12)).log10()
        });
        median(ratios.collect())
    }

    /// Root-mean-square level of the whole sound in dBFS.
    #[must_use]
    pub fn level_dbfs(&self) -> f64 {
        dbfs(power(&self.samples).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use crate::tone::Tone;
    use std::time::Duration;

    #[test]
    fn a_made_tone_measures_as_itself() {
        for (hz, rate) in [(440.0, 8_000), (1_234.0, 16_000), (700.0, 48_000)] {
            let sound = Tone::at(hz).sound(rate, Duration::from_secs(1));
            assert!((sound.frequency_hz() - hz).abs() <= 1.0);
            assert!((sound.tone_dbfs(hz) + 12.0).abs() < 0.01);
            assert!(sound.purity_db(hz) > 60.0);
        }
    }

    #[test]
    fn what_is_added_to_a_tone_is_measured() {
        let mut sound = Tone::at(440.0).sound(8_000, Duration::from_secs(1));
        let other = Tone { hz: 1_700.0, peak_dbfs: -32.0 }.sound(8_000, Duration::from_secs(1));
        sound.samples.iter_mut().zip(other.samples).for_each(|(sample, other)| *sample += other);
        assert!((sound.purity_db(440.0) - 20.0).abs() < 0.5);
    }

    #[test]
    fn another_tone_is_not_mistaken_for_it() {
        let sound = Tone::at(1_000.0).sound(8_000, Duration::from_secs(1));
        assert!(sound.tone_dbfs(440.0) < -40.0);
        assert!(sound.purity_db(440.0) < -20.0);
    }
}
