//! A fact about a call as the event stream shows it.

use api::event::{
    CollectEnded, CollectStarted, Dtmf, Empty, Ended, Event, Fact, Held, LegOwnerChanged, Muted, PlayEnded,
    PlayStarted, RecordingCompleted, RecordingFailed, RecordingPaused, RecordingResumed, RecordingStarted,
    TransferFailed, TransferStarted,
};
use engine::{CallEvent, CallFact, CallSnapshot, Cause, Collected, EndedBy, RecordingResult};
use uuid::Uuid;

use super::{call, media_verdict, words};

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
        CallFact::PlayStarted { play, sounds } => {
            Fact::PlayStarted(PlayStarted { play: api::PlayId(play.0), sounds })
        }
        CallFact::PlayEnded { play, ending, lasted } => Fact::PlayEnded(PlayEnded {
            play: api::PlayId(play.0),
            reason: words::play_ending(ending),
            played_ms: u64::try_from(lasted.as_millis()).unwrap_or(u64::MAX),
        }),
        CallFact::CollectStarted { collect } => {
            Fact::CollectStarted(CollectStarted { collect: api::CollectId(collect.0) })
        }
        CallFact::CollectEnded(collected) => Fact::CollectEnded(self::collected(collected)),
        CallFact::RecordingStarted { recording } => {
            Fact::RecordingStarted(RecordingStarted { recording: api::RecordingId(recording.0) })
        }
        CallFact::RecordingPaused { recording, by } => {
            let (recording, reason) = (api::RecordingId(recording.0), words::paused_by(by));
            Fact::RecordingPaused(RecordingPaused { recording, reason })
        }
        CallFact::RecordingResumed { recording } => {
            Fact::RecordingResumed(RecordingResumed { recording: api::RecordingId(recording.0) })
        }
        CallFact::RecordingEnded { recording, result } => recorded(api::RecordingId(recording.0), result),
        CallFact::Judged(verdict) => Fact::MediaVerdict(media_verdict(verdict)),
        CallFact::LegReconnecting => Fact::LegReconnecting(Empty {}),
        CallFact::LegReconnected => Fact::LegReconnected(Empty {}),
        CallFact::Ended(snapshot) => Fact::Ended(Box::new(ended(*snapshot))),
    }
}

fn recorded(recording: api::RecordingId, result: RecordingResult) -> Fact {
    match result {
        RecordingResult::Completed { length, bytes, sha256 } => {
            let duration_ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
            let sha256 = words::hex(&sha256);
            Fact::RecordingCompleted(RecordingCompleted {
                recording,
                duration_ms,
                bytes,
                sha256,
                channels: 2,
            })
        }
        RecordingResult::Failed(fault) => {
            Fact::RecordingFailed(RecordingFailed { recording, reason: words::recording_fault(fault) })
        }
    }
}

fn collected(collected: Collected) -> CollectEnded {
    let Collected { id, digits, count, complete, ending } = collected;
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let (collect, reason) = (api::CollectId(id.0), words::collect_ending(ending));
    CollectEnded { collect, digits, count, complete, reason }
}

fn ended(snapshot: CallSnapshot) -> Ended {
    let outcome = snapshot.outcome.as_ref();
    let (by, cause) =
        outcome.map_or((EndedBy::System, Cause::GatewayError), |outcome| (outcome.by, outcome.cause));
    Ended { by: words::ended_by(by), cause: words::cause(cause), call: call(snapshot) }
}
