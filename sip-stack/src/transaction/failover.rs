//! From a target that failed to the next (RFC 3263 §4.3): the same request in a new transaction, under the id
//! that its user knows. The user hears of the last outcome only.

use std::time::Duration;

use super::acknowledging::same_hop;
use super::client::Heard;
use super::itinerary::Itinerary;
use super::sending::Launch;
use super::table::Outcome;
use super::{Timer, TransactionId};
use crate::endpoint::core::{Core, TimerKey};
use crate::message::header::RetryAfter;
use crate::message::{Method, Request};
use crate::transport::destination::Destination;
use crate::ua::call::CallTimer;
use crate::ua::headers;
use crate::ua::subscription::SubscriptionTimer;
use crate::ua::user::User;

/// The next attempt of a request.
#[derive(Debug)]
pub(crate) struct Onward {
    request: Request,
    user: User,
    way: Destination,
    itinerary: Itinerary,
}

/// What an outcome says about the target.
enum Verdict {
    /// It is there. A provisional response beyond 100 also means that somebody may be ringing.
    Alive {
        code: u16,
    },
    /// It asked to be spared; without a time, only this request is.
    Overloaded {
        retry_after: Option<Duration>,
    },
    Dead,
}

impl Core {
    /// Sends a request to the first of its targets.
    pub(crate) fn set_out(
        &mut self,
        id: TransactionId,
        mut request: Request,
        user: User,
        way: Destination,
        mut itinerary: Itinerary,
    ) {
        let mut branch = self.new_branch();
        match (&itinerary.relay, &self.identity) {
            (Some(relay), Some(identity)) => {
                request = relay.copy(identity, way);
                branch += relay.mark();
            }
            _ => headers::readdress(&mut request.headers, &itinerary.contact, &way),
        }
        itinerary.contact = way;
        let hurry = self.config.failover_after.filter(|_| itinerary.has_next(self.now, &self.dead_targets));
        if let Some(patience) = hurry {
            self.start(TimerKey::Silence(id), patience);
        }
        if let User::Invite(call) = user {
            self.restart(TimerKey::Call(call, CallTimer::FirstResponse), self.config.first_response);
        } else if let User::Subscription(of) = user {
            let timer_n = TimerKey::Subscription(of, SubscriptionTimer::Forks);
            self.restart(timer_n, Some(self.config.timers.patience()));
        }
        self.launch(id, Launch { request, way, user, branch, itinerary: Some(itinerary) });
    }

    /// Each target has the time that the only one would have.
    fn restart(&mut self, timer: TimerKey, patience: Option<Duration>) {
        if let Some(patience) = patience.filter(|_| self.schedule.is_running(timer)) {
            self.start(timer, patience);
        }
    }

    /// Delivers an outcome, unless it says that the request should go on to another target.
    pub(crate) fn conclude(&mut self, id: TransactionId, outcome: Outcome) -> Option<Onward> {
        let onward = self.onward(id, &outcome);
        if onward.is_none() {
            self.deliver(id, outcome);
        }
        onward
    }

    fn onward(&mut self, id: TransactionId, outcome: &Outcome) -> Option<Onward> {
        let (now, dead) = (self.now, &mut self.dead_targets);
        let client = self.transactions.clients.get_mut(&id)?;
        let itinerary = client.itinerary.as_mut()?;
        let target = itinerary.current?;
        match verdict(outcome, client.heard) {
            Verdict::Alive { code } => {
                dead.revive(&target);
                if (101..200).contains(&code) {
                    itinerary.settle();
                }
                return None;
            }
            Verdict::Overloaded { retry_after: None } => {}
            Verdict::Overloaded { retry_after } => dead.fail(now, target, retry_after),
            Verdict::Dead => dead.fail(now, target, None),
        }
        let way = itinerary.next(now, dead, &self.transport)?;
        self.counters.failovers += 1;
        let mut request = Request::clone(&client.request);
        // Ours, which the next attempt writes anew.
        request.headers.remove_at(0);
        Some(Onward { request, user: client.user, way, itinerary: itinerary.clone() })
    }

