//! Who hears whom.

use std::time::Duration;

use engine::CallId;

use super::World;
use super::sound::Ear;

const BEAT: Duration = Duration::from_millis(20);
/// One a party; none is a harmonic of another.
const TONES: [u32; 4] = [700, 1100, 1500, 2300];

/// Somebody with a mouth and an ear.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Party {
    /// A browser in a call.
    Browser(usize, CallId),
    /// A phone on its last line.
    Phone(usize),
}

impl World {
    /// All talk at once, a tone each: the two of each pair hear each other, and nobody hears anybody else.
    pub(crate) fn assert_hears(&mut self, parties: &[Party], pairs: &[(usize, usize)]) {
        for (party, hertz) in parties.iter().zip(TONES) {
            self.speak(*party, hertz);
        }
        self.run(Duration::from_millis(500));
        parties.iter().for_each(|party| self.ear(*party).heard.clear());
        self.run(Duration::from_secs(2));
        for (hearer, speaker) in (0..parties.len()).flat_map(|a| (0..parties.len()).map(move |b| (a, b))) {
            let expected = pairs.contains(&(hearer, speaker)) || pairs.contains(&(speaker, hearer));
            let hears = self.ear(parties[hearer]).hears(TONES[speaker]);
            assert_eq!(hears, expected, "{:?} hears {:?}", parties[hearer], parties[speaker]);
        }
    }

    /// One hears the other, but is not heard.
    pub(crate) fn assert_hears_only(&mut self, hearer: Party, speaker: Party) {
        self.speak(hearer, TONES[0]);
        self.speak(speaker, TONES[1]);
        self.run(Duration::from_millis(500));
        for party in [hearer, speaker] {
            self.ear(party).heard.clear();
        }
        self.run(Duration::from_secs(2));
        assert!(self.ear(hearer).hears(TONES[1]), "{hearer:?} hears {speaker:?}");
        assert!(!self.ear(speaker).hears(TONES[0]), "{speaker:?} hears {hearer:?}");
    }

    /// Whether the last half second that somebody heard was this tone.
    pub(crate) fn hears(&mut self, party: Party, hertz: u32) -> bool {
        self.ear(party).hears(hertz)
    }

    fn speak(&mut self, party: Party, hertz: u32) {
        let now = self.stage.now;
        match party {
            Party::Browser(browser, call) => self.peer(browser, call).speak(hertz, BEAT, now),
            Party::Phone(phone) => self.line_mut(phone).speak(hertz, BEAT, now),
        }
    }

    fn ear(&mut self, party: Party) -> &mut Ear {
        match party {
            Party::Browser(browser, call) => self.peer(browser, call).ear(),
            Party::Phone(phone) => self.line_mut(phone).ear().expect("a phone that has agreed how"),
        }
    }
}
