//! What a port plays of its own accord: tones, files, frames that are handed in, silence.

mod audio;
mod countries;
mod feed;
mod opus_file;
mod player;
mod reader;
mod tone;
mod wav;

use std::time::Duration;

pub use audio::{Audio, AudioError};
pub use countries::Signal;
pub(crate) use player::{Player, Progress};
pub use tone::Tone;

/// One playing, picked by the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlayId(pub u64);

/// What is played.
#[derive(Clone, Debug)]
pub enum Source {
    /// Packets of silence, which keep a stream alive.
    Silence,
    /// A tone in its cadence.
    Tone(Tone),
    /// A file.
    Audio(Audio),
    /// Frames that come in as [`MediaCommand::Feed`](crate::MediaCommand::Feed), at 8, 16, 24 or 48 kHz; silence where
    /// none is there.
    Feed {
        /// Samples per second.
        rate: u32,
    },
}

/// How often it is played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Repeat {
    /// Once.
    #[default]
    Once,
    /// So many times in all.
    Times(u32),
    /// Until it is stopped.
    Forever,
}

/// How it is played.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlaySettings {
    /// How often.
    pub repeat: Repeat,
    /// Louder or softer, in dB; kept between -60 and 20.
    pub volume_db: f32,
    /// Where to begin the first time.
    pub from: Duration,
}

/// A change to what is being played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PlayControl {
    /// Silence until [`PlayControl::Resume`].
    Pause,
    /// Goes on where it paused.
    Resume,
    /// Goes to this place of a tone or file.
    Seek(Duration),
    /// As [`PlaySettings::volume_db`].
    Volume(f32),
}

/// Why a playing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlayEnd {
    /// It was played to its end.
    Finished,
    /// It was told to stop.
    Stopped,
    /// Another began on the same port.
    Replaced,
    /// It is at a sampling rate that cannot be brought to the port's.
    Failed,
}
