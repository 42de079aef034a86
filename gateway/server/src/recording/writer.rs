//! The task that writes: notes in, files and reports out.

use std::collections::HashMap;
use std::path::PathBuf;

use engine::{CallId, RecordingFault, RecordingId, RecordingReport, RecordingResult};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tracing::warn;

use super::file::{Growing, measure};
use super::shelf::Shelf;
use super::{Begun, Note, path};

/// Notes that are written together.
const BATCH_MAX: usize = 256;

/// The files that grow.
type Files = HashMap<RecordingId, Growing>;

/// Writes recordings into one folder.
pub struct Writer {
    folder: Option<PathBuf>,
    shelf: Shelf,
    reports: mpsc::Sender<RecordingReport>,
    files: Files,
    /// Of each file the call, and the task that notes it in the store.
    open: HashMap<RecordingId, (CallId, JoinHandle<()>)>,
}

/// What came of a note.
enum Outcome {
    Closed(RecordingId),
    Broken(RecordingId, RecordingFault),
}

impl Writer {
    /// A writer for a folder; without one every recording fails.
    pub fn new(folder: Option<PathBuf>, shelf: Shelf, reports: mpsc::Sender<RecordingReport>) -> Self {
        Self { folder, shelf, reports, files: HashMap::new(), open: HashMap::new() }
    }

    /// Writes until nobody is left to give a note, and all is noted.
    pub async fn run(mut self, mut notes: mpsc::Receiver<Note>) {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        let mut closing = tokio::task::JoinSet::new();
        while notes.recv_many(&mut batch, BATCH_MAX).await > 0 {
            metrics::gauge!("offhook_recording_notes_waiting").set(notes.len() as f64);
            for outcome in self.write(std::mem::take(&mut batch)).await {
                let (recording, fault) = match outcome {
                    Outcome::Closed(recording) => (recording, None),
                    Outcome::Broken(recording, fault) => (recording, Some(fault)),
                };
                let Some((call, opening)) = self.open.remove(&recording) else { continue };
                let close = Close { recording, call, fault, opening };
                closing.spawn(close.run(self.folder.clone(), self.shelf.clone(), self.reports.clone()));
            }
            while closing.try_join_next().is_some() {}
        }
        while closing.join_next().await.is_some() {}
    }

    /// Notes in their order; the disk is waited for outside of the runtime's own threads.
    async fn write(&mut self, notes: Vec<Note>) -> Vec<Outcome> {
        for note in &notes {
            if let Note::Begun(begun) = note {
                self.note(*begun);
            }
        }
        let (folder, mut files) = (self.folder.clone(), std::mem::take(&mut self.files));
        let written = spawn_blocking(move || {
            let outcomes =
                notes.into_iter().filter_map(|note| take(folder.as_ref(), &mut files, note)).collect();
            (files, outcomes)
        });
        let (files, outcomes) = written.await.unwrap_or_default();
        self.files = files;
        outcomes
    }

    fn note(&mut self, begun: Begun) {
        let shelf = self.shelf.clone();
        let opening = tokio::spawn(async move { shelf.begin(begun).await });
        self.open.insert(begun.recording, (begun.call, opening));
    }
}

fn take(folder: Option<&PathBuf>, files: &mut Files, note: Note) -> Option<Outcome> {
    match note {
        Note::Begun(Begun { recording, .. }) => {
            let file = folder
                .ok_or(RecordingFault::Unwritable)
                .and_then(|folder| Growing::create(&path(folder, recording)));
            match file {
                Ok(file) => drop(files.insert(recording, file)),
                Err(fault) => return Some(Outcome::Broken(recording, fault)),
            }
            None
        }
        Note::Piece { recording, at, bytes } => {
            let fault = files.get_mut(&recording)?.write(at, &bytes).err()?;
            files.remove(&recording);
            Some(Outcome::Broken(recording, fault))
        }
        Note::Ended { recording } => files.remove(&recording).map(|_| Outcome::Closed(recording)),
    }
}

/// A file that grows no more.
struct Close {
    recording: RecordingId,
    call: CallId,
    fault: Option<RecordingFault>,
    opening: JoinHandle<()>,
}

impl Close {
    /// Measures it, notes it in the store, then tells the calls.
    async fn run(self, folder: Option<PathBuf>, shelf: Shelf, reports: mpsc::Sender<RecordingReport>) {
        let Self { recording, call, fault, opening } = self;
        // What was begun is noted before what became of it.
        let _ = opening.await;
        let measured = match folder {
            Some(folder) => {
                let path = path(&folder, recording);
                spawn_blocking(move || measure(&path).ok()).await.ok().flatten()
            }
            None => None,
        };
        let fault = fault.or_else(|| measured.is_none().then_some(RecordingFault::Unwritable));
        if let Some(fault) = fault {
            warn!(recording = %api::RecordingId(recording.0), ?fault, "a recording breaks off");
            metrics::counter!("offhook_recordings_failed_total").increment(1);
        }
        shelf.end(recording, measured, fault).await;
        let result = match (measured, fault) {
            (Some(file), None) => {
                RecordingResult::Completed { length: file.length, bytes: file.bytes, sha256: file.sha256 }
            }
            (_, fault) => RecordingResult::Failed(fault.unwrap_or(RecordingFault::Unwritable)),
        };
        // The calls are gone only when the process is about to be.
        let _ = reports.send(RecordingReport { call, recording, result }).await;
    }
}