    /// Begins the next attempt; what is left of the last one goes on under another id.
    pub(crate) fn go_on(&mut self, id: TransactionId, onward: Onward) {
        self.set_aside(id);
        let Onward { request, user, way, itinerary } = onward;
        self.set_out(id, request, user, way, itinerary);
    }

    /// The request stays where it is now, whatever becomes of it: nobody wants it any more.
    pub(crate) fn stay(&mut self, id: TransactionId) {
        let client = self.transactions.clients.get_mut(&id);
        if let Some(itinerary) = client.and_then(|client| client.itinerary.as_mut()) {
            itinerary.settle();
        }
        self.stop(TimerKey::Silence(id));
    }

    /// A target has been silent for long while another one is left; or an INVITE that was passed on has no end.
    pub(crate) fn fire_silence(&mut self, id: TransactionId) {
        let Some(client) = self.transactions.clients.get(&id) else { return };
        if matches!(client.user, User::Superseded | User::SupersededBranch(_)) {
            return self.forget_client(id);
        }
        if let Some(onward) = self.onward(id, &Outcome::TimedOut) {
            self.counters.timeouts += 1;
            self.go_on(id, onward);
        }
    }

    /// A transaction whose request went on still absorbs what its target sends. It repeats nothing, so that a
    /// target that comes back does not ring as well; one that rings all the same is cancelled.
    fn set_aside(&mut self, id: TransactionId) {
        self.stop(TimerKey::Silence(id));
        let flow = self.transactions.clients.get(&id).and_then(|client| client.flow);
        if flow.is_some_and(|flow| self.transport.withdraw(flow, id)) {
            return self.forget_client(id);
        }
        let Some(mut client) = self.transactions.clients.remove(&id) else { return };
        if let Some(flow) = client.flow.take() {
            self.transport.streams.release(flow, id);
        }
        let aside = self.transactions.next_id();
        for timer in [Timer::B, Timer::D, Timer::F, Timer::K] {
            self.schedule.rename(TimerKey::Client(id, timer), TimerKey::Client(aside, timer));
        }
        self.schedule.stop_range(TimerKey::Client(id, Timer::FIRST)..=TimerKey::Client(id, Timer::LAST));
        let is_open = client.request.method == Method::Invite && client.heard == Heard::Nothing;
        client.user = match (client.user, is_open) {
            (User::Proxy(branch), true) => User::SupersededBranch(branch),
            (_, true) => User::Superseded,
            (_, false) => User::Nobody,
        };
        client.itinerary = None;
        self.transactions.client_keys.insert(client.key, aside);
        self.transactions.clients.insert(aside, client);
    }

    /// Cancels an INVITE that rings although the call went on elsewhere.
    pub(crate) fn cancel_superseded(&mut self, invite: TransactionId) {
        let patience = self.config.timers.patience();
        let Some(client) = self.transactions.clients.get(&invite) else { return };
        let branch = client.branch.clone();
        let key = self.keys.client(&branch, &Method::Cancel);
        if self.transactions.client_keys.contains_key(&key) {
            return;
        }
        let mut cancel = same_hop(&client.request, Method::Cancel);
        let way = client.way;
        cancel.headers.push(self.user_agent());
        self.request_with_branch(cancel, way, User::Nobody, branch);
        self.start(TimerKey::Silence(invite), patience);
    }
}

fn verdict(outcome: &Outcome, heard: Heard) -> Verdict {
    match outcome {
        Outcome::Response(response) => match response.code.as_u16() {
            503 => {
                let asked = response.headers.typed::<RetryAfter>().ok().flatten();
                let seconds = asked.map(|after| Duration::from_secs(after.seconds.into()));
                Verdict::Overloaded { retry_after: seconds }
            }
            code => Verdict::Alive { code },
        },
        Outcome::TimedOut if heard == Heard::Something => Verdict::Alive { code: 408 },
        Outcome::TimedOut | Outcome::TransportFailed => Verdict::Dead,
        Outcome::Unresolved(_) => Verdict::Overloaded { retry_after: None },
    }
}
