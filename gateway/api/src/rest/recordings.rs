//! `/v1/recordings`, and the verbs `record_start`, `record_pause`, `record_resume`, `record_stop` of a call.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{CallId, LegId, RecordingId};
use crate::time::Timestamp;

/// `POST /v1/calls/{id}/actions/record_start`: records both sides of a leg; answered with [`RecordingBegun`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordStart {
    /// Whose two sides: what it says is the left channel, what it hears the right. The far side's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
}

/// What `record_start` began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordingBegun {
    /// As `recording.*` events and `/v1/recordings` name it.
    pub recording: RecordingId,
}

/// The query of `GET /v1/recordings`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRecordings {
    /// 1 to 100; 20 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RecordingId>,
    /// Recordings of this call. A page may be short, or empty, and still have a `next_cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
}

/// A recording: a WAV file of 16 bit at 8 kHz, at `/v1/recordings/{id}/content`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recording {
    /// Its id.
    pub id: RecordingId,
    /// The call.
    pub call: CallId,
    /// The leg whose two sides are recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
    /// Where it is.
    pub state: RecordingState,
    /// 2: left what the leg says, right what it hears.
    pub channels: u16,
    /// When it began.
    pub started_at: Timestamp,
    /// When its file was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How long it plays, pauses left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Bytes of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// SHA-256 of the file, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Why it failed; what was written until then is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<RecordingFault>,
}

/// Where a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordingState {
    /// It goes on, or pauses.
    InProgress,
    /// Its file is whole.
    Completed,
    /// Its file breaks off.
    Failed,
}

/// Why a recording failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordingFault {
    /// The disk is full.
    DiskFull,
    /// The disk does not keep up.
    DiskSlow,
    /// The file cannot be written or read.
    Unwritable,
}
