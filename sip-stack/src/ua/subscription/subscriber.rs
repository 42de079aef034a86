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

mod answered;
mod notified;

use std::time::{Duration, Instant};

use super::event::{SubscriptionEnd, SubscriptionEvent};
use super::place::{Place, Words};
use super::{Life, SubscriptionId, SubscriptionTimer, UsageKey};
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::error::CommandError;
use crate::message::header::{Event, Expires};
use crate::message::{Header, Method};
use crate::transaction::TransactionId;
use crate::ua::command::Body;
use crate::ua::event::UaEvent;
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
}

/// How long a REFER's subscription is asked to go on once it has to be refreshed.
const REFER_EXPIRES_S: u32 = 180;

/// The Event of a REFER's subscription.
pub(crate) fn refer_event(cseq: u32) -> Event {
    let mut event = Event::new("refer");
    event.params.set("id", cseq.to_string());
    event
}
