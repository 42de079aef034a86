//! Requests whose first hop is a name: they wait for the DNS, then set out (RFC 3263 §4).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use super::TransactionId;
use super::hop::Locate;
use super::itinerary::Itinerary;
use super::table::{Delivery, Outcome};
use crate::dialog::is_hidden;
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::output::Output;
use crate::message::Request;
use crate::resolve::{self, Answer, QueryId, Subject, Unresolved, Waiter};
use crate::transport::destination::Destination;
use crate::ua::event::UaEvent;
use crate::ua::user::User;

/// How long a question may go without an answer. Whoever asks the DNS has its own time-outs, shorter than this.
const QUERY_PATIENCE: Duration = Duration::from_secs(5);

/// What the request is sent as.
#[derive(Clone, Debug)]
pub(crate) enum Sending {
    /// A transaction.
    Transaction(User),
    /// The ACK of a 2xx to this INVITE, from the fork with this tag.
    Ack { invite: TransactionId, to_tag: String },
    /// Somebody else's, on its way through without a transaction, under this branch parameter.
    Forwarded { branch: String },
}

/// A request that waits for its targets.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) request: Request,
    pub(crate) sending: Sending,
    pub(crate) locate: Locate,
}

impl Core {
    /// Looks for the targets of a request; it sets out once they are known.
    pub(crate) fn locate(&mut self, id: TransactionId, pending: Pending) {
        let subject = self.resolver.subject(&pending.locate.uri);
        self.transactions.pending.insert(id, pending);
        let outcome = match subject {
            Ok(subject) => self.resolve(Waiter::Request(id), subject),
            Err(why) => Some(Err(why)),
        };
        if let Some(outcome) = outcome {
            self.located(id, outcome);
        }
    }

    /// Begins a resolution; `None` while the DNS is being asked.
    pub(crate) fn resolve(&mut self, waiter: Waiter, subject: Subject) -> Option<resolve::Outcome> {
        let outcome = self.resolver.start(self.now, waiter, subject, &mut self.random);
        self.ask();
        outcome
    }

    /// Hands out new questions.
    fn ask(&mut self) {
        for (query, question) in self.resolver.take_fresh() {
            self.start(TimerKey::Query(query), QUERY_PATIENCE);
            let name = question.name.to_string();
            self.outputs.push_back(Output::Resolve { query, name, kind: question.kind });
        }
    }

    /// The DNS answered, or has not in time.
    pub(crate) fn receive_answer(&mut self, query: QueryId, answer: Answer) {
        self.stop(TimerKey::Query(query));
        for (waiter, outcome) in self.resolver.answer(self.now, query, answer, &mut self.random) {
            match waiter {
                Waiter::Request(id) => self.located(id, outcome),
                Waiter::Response(id) => self.response_located(id, outcome),
                Waiter::Owner(id) => self.event(UaEvent::Located { id, targets: outcome }),
            }
        }
        self.ask();
    }

    /// Whether a request still waits for its targets; if so it is forgotten.
    pub(crate) fn abandon_pending(&mut self, id: TransactionId) -> bool {
        self.resolver.abandon(Waiter::Request(id));
        self.transactions.pending.remove(&id).is_some()
    }

    fn located(&mut self, id: TransactionId, outcome: resolve::Outcome) {
        let Some(pending) = self.transactions.pending.remove(&id) else { return };
        let peer = pending.locate.peer;
        let (mut targets, why) = match outcome {
            Ok(targets) => (targets, Unresolved::NoUsableAddress),
            Err(why) => (Vec::new(), why),
        };
        targets.retain(|at| peer.is_none_or(|peer| !is_hidden(at.remote.ip(), peer.remote.ip())));
        if let Some(stranger) = pending.locate.named_by {
            targets.retain(|at| self.may_name(at.remote.ip(), stranger));
        }
        let mut itinerary = Itinerary::new(targets, pending.locate.clone());
        let next = itinerary.next(self.now, &mut self.dead_targets, &self.transport);
        match next.or(peer) {
            Some(way) => self.depart(id, pending, way, itinerary),
            None => self.fail_pending(id, pending, why),
        }
    }

    /// Whether a stranger's word may lead to this address.
    fn may_name(&self, hop: IpAddr, stranger: IpAddr) -> bool {
        match &self.identity {
            Some(identity) => identity.may_name(hop, stranger),
            None => !is_hidden(hop, stranger),
        }
    }

    fn depart(&mut self, id: TransactionId, pending: Pending, way: Destination, itinerary: Itinerary) {
        match pending.sending {
            Sending::Transaction(user) => self.set_out(id, pending.request, user, way, itinerary),
            Sending::Ack { invite, to_tag } => self.transmit_ack(invite, &to_tag, pending.request, way),
            Sending::Forwarded { branch } => {
                if let Some(relay) = itinerary.relay {
                    self.relay_statelessly(&relay, way, &branch);
                }
            }
        }
    }

    fn fail_pending(&mut self, transaction: TransactionId, pending: Pending, why: Unresolved) {
        self.counters.unresolved += 1;
        let Sending::Transaction(user) = pending.sending else { return };
        let (request, way) = (Arc::new(pending.request), pending.locate.contact);
        let outcome = Outcome::Unresolved(why);
        self.deliveries.push_back(Delivery {
            transaction,
            user,
            request,
            way,
            flow: None,
            itinerary: None,
            outcome,
        });
    }
}
