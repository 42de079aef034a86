//! Calls, counted and logged.

use engine::{CallEvent, CallFact, Cause, Direction, RecordingResult};
use tracing::{info, info_span, warn};

use super::Redacted;
use crate::wire;

/// As every face spells it; empty for none.
fn word(value: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Turns events of calls into metrics and lines of the log.
#[derive(Default)]
pub struct CallMeter {
    live: usize,
}

impl CallMeter {
    /// Notes how many calls are live.
    pub fn live(&mut self, live: usize) {
        if self.live != live {
            self.live = live;
            metrics::gauge!("offhook_calls_live").set(live as f64);
        }
    }

    /// Counts and logs one event; digits leave no trace.
    pub fn observe(&self, event: &CallEvent) {
        let _span = info_span!("call", call_id = %api::CallId(event.call.0)).entered();
        match &event.fact {
            CallFact::Initiated(call) => {
                let direction = match call.direction {
                    Direction::Inbound => "inbound",
                    Direction::Outbound => "outbound",
                };
                metrics::counter!("offhook_calls_total", "direction" => direction).increment(1);
                info!(direction, user = %call.user, from = %Redacted(&call.from), to = %Redacted(&call.to), "call");
            }
            CallFact::Ringing => info!("ringing"),
            CallFact::EarlyMedia => info!("early media"),
            CallFact::Answered => info!("answered"),
            CallFact::Held { by } => info!(?by, "held"),
            CallFact::Unheld { by } => info!(?by, "unheld"),
            CallFact::TransferStarted { kind, to } => info!(?kind, to = %Redacted(to), "transfer started"),
            CallFact::TransferAccepted => info!("transfer accepted"),
            CallFact::TransferFailed { cause } => info!(?cause, "transfer failed"),
            CallFact::TransferCompleted => info!("transfer completed"),
            CallFact::PlayStarted { sounds, .. } => info!(?sounds, "play started"),
            CallFact::PlayEnded { ending, .. } => info!(?ending, "play ended"),
            CallFact::CollectStarted { .. } => info!("collection of digits started"),
            CallFact::CollectEnded(collected) => {
                info!(count = collected.count, ending = ?collected.ending, "collection of digits ended");
            }
            CallFact::RecordingStarted { .. } => info!("recording started"),
            CallFact::RecordingPaused { by, .. } => info!(?by, "recording paused"),
            CallFact::RecordingResumed { .. } => info!("recording resumed"),
            CallFact::RecordingEnded { result: RecordingResult::Completed { length, bytes, .. }, .. } => {
                info!(?length, bytes, "recording completed");
            }
            CallFact::RecordingEnded { result: RecordingResult::Failed(fault), .. } => {
                warn!(?fault, "recording failed");
            }
            CallFact::Judged(verdict) => {
                for direction in wire::media_verdict(*verdict).directions {
                    let sound = direction.sound;
                    let labels = [("state", word(&sound.state)), ("cause", word(&sound.cause))];
                    info!(from = %direction.from, state = labels[0].1, cause = labels[1].1, "sound");
                    metrics::counter!("offhook_media_verdicts_total", &labels).increment(1);
                }
            }
            CallFact::LegReconnecting => info!("browser's signalling lost"),
            CallFact::LegReconnected => info!("browser's signalling back"),
            CallFact::Ended(call) => {
                let cause = call.outcome.as_ref().map_or(Cause::GatewayError, |outcome| outcome.cause);
                let cause = wire::cause_word(cause);
                info!(cause, sip_code = call.outcome.as_ref().and_then(|outcome| outcome.sip_code), "ended");
                metrics::counter!("offhook_calls_ended_total", "cause" => cause).increment(1);
            }
            CallFact::Muted { .. } | CallFact::Digit { .. } | CallFact::LegOwner(_) => {}
        }
    }
}
