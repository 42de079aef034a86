//! A SUBSCRIBE or REFER outside of dialogs, as long as it may make some (RFC 6665 §4.1.2.1, §4.1.2.4, §4.4.1).

use std::sync::Arc;
use std::time::Instant;

use super::answer::{Refusal, longer, synthetic, tells_nothing};
use super::command::{Refer, Subscribe, SubscriptionId};
use super::event::{SubscriptionEnd, SubscriptionEvent};
use super::subscriber::{Origin, Plan};
use super::{Life, SubscriptionTimer, referral};
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::error::CommandError;
use crate::message::header::{Event, Expires};
use crate::message::{Header, HeaderName, Method, NameAddr, Request, Response};
use crate::transaction::TransactionId;
use crate::transaction::table::{Delivery, Outcome};
use crate::transport::destination::Destination;
use crate::ua::authenticate::{AUTHENTICATION_TRIES_MAX, Authentication};
use crate::ua::credentials::Credentials;
use crate::ua::event::UaEvent;
use crate::ua::outgoing;
use crate::ua::request::Outgoing;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

/// What the endpoint has to do about an outcome.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing yet.
    Wait,
    /// A 2xx: it makes a dialog, or belongs to one that a NOTIFY made.
    Accepted(Box<Response>),
    /// Nothing will come of it.
    Over,
}

/// Whether what comes of it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Yes,
    /// Unsubscribed before there was a dialog to do it in.
    No,
}

/// The request, and what its forks will need.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) id: SubscriptionId,
    pub(crate) plan: Plan,
    /// The request as it was sent last.
    pub(crate) request: Arc<Request>,
    pub(crate) way: Destination,
    pub(crate) credentials: Option<Credentials>,
    /// The dialogs that came of it.
    pub(crate) forks: usize,
    pub(crate) wanted: Wanted,
    authentication: Authentication,
    transaction: TransactionId,
    cseq: u32,
    tries: u8,
}

impl Attempt {
    /// Sends a SUBSCRIBE.
    pub(crate) fn subscribe(
        core: &mut Core,
        id: SubscriptionId,
        subscribe: Subscribe,
    ) -> Result<Self, CommandError> {
        let mut headers =
            vec![Header::from_typed(&subscribe.event), Header::from_typed(&Expires(subscribe.expires_s))];
        headers.extend(subscribe.headers.iter().cloned());
        let outgoing = Outgoing {
            method: Method::Subscribe,
            uri: subscribe.uri,
            target: subscribe.target,
            route: subscribe.route,
            from: subscribe.from,
            to: subscribe.to,
            headers,
            body: subscribe.body,
            credentials: subscribe.credentials,
        };
        let plan = Plan {
            event: subscribe.event,
            origin: Origin::Subscribe,
            asked_s: subscribe.expires_s,
            headers: subscribe.headers,
        };
        Self::start(core, id, plan, outgoing)
    }

    /// Sends a REFER.
    pub(crate) fn refer(core: &mut Core, id: SubscriptionId, refer: Refer) -> Result<Self, CommandError> {
        let outgoing = Outgoing {
            method: Method::Refer,
            uri: refer.uri,
            target: refer.target,
            route: refer.route,
            from: refer.from,
            to: refer.to,
            headers: referral::headers(&refer.referral, refer.target_dialog.as_ref()),
            body: refer.referral.body,
            credentials: refer.credentials,
        };
        let plan =
            Plan { event: Event::new("refer"), origin: Origin::Refer, asked_s: 0, headers: Vec::new() };
        Self::start(core, id, plan, outgoing)
    }

    fn start(
        core: &mut Core,
        id: SubscriptionId,
        plan: Plan,
        outgoing: Outgoing,
    ) -> Result<Self, CommandError> {
        crate::ua::headers::check_own(&outgoing.headers)?;
        let hop = core.hop(&outgoing.target, outgoing.route.first().unwrap_or(&outgoing.uri))?;
        let way = hop.contact();
        let mut request = outgoing::write(core, &outgoing, &way);
        request.headers.push(core.allow());
        let sent = Arc::new(request.clone());
        let authentication = Authentication::new(outgoing.credentials.clone(), &hop);
        let transaction = core.request(request, hop, User::Subscription(id));
        let attempt = Self {
            id,
            plan,
            request: sent,
            way,
            credentials: outgoing.credentials,
            forks: 0,
            wanted: Wanted::Yes,
            authentication,
            transaction,
            cseq: 1,
            tries: 0,
        };
        attempt.start_n(core);
        Ok(attempt)
    }

