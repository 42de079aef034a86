//! Events: what `GET /v1/events/stream` carries.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cause::Cause;
use crate::ids::{CallId, CollectId, EventId, LegId, PlayId, RecordingId, SessionId};
use crate::rest::{Call, RecordingFault};
use crate::state::{EndedBy, HeldBy, LegOwner, TransferKind};
use crate::time::Timestamp;
use crate::verdict::MediaVerdict;
use crate::ws::MutedBy;

/// A fact about a call.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Event {
    /// Unique; the same in a repeated delivery.
    pub id: EventId,
    /// Counts the events of one call from 1.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// The call.
    pub call: CallId,
    /// The leg, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", content = "data")]
pub enum Fact {
    /// It was admitted.
    #[serde(rename = "call.initiated")]
    Initiated(Box<Call>),
    /// The callee's phone rings.
    #[serde(rename = "call.ringing")]
    Ringing(Empty),
    /// Sound flows before the answer.
    #[serde(rename = "call.early_media")]
    EarlyMedia(Empty),
    /// It was answered.
    #[serde(rename = "call.answered")]
    Answered(Empty),
    /// A side holds: the named leg's.
    #[serde(rename = "call.held")]
    Held(Held),
    /// It holds no more.
    #[serde(rename = "call.unheld")]
    Unheld(Held),
    /// What comes from the named leg is dropped, or no more.
    #[serde(rename = "call.muted")]
    Muted(Muted),
    /// Somebody pressed a key.
    #[serde(rename = "call.dtmf")]
    Dtmf(Dtmf),
    /// The call is to be handed over.
    #[serde(rename = "call.transfer.started")]
    TransferStarted(TransferStarted),
    /// The target of a consultation answered, or the peer that is asked to transfer agreed.
    #[serde(rename = "call.transfer.accepted")]
    TransferAccepted(Empty),
    /// It was not handed over; the two talk as before, if both are still there.
    #[serde(rename = "call.transfer.failed")]
    TransferFailed(TransferFailed),
    /// It was handed over.
    #[serde(rename = "call.transfer.completed")]
    TransferCompleted(Empty),
    /// Whether those who talk hear each other.
    #[serde(rename = "call.media_verdict")]
    MediaVerdict(MediaVerdict),
    /// Something else has the leg now.
    #[serde(rename = "leg.owner_changed")]
    LegOwnerChanged(LegOwnerChanged),
    /// Sounds are played to the named leg, or to both sides.
    #[serde(rename = "play.started")]
    PlayStarted(PlayStarted),
    /// They are no more.
    #[serde(rename = "play.ended")]
    PlayEnded(PlayEnded),
    /// The keys of the named leg are collected.
    #[serde(rename = "collect.started")]
    CollectStarted(CollectStarted),
    /// They are no more.
    #[serde(rename = "collect.ended")]
    CollectEnded(CollectEnded),
    /// The named leg is recorded.
    #[serde(rename = "recording.started")]
    RecordingStarted(RecordingStarted),
    /// What is said is left out of the recording.
    #[serde(rename = "recording.paused")]
    RecordingPaused(RecordingPaused),
    /// It is no more.
    #[serde(rename = "recording.resumed")]
    RecordingResumed(RecordingResumed),
    /// The recording is whole and can be fetched; may come behind `call.ended`.
    #[serde(rename = "recording.completed")]
    RecordingCompleted(RecordingCompleted),
    /// The recording breaks off; may come behind `call.ended`.
    #[serde(rename = "recording.failed")]
    RecordingFailed(RecordingFailed),
    /// A browser's signalling is lost; its sound may flow on.
    #[serde(rename = "leg.reconnecting")]
    LegReconnecting(Empty),
    /// It is back.
    #[serde(rename = "leg.reconnected")]
    LegReconnected(Empty),
    /// It is over; the last event of a call but for what becomes of its recordings.
    #[serde(rename = "call.ended")]
    Ended(Box<Ended>),
    /// A browser connected.
    #[serde(rename = "session.connected")]
    SessionConnected(Session),
    /// A browser is gone.
    #[serde(rename = "session.ended")]
    SessionEnded(Session),
}

