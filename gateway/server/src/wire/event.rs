//! A fact about a call as the event stream shows it.

use api::event::{
    Dtmf, Empty, Ended, Event, Fact, Held, LegOwnerChanged, Muted, TransferFailed, TransferStarted,
};
use engine::{CallEvent, CallFact, CallSnapshot, Cause, EndedBy};
use uuid::Uuid;

use super::{call, words};

/// An event of the engine's.
pub fn event(event: CallEvent) -> Event {
    Event {
        id: api::EventId(Uuid::now_v7()),
        seq: event.seq,
        at: event.at.into(),
        call: api::CallId(event.call.0),
        leg: event.leg.map(|leg| api::LegId(leg.0)),
        fact: fact(event.fact),
    }
}

fn fact(fact: CallFact) -> Fact {
    match fact {
        CallFact::Initiated(snapshot) => Fact::Initiated(Box::new(call(*snapshot))),
        CallFact::Ringing => Fact::Ringing(Empty {}),
        CallFact::EarlyMedia => Fact::EarlyMedia(Empty {}),
        CallFact::Answered => Fact::Answered(Empty {}),
        CallFact::Held { by } => Fact::Held(Held { by: words::held_by(by) }),
        CallFact::Unheld { by } => Fact::Unheld(Held { by: words::held_by(by) }),
        CallFact::TransferStarted { kind, to } => {
            Fact::TransferStarted(TransferStarted { kind: words::transfer_kind(kind), to })
        }
        CallFact::TransferAccepted => Fact::TransferAccepted(Empty {}),
        CallFact::TransferFailed { cause } => {
            Fact::TransferFailed(TransferFailed { cause: words::cause(cause) })
        }
        CallFact::TransferCompleted => Fact::TransferCompleted(Empty {}),
        CallFact::LegOwner(owner) => Fact::LegOwnerChanged(LegOwnerChanged { owner: words::owner(owner) }),
        CallFact::Muted { muted, by } => Fact::Muted(Muted { muted, by: words::muted_by(by) }),
        CallFact::Digit { digit, duration, from } => Fact::Dtmf(Dtmf {
            digit,
            duration_ms: u32::try_from(duration.as_millis()).unwrap_or(u32::MAX),
            from: words::side(from),
        }),
        CallFact::LegReconnecting => Fact::LegReconnecting(Empty {}),
        CallFact::LegReconnected => Fact::LegReconnected(Empty {}),
        CallFact::Ended(snapshot) => Fact::Ended(Box::new(ended(*snapshot))),
    }
}

fn ended(snapshot: CallSnapshot) -> Ended {
    let outcome = snapshot.outcome.as_ref();
    let (by, cause) =
        outcome.map_or((EndedBy::System, Cause::GatewayError), |outcome| (outcome.by, outcome.cause));
    Ended { by: words::ended_by(by), cause: words::cause(cause), call: call(snapshot) }
}
