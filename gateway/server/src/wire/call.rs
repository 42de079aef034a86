//! A call as REST shows it.

use std::time::Duration;

use engine::{CallSnapshot, LegSnapshot};

use super::{media_verdict, words};

/// A snapshot of the engine's.
pub fn call(call: CallSnapshot) -> api::rest::Call {
    let outcome = call.outcome.as_ref();
    api::rest::Call {
        id: api::CallId(call.id.0),
        direction: words::direction(call.direction),
        state: words::state(call.state),
        created_at: call.created_at.into(),
        answered_at: call.answered_at.map(Into::into),
        ended_at: call.ended_at.map(Into::into),
        early_media: call.early_media,
        muted: call.muted,
        held: call.held,
        transfer: call.transfer.map(words::transfer_kind),
        media: call.media.map(media_verdict),
        ended_by: outcome.map(|outcome| words::ended_by(outcome.by)),
        cause: outcome.map(|outcome| words::cause(outcome.cause)),
        sip_code: outcome.and_then(|outcome| outcome.sip_code),
        q850: outcome.and_then(|outcome| outcome.q850),
        user: call.user.to_string(),
        from: call.from,
        to: call.to,
        recordings: call.recordings.into_iter().map(|recording| api::RecordingId(recording.0)).collect(),
        legs: call.legs.into_iter().map(leg).collect(),
    }
}

fn leg(leg: LegSnapshot) -> api::rest::Leg {
    api::rest::Leg {
        id: api::LegId(leg.id.0),
        kind: words::leg_kind(leg.kind),
        state: words::leg_state(leg.state),
        reconnecting: leg.reconnecting,
        owner: words::owner(leg.owner),
        muted: leg.muted,
        held: leg.held,
        trunk: leg.trunk.map(|trunk| trunk.to_string()),
        session: leg.session.map(|session| api::SessionId(session.0)),
        added_delay: leg.added_delay.map(added_delay),
        cause: leg.cause.map(words::cause),
    }
}

fn added_delay(delay: engine::AddedDelay) -> api::rest::AddedDelay {
    let us = |delay: Duration| u32::try_from(delay.as_micros()).unwrap_or(u32::MAX);
    api::rest::AddedDelay { p50_us: us(delay.p50), p99_us: us(delay.p99) }
}