    fn start_n(&self, core: &mut Core) {
        core.start(self.timer_n(), core.config.timers.patience());
    }

    fn timer_n(&self) -> TimerKey {
        TimerKey::Subscription(self.id, SubscriptionTimer::Forks)
    }

    /// When timer N fires.
    pub(crate) fn n(&self, core: &Core) -> Instant {
        core.schedule.deadline(self.timer_n()).unwrap_or(core.now)
    }

    /// Notes what was sent last, and where: a NOTIFY may come before the response does.
    pub(crate) fn catch_up(&mut self, core: &Core) {
        if let Some(client) = core.transactions.clients.get(&self.transaction) {
            (self.request, self.way) = (Arc::clone(&client.request), client.way);
        }
    }

    /// Call-ID and From tag, which each NOTIFY has to have.
    pub(crate) fn key(&self) -> Option<(String, String)> {
        let from: NameAddr = self.request.headers.get(&HeaderName::From)?.parse().ok()?;
        Some((self.request.headers.get(&HeaderName::CallId)?.to_owned(), from.tag()?.to_owned()))
    }

    /// What became of the request.
    pub(crate) fn outcome(&mut self, core: &mut Core, delivery: &Delivery) -> Step {
        if delivery.transaction != self.transaction {
            return Step::Wait;
        }
        (self.request, self.way) = (Arc::clone(&delivery.request), delivery.way);
        let response = match &delivery.outcome {
            Outcome::TimedOut => return self.refused(core, &synthetic(408, "Request Timeout")),
            Outcome::TransportFailed | Outcome::Unresolved(_) => {
                return self.refused(core, &synthetic(503, "Service Unavailable"));
            }
            Outcome::Response(response) => response,
        };
        match response.code.as_u16() {
            ..200 => Step::Wait,
            200..300 if self.plan.origin == Origin::Refer && tells_nothing(response) => {
                self.tell(core, SubscriptionEvent::Accepted { id: self.id, expires_s: None });
                let end = SubscriptionEnd::Untold;
                self.tell(core, SubscriptionEvent::Ended { id: self.id, end });
                Step::Over
            }
            200..300 => Step::Accepted(response.clone()),
            300.. if self.retried(core, delivery, response) => Step::Wait,
            code => {
                let reason = response.reason.to_string();
                let headers = response.headers.clone();
                self.refused(core, &Refusal { code, reason, headers, synthetic: false })
            }
        }
    }

    fn tell(&self, core: &mut Core, event: SubscriptionEvent) {
        core.event(UaEvent::Subscription(event));
    }

    /// A NOTIFY may have come before a refusal that a proxy made up; then there is a subscription all the same.
    fn refused(&mut self, core: &mut Core, refusal: &Refusal) -> Step {
        if self.forks > 0 {
            return Step::Wait;
        }
        self.tell(core, refusal.event(self.id));
        Step::Over
    }

    fn retried(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) -> bool {
        if self.tries >= AUTHENTICATION_TRIES_MAX {
            return false;
        }
        let change = match response.code.as_u16() {
            401 | 407 => self.authentication.answer(core, delivery, response).map(Change::Authorize),
            423 => longer(self.plan.asked_s, response).map(|expires_s| {
                self.plan.asked_s = expires_s;
                Change::Expires(expires_s)
            }),
            _ => None,
        };
        let Some(change) = change else { return false };
        self.tries += 1;
        self.cseq += 1;
        let user = User::Subscription(self.id);
        self.transaction = resend(core, &delivery.request, self.cseq, change, delivery.hop(), user);
        self.catch_up(core);
        self.start_n(core);
        true
    }

    /// Timer N fired: nobody else is listened to; over without a word if somebody was heard.
    pub(crate) fn close(&self, core: &mut Core) -> Life {
        if self.forks == 0 {
            let end = match self.wanted {
                Wanted::Yes => SubscriptionEnd::Unanswered,
                Wanted::No => SubscriptionEnd::Unsubscribed,
            };
            self.tell(core, SubscriptionEvent::Ended { id: self.id, end });
        }
        Life::Over
    }
}
