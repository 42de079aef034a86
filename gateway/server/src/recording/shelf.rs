//! What the store knows of recordings, and the files that belong to it.

use std::fs::File;
use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use api::rest::{Recording, RecordingFault, RecordingState};
use api::{CallId, LegId, Timestamp};
use engine::RecordingId;
use serde::{Deserialize, Serialize};
use store::{Error, Expected, Object, Put};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::{error, warn};

use super::file::{Measured, measure};
use super::{Begun, path};
use crate::{journal, wire};

const KIND: &str = "recording";
const CHANNELS: u16 = 2;
/// How often a store that fails is tried again: five minutes in all.
const TRIES: u32 = 11;
const RETRY_MIN: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(60);
/// The latest records in which a crash is looked for.
const SWEPT_MAX: usize = 10_000;
const SWEPT_AT_ONCE: usize = 500;

/// The records of one node's recordings.
#[derive(Clone)]
pub struct Shelf {
    store: journal::Shared,
    node: String,
    folder: Option<PathBuf>,
}

/// A record as it is stored.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    shown: Recording,
    /// Who writes the file, or has it.
    node: String,
}

/// A file to send.
#[derive(Debug)]
pub struct Content {
    /// Opened.
    pub file: File,
    /// Its bytes.
    pub bytes: u64,
    /// Their SHA-256 in hexadecimal digits, where it is known.
    pub sha256: Option<String>,
}

/// Why a recording cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// There is none, or its file is gone.
    #[error("there is no such recording")]
    Unknown,
    /// It is still written.
    #[error("the recording goes on; stop it first")]
    InProgress,
    /// Another gateway that shares the database has the file.
    #[error("the file is with the gateway {0:?}")]
    Elsewhere(String),
    /// The file cannot be removed.
    #[error("the file cannot be removed")]
    Unremovable,
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] Error),
}

impl Shelf {
    /// The records of a node, whose files are in this folder.
    pub fn new(store: journal::Shared, node: String, folder: Option<PathBuf>) -> Self {
        Self { store, node, folder }
    }

    /// Whether there is a folder to record into.
    pub fn is_open(&self) -> bool {
        self.folder.is_some()
    }

    /// Notes that a recording begins.
    pub(super) async fn begin(&self, begun: Begun) {
        let id = api::RecordingId(begun.recording.0);
        let shown = Recording {
            id,
            call: CallId(begun.call.0),
            leg: begun.leg.map(|leg| LegId(leg.0)),
            state: RecordingState::InProgress,
            channels: CHANNELS,
            started_at: begun.at,
            ended_at: None,
            duration_ms: None,
            bytes: None,
            sha256: None,
            reason: None,
        };
        let kept = Kept { shown, node: self.node.clone() };
        persist(|| self.put(&kept, Expected::Nothing)).await;
    }

    /// Notes what became of a recording.
    pub(super) async fn end(
        &self,
        id: RecordingId,
        file: Option<Measured>,
        fault: Option<engine::RecordingFault>,
    ) {
        let id = api::RecordingId(id.0).to_string();
        let fault = fault.map(wire::recording_fault);
        persist(|| async {
            // One that could not be noted at its beginning has no record to end.
            let Some((version, kept)) = self.find(&id).await? else { return Ok(()) };
            self.put(&Kept { shown: ended(kept.shown, file, fault), ..kept }, Expected::Version(version))
                .await
        })
        .await;
    }

    /// Ends the records of recordings that a crash broke off: their files hold all but the last second.
    pub async fn sweep(self) {
        let mut before: Option<String> = None;
        for _ in 0..SWEPT_MAX / SWEPT_AT_ONCE {
            let Ok(page) = self.store.latest(KIND, before.as_deref(), SWEPT_AT_ONCE).await else { return };
            let Some(last) = page.last() else { return };
            before = Some(last.id.clone());
            let left = page
                .iter()
                .filter_map(read)
                .filter(|(_, kept)| kept.node == self.node && kept.shown.state == RecordingState::InProgress);
            for (_, kept) in left {
                warn!(recording = %kept.shown.id, "the last stop has broken off a recording");
                let id = RecordingId(kept.shown.id.0);
                let file = self.measured(id).await;
                let fault = file.is_none().then_some(engine::RecordingFault::Unwritable);
                self.end(id, file, fault).await;
            }
        }
    }

