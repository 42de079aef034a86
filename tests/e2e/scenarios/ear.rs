//! What counts as the right sound.

use anyhow::{Result, ensure};
use e2e::machine;
use e2e::tone::{Sound, Tone};
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// What the phones of the scenarios speak; the browsers' microphones hear
/// [`e2e::browser::MICROPHONE`].
pub(crate) const PHONE: Tone = Tone::at(1_000.0);

/// How long both sides are listened to.
pub(crate) const LISTEN: Duration = Duration::from_secs(10);
/// Let pass before: the first packets set up the jitter buffers.
pub(crate) const SETTLE: Duration = Duration::from_secs(1);

const HZ_OFF_MAX: f64 = 2.0;
const DB_OFF_MAX: f64 = 1.5;
const GAP_MAX: Duration = Duration::from_millis(40);
/// Opus at telephone rates is made for speech: it keeps a steady tone some 15 dB above what it adds.
const PURITY_DB_MIN: f64 = 8.0;

/// The tone was away for longer than [`GAP_MAX`].
#[derive(Debug)]
pub(crate) struct Hole {
    story: String,
    /// For how long the whole machine stood still meanwhile; zero where it kept time.
    pub(crate) stall: Duration,
}

impl Display for Hole {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        write!(f, "holes: {}; the machine itself stood still for {:?} at most", self.story, self.stall)
    }
}

impl Error for Hole {}

/// Checks that `sound` is `tone`: its frequency, its level, nothing else, and without holes ([`Hole`]).
pub(crate) fn sounds_like(who: &str, sound: &Sound, tone: Tone) -> Result<()> {
    let (hz, level) = (sound.frequency_hz(), sound.tone_dbfs(tone.hz));
    let (gap, purity) = (sound.longest_gap(tone.hz), sound.purity_db(tone.hz));
    let length = sound.length();
    let story = format!(
        "{who} heard {hz} Hz ({} Hz at {level:.1} dBFS, {purity:.1} dB above the rest, longest gap {gap:?}) in {length:?}",
        tone.hz
    );
    if gap > GAP_MAX && gap < length {
        let stall = machine::longest_stall(LISTEN + SETTLE * 3);
        return Err(Hole { story, stall }.into());
    }
    ensure!((hz - tone.hz).abs() <= HZ_OFF_MAX, "wrong frequency: {story}");
    ensure!((level - tone.peak_dbfs).abs() <= DB_OFF_MAX, "wrong level: {story}");
    ensure!(purity >= PURITY_DB_MIN, "distorted: {story}");
    ensure!(gap <= GAP_MAX, "no tone: {story}");
    Ok(())
}
