//! The notifier's end: RFC 6665 §4.2.2, figure 2.
//!
//! ```text
//!                 +-------------+
//!                 |    init     |
//!                 +-------------+
//!                        | SUBSCRIBE or REFER came
//!                        V
//!                 +-------------+  the owner refuses, or forgets
//!                 |    Asked    |-------------------------------+
//!                 +-------------+                               |
//!      granted,    |           | not decided, 200 and            |
//!      200 and     |           V NOTIFY sent                     V
//!      NOTIFY sent |    +-------------+  NOTIFY failed      +--------+
//!                  |    |   Pending   |-------------------->|  over  |
//!                  |    +-------------+                     +--------+
//!                  V           | granted                      A   A
//!                 +-------------+      NOTIFY failed          |   | last NOTIFY
//!                 |   Active    |-----------------------------+   | answered
//!                 +-------------+                                 |
//!                        | expired, Expires 0, or the owner       |
//!                        V ends it: last NOTIFY sent        +-----------+
//!                        +--------------------------------->|  Closing  |
//!                                                           +-----------+
//! ```

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::command::{Grant, Granted, Notify, NotifyState, SubscriptionId};
use super::event::{SubscriptionEnd, SubscriptionEvent};
use super::place::{Place, Words};
use super::reason::TerminationReason;
use super::subscriber::refer_event;
use super::{Life, SubscriptionTimer, UsageKey, ends_subscription, referral};
use crate::dialog::Sequence;
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::error::CommandError;
use crate::event_package::Sipfrag;
use crate::message::header::{Event, Expires, SubscriptionState};
use crate::message::{Header, HeaderName, Method, Response, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::AUTHENTICATION_TRIES_MAX;
use crate::ua::command::Body;
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::request::Reply;
use crate::ua::user::User;

/// NOTIFYs that wait for the answer to the one before them; RFC 6665 leaves their number to the notifier.
const NOTIFIES_WAITING_MAX: usize = 16;

/// A request that the owner has to decide about.
#[derive(Debug)]
struct Asked {
    transaction: TransactionId,
    incoming: Arc<IncomingRequest>,
}

#[derive(Debug)]
enum Stage {
    Asked(Box<Asked>),
    Open(Granted),
    /// The last NOTIFY is under way, or waits for its turn.
    Closing(SubscriptionEnd),
}

/// One subscription of a peer's.
#[derive(Debug)]
pub(crate) struct Notifier {
    pub(crate) id: SubscriptionId,
    pub(crate) key: UsageKey,
    event: Event,
    /// The CSeq of the request that made it.
    asked_by: u32,
    stage: Stage,
    /// Seconds that the next 200 grants at most.
    expires_s: u32,
    until: Instant,
    waiting: VecDeque<Notify>,
    transaction: Option<TransactionId>,
    tries: u8,
}

impl Notifier {
    /// A request that waits for the owner's word.
    pub(crate) fn ask(
        core: &mut Core,
        id: SubscriptionId,
        key: UsageKey,
        event: Event,
        transaction: TransactionId,
        incoming: Arc<IncomingRequest>,
        expires_s: u32,
    ) -> Self {
        let patience = core.config.timers.patience();
        core.start(TimerKey::Subscription(id, SubscriptionTimer::Answer), patience);
        Self {
            id,
            key,
            event,
            asked_by: incoming.cseq.number,
            stage: Stage::Asked(Box::new(Asked { transaction, incoming })),
            expires_s,
            until: core.now,
            waiting: VecDeque::new(),
            transaction: None,
            tries: 0,
        }
    }

    fn timer(&self, timer: SubscriptionTimer) -> TimerKey {
        TimerKey::Subscription(self.id, timer)
    }

    fn tell(&self, core: &mut Core, event: SubscriptionEvent) {
        core.event(UaEvent::Subscription(event));
    }

    fn end(&self, core: &mut Core, end: SubscriptionEnd) -> Life {
        self.tell(core, SubscriptionEvent::Ended { id: self.id, end });
        Life::Over
    }

    /// Whether a SUBSCRIBE with this Event is about this subscription. A REFER's may always be named by its CSeq.
    pub(crate) fn is_named_by(&self, event: &Event) -> bool {
        self.event.matches(event) || (self.is_referral() && refer_event(self.asked_by).matches(event))
    }

    /// Whether a REFER made it.
    pub(crate) fn is_referral(&self) -> bool {
        self.event.package == "refer"
    }

    /// Gives its NOTIFYs an Event that tells it from other REFERs' of its dialog (RFC 3515 §2.4.6).
    pub(crate) fn number(&mut self) {
        self.event = refer_event(self.asked_by);
    }

    /// Takes the SUBSCRIBE or REFER: 200, and the first NOTIFY at once.
    pub(crate) fn accept(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        code: StatusCode,
        grant: Grant,
    ) -> Result<(), CommandError> {
        headers::check_own(&grant.headers)?;
        let Stage::Asked(asked) = &self.stage else { return Err(CommandError::WrongState) };
        let (transaction, incoming) = (asked.transaction, Arc::clone(&asked.incoming));
        core.stop(self.timer(SubscriptionTimer::Answer));
        let expires_s = self.expires_s.min(grant.expires_s.unwrap_or(u32::MAX));
        let mut response = incoming.response(code, Some(&self.key.local_tag));
        incoming.copy_record_route(&mut response);
        response.headers.push(place.dialog.contact());
        if incoming.request.method == Method::Subscribe {
            response.headers.push(Header::from_typed(&Expires(expires_s)));
        }
        response.headers.extend(grant.headers);
        response.headers.extend(core.allow_events());
        response.headers.push(core.server());
        core.respond(transaction, &response);
        self.stage = Stage::Open(grant.state);
        self.tell_first(core, place, expires_s, grant.body);
        Ok(())
    }

    fn tell_first(&mut self, core: &mut Core, place: Place<'_>, expires_s: u32, body: Option<Body>) {
        if expires_s == 0 {
            return self.close(
                core,
                place,
                SubscriptionEnd::Unsubscribed,
                Notify::last(TerminationReason::Timeout, body),
            );
        }
        self.hold(core, expires_s);
        self.waiting.push_back(Notify::news(body));
        self.send_next(core, place);
    }

    fn hold(&mut self, core: &mut Core, expires_s: u32) {
        let whole = Duration::from_secs(expires_s.into());
        self.until = core.now + whole;
        core.start(self.timer(SubscriptionTimer::Expire), whole);
    }

    /// Says no: the dialog is not made.
    pub(crate) fn refuse(&self, core: &mut Core, reply: &Reply) -> Result<Life, CommandError> {
        headers::check_copied(&reply.headers)?;
        let Stage::Asked(asked) = &self.stage else { return Err(CommandError::WrongState) };
        let code = StatusCode::new(reply.code).filter(|code| code.as_u16() >= 300);
        let code = code.ok_or(CommandError::InvalidArgument)?;
        core.respond(asked.transaction, &self.response(core, &asked.incoming, code, reply));
        Ok(self.end(core, SubscriptionEnd::Declined))
    }

    /// Takes a REFER without a subscription (RFC 4488 §4).
    pub(crate) fn accept_untold(&self, core: &mut Core) -> Result<Life, CommandError> {
        let Stage::Asked(asked) = &self.stage else { return Err(CommandError::WrongState) };
        if !self.is_referral() || !referral::wants_nothing(&asked.incoming) {
            return Err(CommandError::WrongState);
        }
        let reply = Reply::new(200);
        let mut response = self.response(core, &asked.incoming, StatusCode::OK, &reply);
        response.headers.push(Header::new(HeaderName::ReferSub, "false"));
        core.respond(asked.transaction, &response);
        Ok(self.end(core, SubscriptionEnd::Untold))
    }

    fn response(&self, core: &Core, incoming: &IncomingRequest, code: StatusCode, reply: &Reply) -> Response {
        let mut response = incoming.response(code, Some(&self.key.local_tag));
        if let Some(reason) = &reply.reason {
            response.reason = reason.as_str().into();
        }
        response.headers.extend(reply.headers.iter().cloned());
        response.headers.push(core.server());
        headers::set_body(&mut response.headers, &mut response.body, reply.body.as_ref());
        response
    }

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

    fn close(&mut self, core: &mut Core, place: Place<'_>, end: SubscriptionEnd, last: Notify) {
        core.stop(self.timer(SubscriptionTimer::Expire));
        self.stage = Stage::Closing(end);
        self.waiting.push_back(last);
        self.send_next(core, place);
    }

    /// Sends the NOTIFY whose turn it is: one at a time, so that none overtakes another.
    fn send_next(&mut self, core: &mut Core, mut place: Place<'_>) {
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

    fn state(&self, core: &Core, state: &NotifyState) -> SubscriptionState {
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

    /// One of its timers fired.
    pub(crate) fn fire(&mut self, core: &mut Core, place: Place<'_>, timer: SubscriptionTimer) -> Life {
        match (timer, &self.stage) {
            (SubscriptionTimer::Answer, Stage::Asked(asked)) => {
                core.forget_server(asked.transaction);
                return self.end(core, SubscriptionEnd::Declined);
            }
            (SubscriptionTimer::Expire, Stage::Open(_)) => {
                let last = Notify::last(TerminationReason::Timeout, None);
                self.close(core, place, SubscriptionEnd::Expired, last);
            }
            _ => {}
        }
        Life::Kept
    }

    /// A SUBSCRIBE that refreshes or ends the subscription (RFC 6665 §4.2.1.4).
    pub(crate) fn refreshed(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        transaction: TransactionId,
        incoming: &IncomingRequest,
        expires_s: u32,
    ) -> Life {
        let refuse = |core: &mut Core, code| {
            let mut response = incoming.response(code, None);
            response.headers.push(core.server());
            core.respond(transaction, &response);
            Life::Kept
        };
        if place.dialog.receive_cseq(incoming.cseq.number) == Sequence::Stale {
            return refuse(core, StatusCode::SERVER_INTERNAL_ERROR);
        }
        match self.stage {
            Stage::Asked(_) => return refuse(core, StatusCode::REQUEST_PENDING),
            Stage::Closing(_) => return refuse(core, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST),
            Stage::Open(_) => {}
        }
        place.dialog.refresh_target(&incoming.request.headers);
        let mut response = incoming.response(StatusCode::OK, None);
        response.headers.extend([
            place.dialog.contact(),
            Header::from_typed(&Expires(expires_s)),
            core.server(),
        ]);
        core.respond(transaction, &response);
        if expires_s == 0 {
            let last = Notify::last(TerminationReason::Timeout, None);
            self.close(core, place, SubscriptionEnd::Unsubscribed, last);
            return Life::Kept;
        }
        self.hold(core, expires_s);
        let body = headers::body(&incoming.request.headers, &incoming.request.body);
        self.tell(core, SubscriptionEvent::Refreshed { id: self.id, expires_s, body });
        Life::Kept
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
