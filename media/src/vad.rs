//! Whether someone speaks, by how loud it is against the noise around.

use crate::gain::SILENCE_DBOV;

/// Speech is so much louder than the noise.
const ABOVE_NOISE_DB: f32 = 9.0;
/// What is softer is never speech.
const FLOOR_DBOV: f32 = -55.0;
/// Frames of 20 ms until it counts as speech, and until its end is believed: between words are pauses.
const BEGIN_FRAMES: u32 = 3;
const END_FRAMES: u32 = 25;
/// The noise is taken to rise by so much a frame, and falls at once.
const RISE_DB: f32 = 0.02;

/// A voice's beginning or end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    /// Someone begins to speak.
    Began,
    /// Nobody has spoken for half a second.
    Ended,
}

/// Follows the level of one stream, 20 ms by 20 ms.
#[derive(Clone, Copy, Debug)]
pub struct VoiceDetector {
    noise: f32,
    talks: bool,
    /// Frames in a row that speak against it.
    against: u32,
}

impl Default for VoiceDetector {
    fn default() -> Self {
        Self { noise: FLOOR_DBOV - ABOVE_NOISE_DB, talks: false, against: 0 }
    }
}

impl VoiceDetector {
    /// Takes the level of the next 20 ms, dBov; tells when speech begins or ends.
    pub fn handle(&mut self, dbov: f32) -> Option<Talk> {
        self.noise = (self.noise + RISE_DB).min(dbov.max(SILENCE_DBOV));
        let is_voice = dbov > FLOOR_DBOV.max(self.noise + ABOVE_NOISE_DB);
        self.against = if is_voice == self.talks { 0 } else { self.against + 1 };
        let needed = if self.talks { END_FRAMES } else { BEGIN_FRAMES };
        if self.against < needed {
            return None;
        }
        (self.talks, self.against) = (is_voice, 0);
        Some(if is_voice { Talk::Began } else { Talk::Ended })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(levels: impl IntoIterator<Item = f32>) -> Vec<(usize, Talk)> {
        let mut detector = VoiceDetector::default();
        levels.into_iter().enumerate().filter_map(|(at, dbov)| Some((at, detector.handle(dbov)?))).collect()
    }

    #[test]
    fn words_with_pauses_are_one_talk() {
        let words = (0..100).map(|at| if at % 20 < 12 { -25.0 } else { -70.0 });
        let quiet = std::iter::repeat_n(-70.0, 50);
        assert_eq!(told(words.chain(quiet)), [(2, Talk::Began), (116, Talk::Ended)]);
    }

    #[test]
    fn a_click_and_steady_noise_are_none() {
        assert!(told((0..100).map(|at| if at == 50 { -10.0 } else { -70.0 })).is_empty());
        let noise = told(std::iter::repeat_n(-45.0, 3_000));
        assert!(matches!(noise[..], [(2, Talk::Began), (..700, Talk::Ended)]), "{noise:?}");
    }
}
