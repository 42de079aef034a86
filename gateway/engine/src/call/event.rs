//! What happened to a call.

use std::time::{Duration, SystemTime};

use super::snapshot::CallSnapshot;
use super::state::Side;
use crate::ids::{CallId, LegId};
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
    /// The trunk's side holds.
    Held,
    /// It holds no more.
    Unheld,
    /// The browser was muted or unmuted.
    Muted { muted: bool, by: MutedBy },
    /// Somebody pressed a key.
    Digit { digit: char, duration: Duration, from: Side },
    /// A browser's signalling is lost; its sound may flow on.
    LegReconnecting,
    /// It is back.
    LegReconnected,
    /// It is over; the last event of a call.
    Ended(Box<CallSnapshot>),
}
