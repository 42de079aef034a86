//! The subscriber's end: RFC 6665 §4.1.2, figure 1.
//!
//! ```text
//!                 +-------------+
//!                 |    init     |  an Attempt, or a REFER inside a call
//!                 +-------------+
//!                        | SUBSCRIBE or REFER sent
//!                        V          N fires, request refused,
//!                 +-------------+   or NOTIFY terminated
//!      +----------|   Waiting   |---------------------------+
//!      |          +-------------+                           |
//!      | NOTIFY          | NOTIFY pending                   |
//!      | active          V          N fires after a refresh,|
//!      |          +-------------+   NOTIFY terminated,      V
//!      |          |   Pending   |-- refresh refused, -->+--------+
//!      |          +-------------+   nobody refreshed    |  over  |
//!      |                 | NOTIFY active                +--------+
//!      |                 V                                  A
//!      |          +-------------+   the same                |
//!      +--------->|   Active    |---------------------------+
//!                 +-------------+
//! ```

use std::time::{Duration, Instant};

use super::answer::{EXPIRES_MAX_S, Refusal, granted, longer, synthetic, tells_nothing};
use super::event::{SubscriptionEnd, SubscriptionEvent};
use super::place::{Place, Words};
use super::reason::{TerminationReason, retry};
use super::{Life, SubscriptionId, SubscriptionTimer, UsageKey, ends_subscription};
use crate::dialog::Sequence;
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::error::CommandError;
use crate::message::header::{Event, Expires, Subscription, SubscriptionState};
use crate::message::{Header, Method, Response, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::AUTHENTICATION_TRIES_MAX;
use crate::ua::command::Body;
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::resend::Change;
use crate::ua::user::User;

/// A refresh happens after three quarters of the granted time, or a little later by chance.
const REFRESH_PERCENT: u64 = 75;
const REFRESH_JITTER_PERCENT: u64 = 10;
/// A refresh that was refused is tried again no sooner than this.
const REFUSED_AGAIN: Duration = Duration::from_secs(32);

/// Which request made the subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Subscribe,
    Refer,
}

/// What all forks of one SUBSCRIBE or REFER share.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) event: Event,
    pub(crate) origin: Origin,
    /// Seconds asked for.
    pub(crate) asked_s: u32,
    /// Headers that each SUBSCRIBE repeats.
    pub(crate) headers: Vec<Header>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Pending,
    Active,
}

/// Whether the subscription is still wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Keep,
    /// Unsubscribe as soon as the request under way is answered.
    Leave,
    /// SUBSCRIBE with Expires 0 is sent.
    Leaving,
}

/// One subscription of ours.
#[derive(Debug)]
pub(crate) struct Subscriber {
    pub(crate) id: SubscriptionId,
    pub(crate) key: UsageKey,
    plan: Plan,
    /// The Event of the last NOTIFY, which the notifier knows the subscription by.
    named: Option<Event>,
    state: State,
    wish: Wish,
    until: Option<Instant>,
    transaction: Option<TransactionId>,
    tries: u8,
}

impl Subscriber {
    /// A subscription whose first NOTIFY is still to come; `n` is when it is given up.
    pub(crate) fn new(core: &mut Core, id: SubscriptionId, key: UsageKey, plan: Plan, n: Instant) -> Self {
        core.start(TimerKey::Subscription(id, SubscriptionTimer::N), n.saturating_duration_since(core.now));
        Self {
            id,
            key,
            plan,
            named: None,
            state: State::Waiting,
            wish: Wish::Keep,
            until: None,
            transaction: None,
            tries: 0,
        }
    }

