//! `/v1/cdrs`: one record for each call that ended, never changed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AddedDelay, Call};
use crate::cause::Cause;
use crate::ids::{CallId, RecordingId};
use crate::state::{CallState, Direction, EndedBy, LegKind};
use crate::time::Timestamp;

/// The query of `GET /v1/cdrs`; newest first, by when calls ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCdrs {
    /// 1 to 1000; 20 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before; in CSV the header `X-Next-Cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Calls that began then or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Calls that began earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Calls of this user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Calls from or to this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// A call detail record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cdr {
    /// The call.
    pub call: CallId,
    /// Which way it crossed the gateway.
    pub direction: Direction,
    /// How it ended.
    pub state: CallState,
    /// The caller.
    pub from: String,
    /// The callee.
    pub to: String,
    /// The user on the browser's side.
    pub user: String,
    /// The trunk that was in the call, or tried last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trunk: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it ended; after a crash of the gateway, when it was last known to live.
    pub ended_at: Timestamp,
    /// From the beginning to the end.
    pub duration_ms: u64,
    /// From the answer to the end; 0 without an answer.
    pub talk_ms: u64,
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
    /// How long what the browser said was in the gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_delay_from_browser: Option<AddedDelay>,
    /// How long what the trunk said was in the gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_delay_from_trunk: Option<AddedDelay>,
}

impl From<&Call> for Cdr {
    /// The record of a call that has ended.
    fn from(call: &Call) -> Self {
        let ended_at = call.ended_at.unwrap_or(call.created_at);
        Self {
            call: call.id,
            direction: call.direction,
            state: call.state,
            from: call.from.clone(),
            to: call.to.clone(),
            user: call.user.clone(),
            trunk: call.legs.iter().rev().find_map(|leg| leg.trunk.clone()),
            created_at: call.created_at,
            answered_at: call.answered_at,
            ended_at,
            duration_ms: ended_at.millis_since(call.created_at),
            talk_ms: call.answered_at.map_or(0, |answered_at| ended_at.millis_since(answered_at)),
            ended_by: call.ended_by,
            cause: call.cause,
            sip_code: call.sip_code,
            q850: call.q850,
            recordings: call.recordings.clone(),
            added_delay_from_browser: added_delay(call, LegKind::Browser),
            added_delay_from_trunk: added_delay(call, LegKind::Sip),
        }
    }
}

/// Of the last leg of a kind that had sound.
fn added_delay(call: &Call, kind: LegKind) -> Option<AddedDelay> {
    call.legs.iter().rev().filter(|leg| leg.kind == kind).find_map(|leg| leg.added_delay)
}
