//! What the demo phone plays: tones made on the spot, digits from recordings. 16-bit PCM at 8 kHz.

use std::collections::VecDeque;
use std::f32::consts::TAU;

use media::codec::g711::Law;

/// Samples of a 20 ms frame.
pub(super) const FRAME: usize = 160;
const RATE: f32 = 8_000.0;
/// -13 dBov: clear, and far from clipping.
const AMPLITUDE: f32 = 0.22 * 32_767.0;
/// Samples over which a tone fades in and out, so that it does not click.
const FADE: usize = 80;
/// The steady tone's frequency; 1,004 Hz is what telephone engineers test with (ITU-T O.6).
const TEST_TONE_HZ: f32 = 1_004.0;
/// Sounds waiting in a player; a digit beyond is not spoken.
const WAITING_MAX: usize = 64;

/// A tone of one frequency; 0 Hz is a pause.
pub(super) fn tone(hz: f32, ms: usize) -> Vec<i16> {
    let len = ms * 8;
    let sample = |n: usize| {
        let fade = (n.min(len - 1 - n) as f32 / FADE as f32).min(1.0);
        ((TAU * hz * n as f32 / RATE).sin() * AMPLITUDE * fade) as i16
    };
    (0..len).map(sample).collect()
}

/// Silence.
pub(super) fn pause(ms: usize) -> Vec<i16> {
    vec![0; ms * 8]
}

/// Two seconds of steady tone, then a tune.
pub(super) fn tune() -> Vec<i16> {
    let melody: &[(f32, usize)] =
        &[(523.3, 200), (659.3, 200), (784.0, 200), (1046.5, 400), (784.0, 200), (1046.5, 600), (0.0, 400)];
    let steady = [(TEST_TONE_HZ, 2_000), (0.0, 400)];
    steady.iter().chain(melody).flat_map(|&(hz, ms)| tone(hz, ms)).collect()
}

/// Europe's ringing tone (ITU-T E.180), as an exchange would send it before the answer.
pub(super) fn ringing() -> Vec<i16> {
    [tone(425.0, 1_000), pause(1_000)].concat()
}

/// The invitation to press digits.
pub(super) fn press() -> Vec<i16> {
    expand(include_bytes!("voice/press.ulaw"))
}

/// A digit's name, spoken; `None` for what no key of a phone shows.
pub(super) fn spoken(digit: char) -> Option<Vec<i16>> {
    let recording: &[u8] = match digit {
        '0' => include_bytes!("voice/0.ulaw"),
        '1' => include_bytes!("voice/1.ulaw"),
        '2' => include_bytes!("voice/2.ulaw"),
        '3' => include_bytes!("voice/3.ulaw"),
        '4' => include_bytes!("voice/4.ulaw"),
        '5' => include_bytes!("voice/5.ulaw"),
        '6' => include_bytes!("voice/6.ulaw"),
        '7' => include_bytes!("voice/7.ulaw"),
        '8' => include_bytes!("voice/8.ulaw"),
        '9' => include_bytes!("voice/9.ulaw"),
        '*' => include_bytes!("voice/star.ulaw"),
        '#' => include_bytes!("voice/pound.ulaw"),
        _ => return None,
    };
    Some(expand(recording))
}

fn expand(recording: &[u8]) -> Vec<i16> {
    recording.iter().map(|&code| Law::Mu.expand(code)).collect()
}

/// Plays sounds one after the other, silence when there are none.
#[derive(Default)]
pub(super) struct Player {
    waiting: VecDeque<Vec<i16>>,
    again: bool,
    at: usize,
}

impl Player {
    /// Plays one sound over and over.
    pub(super) fn looping(sound: Vec<i16>) -> Self {
        Self { waiting: VecDeque::from([sound]), again: true, at: 0 }
    }

    /// Adds a sound behind those that wait.
    pub(super) fn say(&mut self, sound: Vec<i16>) {
        if self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(sound);
        }
    }

    /// The next 20 ms.
    pub(super) fn frame(&mut self) -> [i16; FRAME] {
        let mut frame = [0; FRAME];
        for sample in &mut frame {
            *sample = self.sample();
        }
        frame
    }

    fn sample(&mut self) -> i16 {
        let Some(sound) = self.waiting.front() else { return 0 };
        let sample = sound.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        if self.at >= sound.len() {
            self.at = 0;
            if !self.again {
                self.waiting.pop_front();
            }
        }
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plays_in_turn_then_silence() {
        let mut player = Player::default();
        player.say(vec![5; 100]);
        player.say(vec![7; 100]);
        let frame = player.frame();
        assert_eq!((frame[99], frame[100], player.frame()[40]), (5, 7, 0));
    }

    #[test]
    fn every_key_has_a_voice() {
        for digit in "0123456789*#".chars() {
            let loudest = spoken(digit).into_iter().flatten().map(i16::unsigned_abs).max();
            assert!(loudest > Some(4_000), "{digit} is too quiet: {loudest:?}");
        }
    }
}
