//! A call as others see it.

use std::time::SystemTime;

use media::AddedDelay;

use super::MediaVerdict;
use super::state::{CallState, Direction, Side, TransferKind};
use crate::cause::Cause;
use crate::ids::{CallId, LegId, RecordingId, SessionId, TrunkId, UserId};
use crate::leg::{LegKind, LegState, Owner};
use crate::outcome::Outcome;

/// A call at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallSnapshot {
    /// Its id.
    pub id: CallId,
    /// Which way it crosses the gateway.
    pub direction: Direction,
    /// Where it is.
    pub state: CallState,
    /// The caller: a number, name or SIP URI.
    pub from: String,
    /// The callee.
    pub to: String,
    /// The user on the browser's side.
    pub user: UserId,
    /// When it began.
    pub created_at: SystemTime,
    /// When it was answered.
    pub answered_at: Option<SystemTime>,
    /// When it ended.
    pub ended_at: Option<SystemTime>,
    /// Whether sound flows, or flowed, before the answer.
    pub early_media: bool,
    /// Whether the browser is muted.
    pub muted: bool,
    /// Whether either side holds.
    pub held: bool,
    /// What hands it over at this moment.
    pub transfer: Option<TransferKind>,
    /// Whether those who talk hear each other, as last known.
    pub media: Option<MediaVerdict>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Its recordings, in the order they were begun.
    pub recordings: Vec<RecordingId>,
    /// Its legs, in the order they were made.
    pub legs: Vec<LegSnapshot>,
}

/// A leg at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegSnapshot {
    /// Its id.
    pub id: LegId,
    /// What it speaks.
    pub kind: LegKind,
    /// Which side it is.
    pub side: Side,
    /// Where it is.
    pub state: LegState,
    /// Whether its browser's signalling is lost, and may come back.
    pub reconnecting: bool,
    /// What has it at this instant.
    pub owner: Owner,
    /// Whether what comes from it is dropped.
    pub muted: bool,
    /// Whether the other side holds, so that it hears nothing.
    pub held: bool,
    /// The trunk of a SIP leg.
    pub trunk: Option<TrunkId>,
    /// The session of a browser leg.
    pub session: Option<SessionId>,
    /// How long packets from it were in the gateway, as far as known.
    pub added_delay: Option<AddedDelay>,
    /// Why it ended.
    pub cause: Option<Cause>,
}