    /// Sends a REFER in a dialog that exists; its CSeq is what tells it from others there (RFC 3515 §2.4.6).
    pub(crate) fn refer(
        core: &mut Core,
        id: SubscriptionId,
        key: UsageKey,
        mut place: Place<'_>,
        words: Words<'_>,
    ) -> Self {
        let transaction = place.send(core, words, User::Subscription(id));
        let event = refer_event(place.dialog.local_cseq());
        let plan = Plan { event, origin: Origin::Refer, asked_s: 0, headers: Vec::new() };
        let n = core.now + core.config.timers.patience();
        Self { transaction: Some(transaction), ..Self::new(core, id, key, plan, n) }
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

    /// Whether a NOTIFY with this Event is for this subscription. A REFER's may leave the id out if it is the only
    /// one of its dialog.
    pub(crate) fn is_told_by(&self, event: &Event) -> bool {
        self.plan.event.matches(event)
            || (self.plan.origin == Origin::Refer
                && event.id().is_none()
                && event.package == self.plan.event.package)
    }

    /// Whether the Event is this subscription's, id and all.
    pub(crate) fn is_named_by(&self, event: &Event) -> bool {
        self.plan.event.matches(event)
    }

    /// Refreshes now, for as long as it was asked for or another time.
    pub(crate) fn refresh(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        expires_s: Option<u32>,
        body: Option<&Body>,
    ) -> Result<(), CommandError> {
        if self.transaction.is_some() || self.wish != Wish::Keep || expires_s == Some(0) {
            return Err(CommandError::WrongState);
        }
        self.plan.asked_s = expires_s.unwrap_or(self.plan.asked_s);
        self.send(core, place, self.asked_s(), body);
        Ok(())
    }

    /// Ends the subscription; the last NOTIFY, or timer N, is the end of it.
    pub(crate) fn leave(&mut self, core: &mut Core, place: Place<'_>) {
        core.stop(self.timer(SubscriptionTimer::Refresh));
        if self.wish == Wish::Keep {
            self.wish = Wish::Leave;
        }
        if self.wish == Wish::Leave && self.transaction.is_none() {
            self.wish = Wish::Leaving;
            self.send(core, place, 0, None);
        }
    }

    /// What to ask for: a REFER's subscription was never asked for with a time of its own.
    fn asked_s(&self) -> u32 {
        let unasked = self.plan.origin == Origin::Refer && self.plan.asked_s == 0;
        if unasked { REFER_EXPIRES_S } else { self.plan.asked_s }
    }

    fn send(&mut self, core: &mut Core, mut place: Place<'_>, expires_s: u32, body: Option<&Body>) {
        self.tries = 0;
        let event = self.named.as_ref().unwrap_or(&self.plan.event);
        let mut headers = vec![Header::from_typed(event), Header::from_typed(&Expires(expires_s))];
        headers.extend(self.plan.headers.iter().cloned());
        let words = Words { method: Method::Subscribe, headers, body };
        self.transaction = Some(place.send(core, words, User::Subscription(self.id)));
        core.start(self.timer(SubscriptionTimer::N), core.config.timers.patience());
    }

    /// One of its timers fired.
    pub(crate) fn fire(&mut self, core: &mut Core, place: Place<'_>, timer: SubscriptionTimer) -> Life {
        match timer {
            SubscriptionTimer::N if self.wish == Wish::Keep => self.end(core, SubscriptionEnd::Unanswered),
            SubscriptionTimer::N => self.end(core, SubscriptionEnd::Unsubscribed),
            SubscriptionTimer::Expire => self.end(core, SubscriptionEnd::Expired),
            SubscriptionTimer::Refresh => {
                if self.transaction.is_none() && self.wish == Wish::Keep {
                    let asked_s = self.asked_s();
                    self.send(core, place, asked_s, None);
                }
                Life::Kept
            }
            SubscriptionTimer::Answer | SubscriptionTimer::Forks => Life::Kept,
        }
    }

    /// What became of a REFER or SUBSCRIBE inside the dialog.
    pub(crate) fn outcome(&mut self, core: &mut Core, mut place: Place<'_>, delivery: &Delivery) -> Life {
        if self.transaction != Some(delivery.transaction) {
            return Life::Kept;
        }
        let response = match &delivery.outcome {
            Outcome::TimedOut => {
                return self.failed(core, place, delivery, &synthetic(408, "Request Timeout"));
            }
            Outcome::TransportFailed | Outcome::Unresolved(_) => {
                return self.failed(core, place, delivery, &synthetic(503, "Service Unavailable"));
            }
            Outcome::Response(response) => response,
        };
        match response.code.as_u16() {
            ..200 => Life::Kept,
            200..300 => {
                self.transaction = None;
                self.taken(core, place, delivery, response)
            }
            300.. if self.retried(core, &mut place, delivery, response) => Life::Kept,
            code => {
                let reason = response.reason.to_string();
                let refusal = Refusal { code, reason, headers: response.headers.clone(), synthetic: false };
                self.failed(core, place, delivery, &refusal)
            }
        }
    }

    /// Sends the request once more if the response says how.
    fn retried(
        &mut self,
        core: &mut Core,
        place: &mut Place<'_>,
        delivery: &Delivery,
        response: &Response,
    ) -> bool {
        if self.tries >= AUTHENTICATION_TRIES_MAX {
            return false;
        }
        let again = match response.code.as_u16() {
            401 | 407 => place.authorize(core, delivery, response),
            423 => longer(self.plan.asked_s, response).map(|expires_s| {
                self.plan.asked_s = expires_s;
                place.resend(core, delivery, Change::Expires(expires_s))
            }),
            _ => None,
        };
        let Some(transaction) = again else { return false };
        self.tries += 1;
        self.transaction = Some(transaction);
        if delivery.request.method == Method::Refer {
            self.plan.event = refer_event(place.dialog.local_cseq());
        }
        core.start(self.timer(SubscriptionTimer::N), core.config.timers.patience());
        true
    }

    fn taken(&mut self, core: &mut Core, place: Place<'_>, delivery: &Delivery, response: &Response) -> Life {
        if delivery.request.method == Method::Refer && tells_nothing(response) {
            self.tell(core, SubscriptionEvent::Accepted { id: self.id, expires_s: None });
            return self.end(core, SubscriptionEnd::Untold);
        }
        self.accepted(core, response);
        if self.wish == Wish::Leave {
            self.leave(core, place);
        }
        Life::Kept
    }

    /// Takes a 2xx over: to a refresh, to a REFER, or to the SUBSCRIBE that the attempt sent.
    pub(crate) fn accepted(&mut self, core: &mut Core, response: &Response) {
        let expires_s = granted(response).map(|granted_s| match self.plan.origin {
            Origin::Subscribe => granted_s.min(self.plan.asked_s),
            Origin::Refer => granted_s,
        });
        // RFC 5839: no NOTIFY will come.
        if response.code == StatusCode::NO_NOTIFICATION {
            core.stop(self.timer(SubscriptionTimer::N));
        }
        if self.wish != Wish::Leaving {
            self.tell(core, SubscriptionEvent::Accepted { id: self.id, expires_s });
            // An older NOTIFY may have told a shorter time than this response, never a longer one.
            let asked = (self.plan.origin == Origin::Subscribe).then_some(self.plan.asked_s);
            if let Some(seconds) = expires_s.or(asked) {
                self.holds_for(core, seconds);
            }
        }
    }

    /// The subscription ends in so many seconds unless it is refreshed; none at all is a fetch.
    fn holds_for(&mut self, core: &mut Core, seconds: u32) {
        if seconds == 0 || self.wish != Wish::Keep {
            return;
        }
        let percent = REFRESH_PERCENT + core.random.below(REFRESH_JITTER_PERCENT);
        let whole = Duration::from_secs(seconds.into());
        self.until = Some(core.now + whole);
        core.start(
            self.timer(SubscriptionTimer::Refresh),
            Duration::from_millis(u64::from(seconds) * 10 * percent),
        );
        core.start(self.timer(SubscriptionTimer::Expire), whole);
    }

    /// A request that made or refreshed the subscription was refused for good (RFC 6665 §4.1.2.2).
    fn failed(&mut self, core: &mut Core, place: Place<'_>, delivery: &Delivery, refusal: &Refusal) -> Life {
        self.transaction = None;
        if delivery.request.method == Method::Refer {
            self.tell(core, refusal.event(self.id));
            return Life::Over;
        }
        if self.wish == Wish::Leaving {
            return self.end(core, SubscriptionEnd::Unsubscribed);
        }
        match refusal.code {
            408 => return self.end(core, SubscriptionEnd::Unanswered),
            code if ends_subscription(code) => return self.end(core, SubscriptionEnd::Refused { code }),
            code => self.tell(core, SubscriptionEvent::RefreshRefused { id: self.id, code }),
        }
        core.stop(self.timer(SubscriptionTimer::N));
        if self.wish == Wish::Leave {
            self.leave(core, place);
        } else if let Some(rest) = self.until.map(|until| until.saturating_duration_since(core.now)) {
            core.start(self.timer(SubscriptionTimer::Refresh), (rest / 2).max(REFUSED_AGAIN));
        }
        Life::Kept
    }

    /// A NOTIFY of this subscription (RFC 6665 §4.1.3).
    pub(crate) fn notified(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        transaction: TransactionId,
        incoming: &IncomingRequest,
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
        let Ok(Some(state)) = incoming.request.headers.typed::<SubscriptionState>() else {
            return refuse(core, StatusCode::BAD_REQUEST);
        };
        if self.state == State::Waiting {
            place.dialog.adopt_route(incoming);
        }
        place.dialog.refresh_target(&incoming.request.headers);
        self.named = incoming.request.headers.typed().ok().flatten();
        let mut response = incoming.response(StatusCode::OK, None);
        response.headers.extend([place.dialog.contact(), core.server()]);
        core.respond(transaction, &response);
        self.heard(core, state, headers::body(&incoming.request.headers, &incoming.request.body))
    }

    fn heard(&mut self, core: &mut Core, state: SubscriptionState, body: Option<Body>) -> Life {
        // While we leave, a NOTIFY that crossed our SUBSCRIBE is not the last one.
        if self.wish != Wish::Leaving {
            core.stop(self.timer(SubscriptionTimer::N));
        }
        self.tell(core, SubscriptionEvent::Notified { id: self.id, state: state.clone(), body });
        match state.state() {
            Some(Subscription::Terminated) => return self.terminated(core, &state),
            Some(Subscription::Pending) => self.state = State::Pending,
            Some(Subscription::Active) => self.state = State::Active,
            None if self.state == State::Waiting => self.state = State::Pending,
            None => {}
        }
        // A REFER's subscription has no time of its own asking; without one it would hold for ever.
        let unlimited = self.plan.origin == Origin::Refer && self.until.is_none();
        if let Some(seconds) = state.expires_s().or(unlimited.then_some(REFER_EXPIRES_S)) {
            self.holds_for(core, seconds.min(EXPIRES_MAX_S));
        }
        Life::Kept
    }

    fn terminated(&mut self, core: &mut Core, state: &SubscriptionState) -> Life {
        if self.wish != Wish::Keep {
            return self.end(core, SubscriptionEnd::Unsubscribed);
        }
        let reason = state.reason().map(TerminationReason::of_word);
        let retry = retry(reason.as_ref(), state);
        self.end(core, SubscriptionEnd::Terminated { reason, retry })
    }
}

/// How long a REFER's subscription is asked to go on once it has to be refreshed.
const REFER_EXPIRES_S: u32 = 180;

/// The Event of a REFER's subscription.
pub(crate) fn refer_event(cseq: u32) -> Event {
    let mut event = Event::new("refer");
    event.params.set("id", cseq.to_string());
    event
}
