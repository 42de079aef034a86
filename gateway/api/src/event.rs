//! Events: what `GET /v1/events/stream` carries.

use schemars::JsonSchema;
use serde::Serialize;

use crate::cause::Cause;
use crate::ids::{CallId, EventId, LegId, SessionId};
use crate::rest::Call;
use crate::state::EndedBy;
use crate::time::Timestamp;
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
    /// The trunk's side holds.
    #[serde(rename = "call.held")]
    Held(Empty),
    /// The trunk's side holds no more.
    #[serde(rename = "call.unheld")]
    Unheld(Empty),
    /// The browser was muted or unmuted.
    #[serde(rename = "call.muted")]
    Muted(Muted),
    /// Somebody pressed a key.
    #[serde(rename = "call.dtmf")]
    Dtmf(Dtmf),
    /// A browser's signalling is lost; its sound may flow on.
    #[serde(rename = "leg.reconnecting")]
    LegReconnecting(Empty),
    /// It is back.
    #[serde(rename = "leg.reconnected")]
    LegReconnected(Empty),
    /// It is over; the last event of a call.
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

/// A change of the mute state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Muted {
    /// Whether the browser is muted.
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
