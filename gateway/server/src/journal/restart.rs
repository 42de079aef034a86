//! The ends of calls that a crash left without one.

use api::event::{Ended, Event, Fact};
use api::rest::Call;
use api::{CallState, Cause, EndedBy, EventId, LegState, Timestamp};
use store::Left;
use uuid::Uuid;

use super::calls::LiveCall;

/// The last event of each call that a node left.
pub(super) fn ended(left: Left, now: Timestamp) -> Vec<Event> {
    let alive = left.alive_ms.map(Timestamp::from_millis);
    let calls = left.calls.iter().filter_map(|state| serde_json::from_str(state).ok());
    calls.map(|live| last_event(live, alive, now)).collect()
}

fn last_event(live: LiveCall, alive: Option<Timestamp>, now: Timestamp) -> Event {
    let LiveCall { call, seq, at } = live;
    // The caller pays until the last moment at which the call is known to have lived, not until the restart.
    let ended_at = alive.map_or(at, |alive| alive.max(at));
    let (id, by, cause) = (call.id, EndedBy::System, Cause::GatewayRestart);
    let ended = Ended { by, cause, call: end(call, ended_at) };
    let fact = Fact::Ended(Box::new(ended));
    Event { id: EventId(Uuid::now_v7()), seq: seq + 1, at: now, call: id, leg: None, fact }
}

fn end(mut call: Call, ended_at: Timestamp) -> Call {
    call.state = if call.answered_at.is_some() { CallState::Completed } else { CallState::Failed };
    call.ended_at = Some(ended_at);
    call.ended_by = Some(EndedBy::System);
    call.cause = Some(Cause::GatewayRestart);
    call.q850 = Some(engine::Cause::GatewayRestart.q850());
    for leg in &mut call.legs {
        leg.reconnecting = false;
        if leg.state != LegState::Ended {
            leg.state = LegState::Ended;
            leg.cause = Some(Cause::GatewayRestart);
        }
    }
    call
}