    /// Recordings, newest first: those before one, of one call. So many are looked at.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn list(
        &self,
        before: Option<api::RecordingId>,
        limit: usize,
        call: Option<CallId>,
    ) -> Result<(Vec<Recording>, Option<api::RecordingId>), Error> {
        let before = before.map(|before| before.to_string());
        let mut page = self.store.latest(KIND, before.as_deref(), limit + 1).await?;
        let more = page.len() > limit;
        page.truncate(limit);
        let found: Vec<_> = page.iter().filter_map(read).map(|(_, kept)| kept.shown).collect();
        let next = found.last().map(|recording| recording.id).filter(|_| more);
        let wanted = |recording: &Recording| call.is_none_or(|call| recording.call == call);
        Ok((found.into_iter().filter(wanted).collect(), next))
    }

    /// One recording.
    ///
    /// # Errors
    ///
    /// There is none.
    pub async fn show(&self, id: api::RecordingId) -> Result<Recording, Missing> {
        let (_, kept) = self.find(&id.to_string()).await?.ok_or(Missing::Unknown)?;
        Ok(kept.shown)
    }

    /// The file of a recording.
    ///
    /// # Errors
    ///
    /// There is none, or it still grows.
    pub async fn content(&self, id: api::RecordingId) -> Result<Content, Missing> {
        let kept = self.closed(id).await?;
        let path = path(self.folder.as_ref().ok_or(Missing::Unknown)?, RecordingId(id.0));
        let opened = spawn_blocking(move || {
            let file = File::open(path)?;
            let bytes = file.metadata()?.len();
            io::Result::Ok((file, bytes))
        });
        let (file, bytes) = opened.await.ok().and_then(Result::ok).ok_or(Missing::Unknown)?;
        Ok(Content { file, bytes, sha256: kept.shown.sha256 })
    }

    /// Removes a recording, its file first.
    ///
    /// # Errors
    ///
    /// There is none, or it still grows.
    pub async fn remove(&self, id: api::RecordingId) -> Result<(), Missing> {
        self.closed(id).await?;
        if let Some(folder) = &self.folder {
            let path = path(folder, RecordingId(id.0));
            match spawn_blocking(move || std::fs::remove_file(path)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {}
                Ok(Err(_)) | Err(_) => return Err(Missing::Unremovable),
            }
        }
        self.store.remove(KIND, &id.to_string()).await?;
        Ok(())
    }

    /// A record whose file is ours and grows no more.
    async fn closed(&self, id: api::RecordingId) -> Result<Kept, Missing> {
        let (_, kept) = self.find(&id.to_string()).await?.ok_or(Missing::Unknown)?;
        if kept.node != self.node {
            return Err(Missing::Elsewhere(kept.node));
        }
        if kept.shown.state == RecordingState::InProgress { Err(Missing::InProgress) } else { Ok(kept) }
    }

    async fn measured(&self, id: RecordingId) -> Option<Measured> {
        let path = path(self.folder.as_ref()?, id);
        spawn_blocking(move || measure(&path).ok()).await.ok().flatten()
    }

    async fn find(&self, id: &str) -> Result<Option<(u64, Kept)>, Error> {
        Ok(self.store.object(KIND, id).await?.as_ref().and_then(read))
    }

    async fn put(&self, kept: &Kept, expected: Expected) -> Result<(), Error> {
        let body = serde_json::to_string(kept).unwrap_or_default();
        let (kind, id, at_ms) = (KIND.to_owned(), kept.shown.id.to_string(), now().millis());
        self.store.put(Put { kind, id, expected, at_ms, body }).await.map(drop)
    }
}

fn read(object: &Object) -> Option<(u64, Kept)> {
    Some((object.version, serde_json::from_str(&object.body).ok()?))
}

fn ended(begun: Recording, file: Option<Measured>, reason: Option<RecordingFault>) -> Recording {
    let state = if reason.is_some() { RecordingState::Failed } else { RecordingState::Completed };
    let duration_ms = file.map(|file| u64::try_from(file.length.as_millis()).unwrap_or(u64::MAX));
    let (bytes, sha256) = (file.map(|file| file.bytes), file.map(|file| wire::hex(&file.sha256)));
    Recording { state, ended_at: Some(now()), duration_ms, bytes, sha256, reason, ..begun }
}

/// Tries until the store has it, or for a few minutes.
async fn persist<F: Future<Output = Result<(), Error>>>(write: impl Fn() -> F) {
    let mut pause = RETRY_MIN;
    for _ in 0..TRIES {
        match write().await {
            Err(Error::Unavailable(_)) => {}
            // It was written before its acknowledgement was lost, or somebody removed it.
            Ok(()) | Err(Error::Exists | Error::Changed) => return,
        }
        sleep(pause).await;
        pause = (pause * 2).min(RETRY_MAX);
    }
    error!("a recording could not be noted in the store");
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