/// No data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Empty {}

/// A hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Held {
    /// Who did it.
    pub by: HeldBy,
}

/// A call that is to be handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferStarted {
    /// How.
    pub kind: TransferKind,
    /// To whom: a user's name, a number or a SIP URI.
    pub to: String,
}

/// Why a call was not handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TransferFailed {
    /// Why.
    pub cause: Cause,
}

/// What has a leg now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LegOwnerChanged {
    /// What has it.
    pub owner: LegOwner,
}

/// A playing that began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlayStarted {
    /// Its id.
    pub play: PlayId,
    /// The files and tones, as the command named them.
    pub sounds: Vec<String>,
}

/// A playing that ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PlayEnded {
    /// Its id.
    pub play: PlayId,
    /// Why.
    pub reason: PlayEndReason,
    /// How long it was heard.
    pub played_ms: u64,
}

/// Why a playing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PlayEndReason {
    /// All of it was played.
    Finished,
    /// A program stopped it.
    Stopped,
    /// Another playing took its place.
    Replaced,
    /// A key that was waited for was pressed.
    Interrupted,
    /// Whoever heard it hung up.
    Hangup,
    /// It could not be played.
    Failed,
}

/// A collection of keys that began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectStarted {
    /// Its id.
    pub collect: CollectId,
}

/// A collection of keys that ended.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CollectEnded {
    /// Its id.
    pub collect: CollectId,
    /// The keys; left out where they are redacted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digits: Option<String>,
    /// How many.
    pub count: u32,
    /// Whether they are as many as were asked for at least.
    pub complete: bool,
    /// Why it ended.
    pub reason: CollectEndReason,
}

impl std::fmt::Debug for CollectEnded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CollectEnded").field("collect", &self.collect).finish_non_exhaustive()
    }
}

/// Why a collection of keys ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CollectEndReason {
    /// Enough keys were pressed.
    MaxDigits,
    /// A terminator was pressed.
    Terminator,
    /// No key was pressed in time.
    FirstDigitTimeout,
    /// No further key was pressed in time.
    InterDigitTimeout,
    /// A program stopped it.
    Stopped,
    /// Whose keys were waited for hung up.
    Hangup,
}

/// A recording that began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordingStarted {
    /// Its id.
    pub recording: RecordingId,
}

/// A recording that pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordingPaused {
    /// Its id.
    pub recording: RecordingId,
    /// Why.
    pub reason: PauseReason,
}

/// Why a recording pauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PauseReason {
    /// A program asked.
    Asked,
    /// Keys are collected that nobody is to know.
    Redaction,
}

/// A recording that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordingResumed {
    /// Its id.
    pub recording: RecordingId,
}

/// A recording whose file is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordingCompleted {
    /// Its id.
    pub recording: RecordingId,
    /// How long it plays, pauses left out.
    pub duration_ms: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// 2.
    pub channels: u16,
}

/// A recording that breaks off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RecordingFailed {
    /// Its id.
    pub recording: RecordingId,
    /// Why.
    pub reason: RecordingFault,
}

/// A change of the mute state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Muted {
    /// Whether it is dropped.
    pub muted: bool,
    /// Who did it.
    pub by: MutedBy,
}

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Dtmf {
    /// One of `0-9 * # A-D`.
    pub digit: char,
    /// How long it was held.
    pub duration_ms: u32,
    /// Which side pressed it.
    pub from: DtmfSide,
}

/// Which side pressed a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DtmfSide {
    /// The caller.
    Caller,
    /// The callee.
    Callee,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ended {
    /// Who ended it.
    pub by: EndedBy,
    /// Why.
    pub cause: Cause,
    /// The call as it was at its end.
    pub call: Call,
}

/// A browser's session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Session {
    /// Its id.
    pub session: SessionId,
    /// Its user.
    pub user: String,
}
