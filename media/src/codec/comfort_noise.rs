//! Comfort noise (RFC 3389): a few bytes that say how silence sounds.

use crate::gain::SILENCE_DBOV;

/// The payload type that RFC 3551 assigns, at a clock of 8 kHz.
pub const PAYLOAD_TYPE: u8 = 13;
/// Reflection coefficients of a payload that are used; more tell nothing of a noise.
const ORDER_MAX: usize = 10;
/// Noise louder than this (-dBov) is a mistake, or a joke.
const LOUDEST: u8 = 20;
/// A random number of even distribution over -1 to 1 has this power.
const EVEN_POWER: f32 = 1.0 / 3.0;
const FULL_SCALE: f32 = 32_768.0;

/// Makes the noise that payloads describe.
#[derive(Debug)]
pub struct ComfortNoise {
    gain: f32,
    reflection: [f32; ORDER_MAX],
    lattice: [f32; ORDER_MAX],
    random: u32,
}

impl Default for ComfortNoise {
    /// Silence.
    fn default() -> Self {
        Self { gain: 0.0, reflection: [0.0; ORDER_MAX], lattice: [0.0; ORDER_MAX], random: 0x2545_F491 }
    }
}

impl ComfortNoise {
    /// Takes a payload: its level, and the shape of its spectrum if it has one. An empty one changes nothing.
    pub fn describe(&mut self, payload: &[u8]) {
        let Some((level, shape)) = payload.split_first() else { return };
        self.reflection = [0.0; ORDER_MAX];
        for (reflection, code) in self.reflection.iter_mut().zip(shape) {
            // RFC 3389 §3.2.
            *reflection = (258.0 * (f32::from(*code) - 127.0) / FULL_SCALE).clamp(-0.98, 0.98);
        }
        let left: f32 = self.reflection.iter().map(|reflection| 1.0 - reflection * reflection).product();
        let level = f32::from((level & 0x7F).max(LOUDEST));
        self.gain = FULL_SCALE * 10.0f32.powf(-level / 20.0) * (left / EVEN_POWER).sqrt();
    }

    /// Fills `pcm` with noise.
    pub fn fill(&mut self, pcm: &mut [i16]) {
        for sample in pcm {
            *sample = self.next().round_ties_even() as i16;
        }
    }

    /// One sample through the lattice of an all-pole filter.
    fn next(&mut self) -> f32 {
        let mut forward = self.gain * self.even();
        for stage in (0..ORDER_MAX).rev() {
            let (reflection, backward) = (self.reflection[stage], self.lattice[stage]);
            forward -= reflection * backward;
            if let Some(next) = self.lattice.get_mut(stage + 1) {
                *next = backward + reflection * forward;
            }
        }
        self.lattice[0] = forward;
        forward
    }

    fn even(&mut self) -> f32 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 17;
        self.random ^= self.random << 5;
        self.random.cast_signed() as f32 / 2_147_483_648.0
    }
}

/// The payload for noise of a level (RMS, dBov) and no shape.
pub fn payload(level_dbov: f32) -> [u8; 1] {
    [level_dbov.clamp(SILENCE_DBOV, -f32::from(LOUDEST)).round().abs() as u8]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gain::Level;

    fn heard(payload: &[u8]) -> Vec<i16> {
        let (mut noise, mut pcm) = (ComfortNoise::default(), vec![0; 8_000]);
        noise.describe(payload);
        noise.fill(&mut pcm);
        pcm
    }

    fn level(pcm: &[i16]) -> f32 {
        let mut level = Level::default();
        level.add(pcm);
        level.dbov()
    }

    #[test]
    fn as_loud_as_it_says() {
        for dbov in [-30.0f32, -50.0, -65.0] {
            assert!((level(&heard(&payload(dbov))) - dbov).abs() < 1.0, "{dbov}");
            let shaped = [payload(dbov)[0], 30, 180, 100];
            assert!((level(&heard(&shaped)) - dbov).abs() < 1.5, "{dbov}: {}", level(&heard(&shaped)));
        }
        assert!(level(&heard(&[0])) < -18.0, "never loud");
        assert_eq!(level(&heard(&[])), SILENCE_DBOV);
    }

    #[test]
    fn its_shape_is_heard() {
        let correlation = |pcm: &[i16]| {
            let product = pcm.windows(2).map(|pair| f32::from(pair[0]) * f32::from(pair[1])).sum::<f32>();
            product / pcm.iter().map(|sample| f32::from(*sample).powi(2)).sum::<f32>()
        };
        assert!(correlation(&heard(&[40, 20])) > 0.5, "low");
        assert!(correlation(&heard(&[40])).abs() < 0.1, "flat");
        assert!(correlation(&heard(&[40, 234])) < -0.5, "high");
    }

    #[test]
    fn any_payload_is_survived() {
        for code in 0..=255u8 {
            let pcm = heard(&[code; 40]);
            assert!(level(&pcm) < -15.0, "{code}");
        }
    }
}
