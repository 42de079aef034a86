//! NOTIFYs to a subscriber, one at a time, and what becomes of them (RFC 6665 §4.2.2).

use super::{NOTIFIES_WAITING_MAX, Notifier, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::event_package::Sipfrag;
use crate::message::header::SubscriptionState;
use crate::message::{Header, Method, StatusCode};
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::AUTHENTICATION_TRIES_MAX;
use crate::ua::command::Body;
use crate::ua::headers;
use crate::ua::subscription::command::{Granted, Notify, NotifyState};
use crate::ua::subscription::event::SubscriptionEnd;
use crate::ua::subscription::place::{Place, Words};
use crate::ua::subscription::reason::TerminationReason;
use crate::ua::subscription::{Life, ends_subscription};
use crate::ua::user::User;

impl Notifier {
    /// Tells the subscriber something.
    pub(crate) fn notify(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        notify: Notify,
    ) -> Result<(), CommandError> {
        headers::check_own(&notify.headers)?;
        let Stage::Open(state) = &mut self.stage else { return Err(CommandError::WrongState) };
        if self.waiting.len() >= NOTIFIES_WAITING_MAX {
            return Err(CommandError::Limit);
        }
        match &notify.state {
            NotifyState::Terminated { .. } => {
                self.close(core, place, SubscriptionEnd::Closed, notify);
                return Ok(());
            }
            NotifyState::Now(now) => *state = *now,
            NotifyState::Same => {}
        }
        self.waiting.push_back(notify);
        self.send_next(core, place);
        Ok(())
    }

    /// Tells how a REFER goes; a final code is the last word (RFC 3515 §2.4.5).
    pub(crate) fn progress(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        code: StatusCode,
        reason: &str,
    ) -> Result<(), CommandError> {
        if !self.is_referral() {
            return Err(CommandError::WrongState);
        }
        let body = Some(progress_body(code, reason));
        let notify = match code.is_provisional() {
            true => Notify::news(body),
            false => Notify::last(TerminationReason::Noresource, body),
        };
        self.notify(core, place, notify)
    }

    /// Sends the NOTIFY whose turn it is: one at a time, so that none overtakes another.
    pub(super) fn send_next(&mut self, core: &mut Core, mut place: Place<'_>) {
        if self.transaction.is_some() {
            return;
        }
        let Some(notify) = self.waiting.pop_front() else { return };
        self.tries = 0;
        let state = self.state(core, &notify.state);
        let mut headers = vec![Header::from_typed(&self.event), Header::from_typed(&state)];
        headers.extend(notify.headers);
        headers.extend(core.allow_events());
        let words = Words { method: Method::Notify, headers, body: notify.body.as_ref() };
        self.transaction = Some(place.send(core, words, User::Subscription(self.id)));
    }

    pub(super) fn state(&self, core: &Core, state: &NotifyState) -> SubscriptionState {
        let now = match (&self.stage, state) {
            (_, NotifyState::Terminated { reason, retry_after_s }) => {
                let mut state = SubscriptionState::new("terminated");
                if let Some(reason) = reason {
                    state.params.set("reason", reason.as_str());
                }
                if let Some(seconds) = retry_after_s {
                    state.params.set("retry-after", seconds.to_string());
                }
                return state;
            }
            (Stage::Open(now), NotifyState::Same) | (_, NotifyState::Now(now)) => *now,
            (Stage::Asked(_) | Stage::Closing(_), NotifyState::Same) => Granted::Active,
        };
        let word = if now == Granted::Pending { "pending" } else { "active" };
        let mut state = SubscriptionState::new(word);
        let rest = self.until.saturating_duration_since(core.now).as_secs();
        state.params.set("expires", rest.to_string());
        state
    }

    /// What became of a NOTIFY.
    pub(crate) fn outcome(&mut self, core: &mut Core, mut place: Place<'_>, delivery: &Delivery) -> Life {
        if self.transaction != Some(delivery.transaction) {
            return Life::Kept;
        }
        let code = match &delivery.outcome {
            Outcome::TimedOut | Outcome::TransportFailed | Outcome::Unresolved(_) => {
                return self.end(core, SubscriptionEnd::Unanswered);
            }
            Outcome::Response(response) if response.code.is_provisional() => return Life::Kept,
            Outcome::Response(response) => {
                let challenged =
                    matches!(response.code.as_u16(), 401 | 407) && self.tries < AUTHENTICATION_TRIES_MAX;
                let again = challenged.then(|| place.authorize(core, delivery, response)).flatten();
                if again.is_some() {
                    self.tries += 1;
                    self.transaction = again;
                    return Life::Kept;
                }
                response.code.as_u16()
            }
        };
        self.transaction = None;
        if ends_subscription(code) {
            return self.end(core, SubscriptionEnd::Refused { code });
        }
        match &self.stage {
            Stage::Closing(end) if self.waiting.is_empty() => {
                let end = end.clone();
                self.end(core, end)
            }
            Stage::Asked(_) | Stage::Open(_) | Stage::Closing(_) => {
                self.send_next(core, place);
                Life::Kept
            }
        }
    }
}

/// What a NOTIFY about a REFER says.
pub(crate) fn progress_body(code: StatusCode, reason: &str) -> Body {
    let reason = if reason.is_empty() { code.phrase() } else { reason };
    let content = Sipfrag::of_status(code, reason).to_bytes();
    Body { content_type: Sipfrag::CONTENT_TYPE.to_owned(), content }
}
