//! What counts as the right sound.

use anyhow::Result;
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
const GAP_MAX: Duration = Duration::from_millis(40);

/// How sound comes: codecs leave more of a tone on some ways than on others.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// Between instruments, without the gateway: G.711's steps leave 35 to 38 dB of a tone, G.722 leaves 45.
    Wire,
    /// To a phone: Chromium's Opus, asked for no wider band than the trunk's, leaves 30 to 31 dB at 8 kHz and 37 at
    /// 16.
    ToPhone,
    /// To the page: our Opus at 8 or 16 kHz, made for speech at 16 and 24 kbit/s, leaves 29 to 38 dB of a steady
    /// tone and takes up to 0.5 dB of its level. libopus does no better.
    ToPage,
    /// From the page to itself, or a tone that does not fit into 20 ms: the same encoder leaves 20 to 28 dB of what G.711's
    /// steps have been added to, and takes up to 1.1 dB.
    Echo,
}

impl Way {
    const fn db_off_max(self) -> f64 {
        match self {
            Self::Wire | Self::ToPhone => 0.2,
            Self::ToPage => 0.8,
            Self::Echo => 1.4,
        }
    }

    const fn purity_db_min(self) -> f64 {
        match self {
            Self::Wire => 33.0,
            Self::ToPhone => 28.0,
            Self::ToPage => 26.0,
            Self::Echo => 17.0,
        }
    }
}

/// What is wrong with a sound.
#[derive(Debug)]
pub(crate) struct Flaw {
    what: &'static str,
    story: String,
    /// For how long the whole machine stood still meanwhile; zero where it kept time.
    pub(crate) stall: Duration,
}

impl Display for Flaw {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let Self { what, story, stall } = self;
        write!(f, "{what}: {story}; the machine itself stood still for {stall:?} at most")
    }
}

impl Error for Flaw {}

impl Flaw {
    fn new(what: &'static str, story: String) -> Self {
        Self { what, story, stall: machine::longest_stall(LISTEN + SETTLE * 3) }
    }
}

/// Takes a judgement of a sound's content for a [`Flaw`] where it is bad.
pub(crate) fn content(judgement: Result<()>) -> Result<()> {
    judgement.map_err(|error| Flaw::new("wrong content", format!("{error:#}")).into())
}

/// Checks that `sound` is `tone`: its frequency, its level, nothing else, and without holes. Else it has a [`Flaw`].
pub(crate) fn sounds_like(way: Way, who: &str, sound: &Sound, tone: Tone) -> Result<()> {
    let (hz, level) = (sound.frequency_hz(), sound.tone_dbfs(tone.hz));
    let (gap, purity) = (sound.longest_gap(tone.hz), sound.purity_db(tone.hz));
    let what = if (hz - tone.hz).abs() > HZ_OFF_MAX {
        "wrong frequency"
    } else if gap > GAP_MAX {
        "holes"
    } else if (level - tone.peak_dbfs).abs() > way.db_off_max() {
        "wrong level"
    } else if purity < way.purity_db_min() {
        "distorted"
    } else {
        return Ok(());
    };
    let (length, wanted) = (sound.length(), tone.hz);
    let story = format!(
        "{who} heard {hz} Hz ({wanted} Hz at {level:.1} dBFS, {purity:.1} dB above the rest, longest gap {gap:?}) in {length:?}"
    );
    Err(Flaw::new(what, story).into())
}
