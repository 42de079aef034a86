//! Tells whether a digit that came one way is one that came the other way already: a phone may send each in its sound
//! (RFC 4733, tones) and in a message (SIP INFO).

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How far apart the two tell of one press.
const APART: Duration = Duration::from_millis(500);
/// Presses that wait for their like; more are not of this minute.
const UNPAIRED_MAX: usize = 16;

/// How a digit came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Told at its end.
    Sound,
    /// Told when the phone likes.
    Message,
}

/// The presses of one leg that came one way so far.
#[derive(Debug, Default)]
pub(crate) struct Pressed {
    unpaired: VecDeque<Press>,
}

#[derive(Clone, Copy, Debug)]
struct Press {
    digit: char,
    source: Source,
    began: Instant,
    ended: Instant,
}

impl Press {
    fn is_same(&self, other: &Self) -> bool {
        let overlap = self.began <= other.ended + APART && other.began <= self.ended + APART;
        self.digit == other.digit && self.source != other.source && overlap
    }
}

impl Pressed {
    /// Takes a digit that has come; false if it is the press that came the other way. Each pairs with one only, so that
    /// a key pressed twice is two.
    pub(crate) fn is_new(&mut self, now: Instant, digit: char, held: Duration, source: Source) -> bool {
        let began = match source {
            Source::Sound => now.checked_sub(held).unwrap_or(now),
            Source::Message => now,
        };
        let press = Press { digit, source, began, ended: now };
        if let Some(index) = self.unpaired.iter().position(|other| other.is_same(&press)) {
            self.unpaired.remove(index);
            return false;
        }
        if self.unpaired.len() == UNPAIRED_MAX {
            self.unpaired.pop_front();
        }
        self.unpaired.push_back(press);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELD: Duration = Duration::from_millis(100);

    /// Which of these, by milliseconds, count.
    fn counted(presses: &[(u64, char, Source)]) -> Vec<u64> {
        let (start, mut pressed) = (Instant::now(), Pressed::default());
        let counts = presses.iter().filter(|(ms, digit, source)| {
            pressed.is_new(start + Duration::from_millis(*ms), *digit, HELD, *source)
        });
        counts.map(|(ms, ..)| *ms).collect()
    }

    #[test]
    fn the_same_press_counts_once_whichever_way_is_first() {
        use Source::{Message, Sound};
        assert_eq!(counted(&[(0, '5', Message), (120, '5', Sound)]), [0]);
        assert_eq!(counted(&[(120, '5', Sound), (300, '5', Message)]), [120]);
        assert_eq!(counted(&[(0, '5', Message), (50, '6', Sound)]), [0, 50]);
    }

    #[test]
    fn a_key_pressed_again_counts_again() {
        use Source::{Message, Sound};
        let twice = [(100, '5', Sound), (110, '5', Message), (300, '5', Sound), (310, '5', Message)];
        assert_eq!(counted(&twice), [100, 300]);
        assert_eq!(counted(&[(0, '5', Sound), (200, '5', Sound), (400, '5', Sound)]), [0, 200, 400]);
        assert_eq!(counted(&[(0, '5', Sound), (2_000, '5', Message)]), [0, 2_000]);
    }

    #[test]
    fn a_long_press_that_is_told_of_at_its_beginning_is_one() {
        let (start, mut pressed) = (Instant::now(), Pressed::default());
        let held = Duration::from_secs(3);
        assert!(pressed.is_new(start, '1', HELD, Source::Message));
        assert!(!pressed.is_new(start + held, '1', held, Source::Sound));
    }
}
