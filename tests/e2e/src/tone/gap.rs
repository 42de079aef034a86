//! Holes in a tone.

use super::Sound;
use super::spectrum::amplitude;
use std::time::Duration;

/// Window in which the tone is looked for; a hole is seen once it fills half of one.
const WINDOW: Duration = Duration::from_millis(10);
/// Distance between windows: the resolution of the measurement.
const STEP: Duration = Duration::from_millis(2);

impl Sound {
    /// The longest stretch in which the tone `hz` is absent: under half of its usual amplitude.
    ///
    /// A sound without the tone is one hole from end to end.
    #[must_use]
    pub fn longest_gap(&self, hz: f64) -> Duration {
        let at = |time: Duration| (time.as_secs_f64() * f64::from(self.rate)) as usize;
        let windows = self.samples.windows(at(WINDOW).max(1));
        let levels: Vec<f64> =
            windows.step_by(at(STEP).max(1)).map(|samples| amplitude(samples, self.rate, hz)).collect();
        let usual = 10f64.powf(self.tone_dbfs(hz) / 20.0);
        if usual < AUDIBLE {
            return self.length();
        }
        STEP * longest_run(&levels, usual / 2.0)
    }
}

/// Amplitude (-60 dBFS) under which there is no tone to speak of.
const AUDIBLE: f64 = 0.001;

fn longest_run(levels: &[f64], floor: f64) -> u32 {
    let (mut longest, mut run) = (0, 0);
    for level in levels {
        run = if *level < floor { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use crate::tone::Tone;
    use std::time::Duration;

    #[test]
    fn a_hole_is_measured_and_a_whole_tone_has_none() {
        let mut sound = Tone::at(440.0).sound(8_000, Duration::from_secs(2));
        assert_eq!(sound.longest_gap(440.0), Duration::ZERO);
        sound.samples[8_000..8_480].fill(0);
        let gap = sound.longest_gap(440.0).as_millis();
        assert!((55..=65).contains(&gap), "60 ms of silence read as {gap}");
    }

    #[test]
    fn silence_is_one_hole() {
        let mut sound = Tone::at(440.0).sound(8_000, Duration::from_secs(1));
        sound.samples.fill(0);
        assert_eq!(sound.longest_gap(440.0), Duration::from_secs(1));
    }
}
