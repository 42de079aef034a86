//! How loud sound is, and making it louder or softer.

/// What silence is called: the least that dBov of RFC 6464 can say.
pub const SILENCE_DBOV: f32 = -127.0;

/// Collects the root mean square of one interval.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    energy: u64,
    samples: u64,
}

impl Level {
    /// Takes note of sound.
    pub fn add(&mut self, pcm: &[i16]) {
        let square = |sample: &i16| i64::from(*sample).pow(2).cast_unsigned();
        self.energy = self.energy.saturating_add(pcm.iter().map(square).sum());
        self.samples += pcm.len() as u64;
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.samples == 0
    }

    /// RMS of what was added, dBov: 0 is a full-scale square wave, [`SILENCE_DBOV`] is nothing.
    pub fn dbov(&self) -> f32 {
        if self.energy == 0 {
            return SILENCE_DBOV;
        }
        let mean = self.energy as f64 / self.samples as f64;
        let dbov = 10.0 * (mean / (32_768.0 * 32_768.0)).log10();
        (dbov as f32).clamp(SILENCE_DBOV, 0.0)
    }

    /// The level so far, and a fresh interval.
    pub fn take_dbov(&mut self) -> f32 {
        let dbov = self.dbov();
        *self = Self::default();
        dbov
    }
}

/// Multiplies sound in place by a factor given in dB, with saturation.
pub fn amplify(pcm: &mut [i16], db: f32) {
    let factor = 10f32.powf(db / 20.0);
    for sample in pcm {
        *sample = (f32::from(*sample) * factor).round() as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_at_full_scale_is_three_below() {
        let mut level = Level::default();
        let sine = |n: i32| ((f64::from(n) * 0.05).sin() * 32_767.0) as i16;
        level.add(&(0..31_416).map(sine).collect::<Vec<_>>());
        assert!((level.take_dbov() + 3.01).abs() < 0.02);
        assert_eq!(level.dbov(), SILENCE_DBOV);
    }

    #[test]
    fn a_square_at_full_scale_is_nought() {
        let mut level = Level::default();
        level.add(&[i16::MIN; 160]);
        assert_eq!(level.dbov(), 0.0);
    }

    #[test]
    fn six_db_doubles_and_saturates() {
        let mut pcm = [1_000, -1_000, 30_000, i16::MIN];
        amplify(&mut pcm, 6.0206);
        assert_eq!(pcm, [2_000, -2_000, i16::MAX, i16::MIN]);
    }
}
