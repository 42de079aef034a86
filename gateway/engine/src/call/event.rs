//! What happened to a call.

use std::time::{Duration, SystemTime};

use super::MediaVerdict;
use super::collect::Collected;
use super::hold::HeldBy;
use super::play::PlayEnding;
use super::record::{PausedBy, RecordingResult};
use super::snapshot::CallSnapshot;
use super::state::{Side, TransferKind};
use crate::cause::Cause;
use crate::ids::{CallId, CollectId, LegId, PlayId, RecordingId};
use crate::leg::Owner;
use crate::switch::MutedBy;

/// A fact, once, in the order of `seq`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEvent {
    /// The call.
    pub call: CallId,
    /// Counts the events of one call from 1.
    pub seq: u64,
    /// When.
    pub at: SystemTime,
    /// The leg, where it is about one.
    pub leg: Option<LegId>,
    /// What.
    pub fact: CallFact,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallFact {
    /// It was admitted.
    Initiated(Box<CallSnapshot>),
    /// The callee's phone rings.
    Ringing,
    /// Sound flows before the answer.
    EarlyMedia,
    /// It was answered.
    Answered,
    /// A side holds: the named leg's.
    Held { by: HeldBy },
    /// It holds no more.
    Unheld { by: HeldBy },
    /// What comes from the named leg is dropped, or no more.
    Muted { muted: bool, by: MutedBy },
    /// Somebody pressed a key.
    Digit { digit: char, duration: Duration, from: Side },
    /// Sounds are played to the named leg, or to both sides.
    PlayStarted { play: PlayId, sounds: Vec<String> },
    /// They are no more, after so long.
    PlayEnded { play: PlayId, ending: PlayEnding, lasted: Duration },
    /// The keys of the named leg are collected.
    CollectStarted { collect: CollectId },
    /// They are no more.
    CollectEnded(Collected),
    /// The named leg is recorded.
    RecordingStarted { recording: RecordingId },
    /// What is said is left out.
    RecordingPaused { recording: RecordingId, by: PausedBy },
    /// It is no more.
    RecordingResumed { recording: RecordingId },
    /// What became of the recording's file; the only fact that may come behind `Ended`.
    RecordingEnded { recording: RecordingId, result: RecordingResult },
    /// Whether those who talk hear each other.
    Judged(MediaVerdict),
    /// A browser's signalling is lost; its sound may flow on.
    LegReconnecting,
    /// It is back.
    LegReconnected,
    /// Something else has the leg now.
    LegOwner(Owner),
    /// The call is to be handed over.
    TransferStarted { kind: TransferKind, to: String },
    /// The target of a consultation answered, or the peer that is asked to transfer agreed.
    TransferAccepted,
    /// It was not; the two talk as before, if both are still there.
    TransferFailed { cause: Cause },
    /// It was.
    TransferCompleted,
    /// It is over; the last event of a call but for what becomes of its recordings.
    Ended(Box<CallSnapshot>),
}
