//! The calls as their events tell them: what a restart has to end, and the CDR of each.

use std::collections::HashMap;

use api::event::{Event, Fact};
use api::rest::{Call, Cdr};
use api::{CallId, CallState, Timestamp};
use serde::{Deserialize, Serialize};
use store::{NewCdr, Track};

/// A call that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LiveCall {
    /// As it was at its latest event.
    pub(super) call: Call,
    /// The number of that event.
    pub(super) seq: u64,
    /// When that was.
    pub(super) at: Timestamp,
}

impl LiveCall {
    fn follow(&mut self, event: &Event) {
        (self.seq, self.at) = (event.seq, event.at);
        if matches!(event.fact, Fact::Ringing(_) | Fact::EarlyMedia(_)) && self.call.answered_at.is_none() {
            self.call.state = CallState::Ringing;
        }
        if matches!(event.fact, Fact::Answered(_)) {
            self.call.state = CallState::InProgress;
            self.call.answered_at = Some(event.at);
        }
    }
}

/// The calls that have not ended; as many as the switch has.
#[derive(Default)]
pub(super) struct LiveCalls(HashMap<CallId, LiveCall>);

impl LiveCalls {
    /// Whether there is any.
    pub(super) fn any(&self) -> bool {
        !self.0.is_empty()
    }

    /// What an event makes of its call.
    pub(super) fn track(&mut self, event: &Event) -> Track {
        if let Fact::Ended(ended) = &event.fact {
            self.0.remove(&event.call);
            return Track::Ended(cdr(&ended.call));
        }
        if let Fact::Initiated(call) = &event.fact {
            let live = LiveCall { call: call.as_ref().clone(), seq: event.seq, at: event.at };
            self.0.insert(event.call, live);
        }
        let Some(live) = self.0.get_mut(&event.call) else { return Track::Nothing };
        live.follow(event);
        serde_json::to_string(live).map_or(Track::Nothing, Track::Live)
    }
}

/// The record of a call that has ended.
pub(super) fn cdr(call: &Call) -> NewCdr {
    let body = serde_json::to_string(&Cdr::from(call)).unwrap_or_default();
    NewCdr {
        call: call.id.0,
        began_ms: call.created_at.millis(),
        user: call.user.clone(),
        from: call.from.clone(),
        to: call.to.clone(),
        body,
    }
}
