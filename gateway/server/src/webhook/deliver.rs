//! The task that tells one web hook.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api::{EventId, Timestamp, WebhookId};
use axum::http::StatusCode;
use futures_util::future::join_all;
use store::{Attempt, Claim, Due, Event, Verdict};
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use super::client::{Client, Message};
use super::sign::signature;
use super::{Hook, Target, Webhooks};
use crate::journal::{Shared, text};

/// Deliveries under way to one web hook.
const AT_ONCE: usize = 8;
/// How long a claim holds: longer than a request may take.
const CLAIM: Duration = Duration::from_secs(30);
/// How soon a delivery that is due again is noticed, at the latest.
const LOOK: Duration = Duration::from_secs(1);

/// What the task knows.
pub(super) struct Courier {
    pub(super) id: WebhookId,
    pub(super) store: Shared,
    pub(super) client: Client,
    pub(super) delays: Vec<Duration>,
    pub(super) wake: Arc<Notify>,
    pub(super) webhooks: Webhooks,
}

/// Whether the web hook wants to hear more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    GoOn,
    Gone,
}

impl Courier {
    /// Delivers until the web hook is removed or gone.
    pub(super) async fn run(self) {
        loop {
            let due = self.claim().await;
            if due.is_empty() {
                // Woken or not, the store is looked at.
                let _ = timeout(LOOK, self.wake.notified()).await;
                continue;
            }
            let Some(hook) = self.webhooks.hook(self.id) else { return };
            let outcomes = join_all(due.into_iter().map(|due| self.deliver(&hook, due))).await;
            if outcomes.contains(&Outcome::Gone) {
                info!(webhook = %self.id, "a web hook answered 410 and is told no more");
                // Whatever comes of it, this task has nothing left to do: the store hands out nothing more.
                let _ = self.webhooks.disable(self.id).await;
                return;
            }
        }
    }

    async fn claim(&self) -> Vec<Due> {
        let now = now();
        let until_ms = now.millis() + CLAIM.as_millis() as i64;
        let claim = Claim { webhook: self.id.to_string(), now_ms: now.millis(), until_ms, limit: AT_ONCE };
        match self.store.claim(claim).await {
            Ok(due) => due,
            Err(error) => {
                warn!(%error, "the outbox cannot be read");
                sleep(LOOK).await;
                Vec::new()
            }
        }
    }

    async fn deliver(&self, hook: &Hook, due: Due) -> Outcome {
        let at = now();
        let answer = match &due.event {
            Some(event) => self.post(hook, event, at).await,
            None => Err("the event is kept no longer".to_owned()),
        };
        let verdict = match (&answer, &due.event) {
            (Ok(status), _) if status.is_success() => Verdict::Delivered,
            (Ok(StatusCode::GONE), _) | (_, None) => Verdict::Failed,
            (Ok(_) | Err(_), Some(_)) => self.again(due.delivery.attempts, now()),
        };
        let status = answer.as_ref().ok().copied();
        count(verdict);
        let detail = answer.map_or_else(|failure| failure, |status| status.to_string());
        let attempt = Attempt { at_ms: at.millis(), status: status.map(|status| status.as_u16()), detail };
        if let Err(error) = self.store.settle(due.delivery.id, attempt, verdict).await {
            // The claim runs out, and it is delivered again: at least once is what was promised.
            warn!(%error, "a delivery cannot be noted");
        }
        if status == Some(StatusCode::GONE) { Outcome::Gone } else { Outcome::GoOn }
    }

    async fn post(&self, hook: &Hook, event: &Event, at: Timestamp) -> Result<StatusCode, String> {
        let target = Target::parse(&hook.url, self.client.reach).map_err(|error| error.to_string())?;
        let (id, body) = (EventId(event.id).to_string(), text(event.cursor, &event.body));
        let seconds = at.millis() / 1000;
        let signature = signature(hook.signing(at), &id, seconds, &body);
        self.client.post(&target, Message { id, seconds, signature, body }).await
    }

    /// When an attempt follows the one just made, if any.
    fn again(&self, attempts: u32, now: Timestamp) -> Verdict {
        let Some(delay) = self.delays.get(attempts as usize) else { return Verdict::Failed };
        // Spread, so that a web hook that comes back is not overrun.
        let spread = delay.mul_f64(0.9 + 0.2 * rand::random::<f64>());
        Verdict::Retry { due_ms: now.millis().saturating_add(spread.as_millis() as i64) }
    }
}

fn count(verdict: Verdict) {
    let outcome = match verdict {
        Verdict::Delivered => "delivered",
        Verdict::Retry { .. } => "retry",
        Verdict::Failed => "failed",
    };
    metrics::counter!("offhook_webhook_attempts_total", "outcome" => outcome).increment(1);
}

fn now() -> Timestamp {
    SystemTime::now().into()
}
