//! Recordings on the disk: what the media workers hear becomes files, and each file a record in the store.
//!
//! A worker's thread and the calls put notes into a bounded queue and go on; one task writes. Where the disk does not
//! keep up, or is full, the recording ends and says so, never the call.

mod file;
mod shelf;
mod writer;

use std::path::PathBuf;

use api::Timestamp;
use bytes::Bytes;
use engine::{CallId, LegId, RecordingId, RecordingReport};
use tokio::sync::mpsc;

use crate::rim::StartError;
use crate::{config, journal};

pub use shelf::{Content, Missing, Shelf};
pub use writer::Writer;

/// Notes that wait for the disk: a second of a thousand recordings.
pub const NOTES: usize = 2048;
/// Reports that wait for the calls.
const REPORTS: usize = 1024;

/// What the writer is told.
#[derive(Debug)]
pub enum Note {
    /// A call's recording begins.
    Begun(Begun),
    /// Bytes of a file, at this place of it.
    Piece { recording: RecordingId, at: u64, bytes: Bytes },
    /// That was all.
    Ended { recording: RecordingId },
}

/// A recording that begins.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// Its id, which is also the file's name.
    pub recording: RecordingId,
    /// The call.
    pub call: CallId,
    /// The leg whose two sides are recorded.
    pub leg: Option<LegId>,
    /// When.
    pub at: Timestamp,
}

/// The way to the writer.
pub type Desk = mpsc::Sender<Note>;

/// Ends of the queues around a writer.
pub struct Queues {
    /// For the calls and the media workers.
    pub desk: Desk,
    /// For the writer.
    pub notes: mpsc::Receiver<Note>,
    /// For the writer.
    pub reports: mpsc::Sender<RecordingReport>,
    /// For the calls.
    pub reported: mpsc::Receiver<RecordingReport>,
}

impl Queues {
    /// Empty ones.
    pub fn new() -> Self {
        let (desk, notes) = mpsc::channel(NOTES);
        let (reports, reported) = mpsc::channel(REPORTS);
        Self { desk, notes, reports, reported }
    }
}

impl Default for Queues {
    fn default() -> Self {
        Self::new()
    }
}

/// The records of a node's recordings, whose folder is made if it is not there.
///
/// # Errors
///
/// It cannot be made.
pub fn open(
    recordings: &config::Recordings,
    node: String,
    store: journal::Shared,
) -> Result<Shelf, StartError> {
    let made = recordings.folder.as_ref().map(std::fs::create_dir_all).transpose();
    made.map_err(|error| {
        StartError::new(format!("the folder cannot be made: {error} (field recordings.folder)"))
    })?;
    Ok(Shelf::new(store, node, recordings.folder.clone()))
}

/// The file of a recording in its folder.
fn path(folder: &std::path::Path, recording: RecordingId) -> PathBuf {
    folder.join(format!("{}.wav", api::RecordingId(recording.0)))
}
