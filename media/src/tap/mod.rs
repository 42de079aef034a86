//! What listens to a port: recordings.

mod file;
mod opus;
mod recorder;
mod wav;

pub use file::RecordFormat;
pub(crate) use recorder::Recorder;

/// One recording, picked by the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordingId(pub u128);

/// A change to a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordControl {
    /// Leaves out what is said until [`RecordControl::Resume`]; nothing of it is kept, not even its length.
    Pause,
    /// Goes on.
    Resume,
    /// Ends it.
    Stop,
}
