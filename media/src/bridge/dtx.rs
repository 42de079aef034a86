//! Discontinuous transmission towards a peer that prefers it: silence is told, and then hardly sent.

use crate::gain::Level;

/// Silence is at most so much louder than the quietest lately, dB,
const ABOVE_FLOOR_DB: f32 = 6.0;
/// and never louder than this, dBov.
const LOUDEST_DBOV: f32 = -40.0;
/// What is quieter is silence, whatever came before.
const FLOOR_DBOV: f32 = -70.0;
/// How fast the floor follows a noise that grows.
const RISE_DB_PER_S: f32 = 3.0;
/// The ends of words are soft.
const HANGOVER_MS: u32 = 200;
/// How often the sound of the silence is sent anew, as libopus does.
const UPDATE_MS: u32 = 400;

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It is sent.
    Send,
    /// Silence is told in its place.
    Hush,
    /// It is left out.
    Skip,
}

/// Tells silence from sound.
#[derive(Debug)]
pub(super) struct Dtx {
    floor_dbov: f32,
    silent_ms: u32,
}

impl Default for Dtx {
    fn default() -> Self {
        Self { floor_dbov: LOUDEST_DBOV, silent_ms: 0 }
    }
}

impl Dtx {
    /// Takes the next packet's sound.
    pub(super) fn step(&mut self, pcm: &[i16], rate: u32) -> Step {
        let ms = (pcm.len() as u32 * 1_000 / rate).max(1);
        let mut level = Level::default();
        level.add(pcm);
        let level = level.dbov();
        let risen = self.floor_dbov + RISE_DB_PER_S * ms as f32 / 1_000.0;
        self.floor_dbov = risen.min(level).max(FLOOR_DBOV);
        if level > (self.floor_dbov + ABOVE_FLOOR_DB).min(LOUDEST_DBOV) {
            self.silent_ms = 0;
            return Step::Send;
        }
        self.silent_ms = self.silent_ms.saturating_add(ms);
        let Some(silent_ms) = self.silent_ms.checked_sub(HANGOVER_MS) else { return Step::Send };
        match silent_ms % UPDATE_MS / ms {
            0 => Step::Send,
            1 => Step::Hush,
            _ => Step::Skip,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 8_000;

    fn noise(peak: i16) -> Vec<i16> {
        (0..160).map(|at| if at % 3 == 0 { peak } else { -peak }).collect()
    }

    fn count(dtx: &mut Dtx, peak: i16, packets: usize) -> [usize; 3] {
        let steps: Vec<_> = (0..packets).map(|_| dtx.step(&noise(peak), RATE)).collect();
        [Step::Send, Step::Hush, Step::Skip].map(|step| steps.iter().filter(|other| **other == step).count())
    }

    #[test]
    fn silence_is_told_and_then_hardly_sent() {
        let mut dtx = Dtx::default();
        assert_eq!(count(&mut dtx, 5_000, 50), [50, 0, 0], "speech");
        let [sent, hushed, skipped] = count(&mut dtx, 30, 100);
        assert!(sent <= 15 && hushed == 5 && skipped >= 80, "{sent}, {hushed}, {skipped}");
        assert_eq!(dtx.step(&noise(2_000), RATE), Step::Send, "the first sound is heard");
    }

    #[test]
    fn a_noise_that_grows_is_sound_until_it_lasts() {
        let mut dtx = Dtx::default();
        count(&mut dtx, 20, 50);
        assert_eq!(count(&mut dtx, 100, 25), [25, 0, 0]);
        assert!(count(&mut dtx, 100, 400)[2] > 200);
        assert_eq!(count(&mut dtx, 600, 2_000)[2], 0, "too loud to be left out, ever");
    }
}
