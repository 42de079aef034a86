//! `/v1/calls`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cause::Cause;
use crate::ids::{CallId, LegId, RecordingId, SessionId};
use crate::state::{CallState, Direction, EndedBy, LegKind, LegOwner, LegState, TransferKind};
use crate::time::Timestamp;
use crate::verdict::MediaVerdict;

/// `POST /v1/calls`: rings the user's browsers, then the destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCall {
    /// Whose browsers ring first.
    pub from_user: String,
    /// The number or SIP URI to call then.
    pub to: String,
    /// The caller id to show; the trunk's own if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller_id: Option<String>,
}

/// `POST /v1/calls/{id}/actions/send_digits`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendDigits {
    /// `0-9 * # A-D`, 64 at most; sent to the trunk.
    pub digits: String,
    /// Milliseconds of each; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
}

impl std::fmt::Debug for SendDigits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendDigits").field("duration_ms", &self.duration_ms).finish_non_exhaustive()
    }
}

/// `POST /v1/calls/{id}/actions/mute` and `unmute`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    /// Whose sound is dropped; the user's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg: Option<LegId>,
}

/// `POST /v1/calls/{id}/actions/transfer` and `consult`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferTo {
    /// A user's name, a number or a SIP URI.
    pub to: String,
}

/// A body without fields; it may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// The query of `GET /v1/calls`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCalls {
    /// 1 to 100; 20 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<CallId>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Page<T> {
    /// Newest first.
    pub data: Vec<T>,
    /// For `after`; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// Which way it crosses the gateway.
    pub direction: Direction,
    /// Where it is.
    pub state: CallState,
    /// The caller.
    pub from: String,
    /// The callee.
    pub to: String,
    /// The user on the browser's side.
    pub user: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Whether sound flows, or flowed, before the answer.
    pub early_media: bool,
    /// Whether the user is muted.
    pub muted: bool,
    /// Whether either side holds.
    pub held: bool,
    /// How it is handed over at this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferKind>,
    /// Whether those who talk hear each other, as last known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaVerdict>,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_by: Option<EndedBy>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The SIP status it ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sip_code: Option<u16>,
    /// The Q.850 cause it ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q850: Option<u16>,
    /// Its recordings, in the order they were begun.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recordings: Vec<RecordingId>,
    /// Its legs, in the order they were made.
    pub legs: Vec<Leg>,
}

/// A leg of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Leg {
    /// Its id.
    pub id: LegId,
    /// What it speaks.
    pub kind: LegKind,
    /// Where it is.
    pub state: LegState,
    /// Whether the browser's signalling is lost, and may come back.
    pub reconnecting: bool,
    /// What has it at this instant.
    pub owner: LegOwner,
    /// Whether what comes from it is dropped.
    pub muted: bool,
    /// Whether it hears nothing because the other side holds.
    pub held: bool,
    /// The trunk of a SIP leg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trunk: Option<String>,
    /// The session of a browser leg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// How long packets from it were in the gateway; left out before the first second of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_delay: Option<AddedDelay>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// How long packets of one direction were in the gateway, over the whole call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AddedDelay {
    /// Half of them no longer, microseconds.
    pub p50_us: u32,
    /// 99 of 100 no longer, microseconds.
    pub p99_us: u32,
}
