//! The end of client transactions: a transport that refuses, a user that is gone, and being forgotten.

use std::sync::Arc;

use super::client::ClientMachine;
use super::sending::via_for;
use super::table::Outcome;
use super::{Timer, TransactionId};
use crate::endpoint::core::{Core, TimerKey};

impl Core {
    /// The stream that a message went on is closed. Once a response has come, its request is not sent again.
    pub(crate) fn lose_stream(&mut self, id: TransactionId) {
        match self.transactions.clients.get(&id) {
            Some(client) if client.is_unanswered() => self.fail_client(id),
            Some(_) => {}
            None => self.fail_server(id),
        }
    }

    /// The transport refused a request: by UDP after all if the size rule chose the stream, else to its next target,
    /// else it has failed.
    pub(crate) fn fail_client(&mut self, id: TransactionId) {
        self.counters.transport_failures += 1;
        let timers = self.config.timers;
        let Some(client) = self.transactions.clients.get_mut(&id) else { return };
        let Some(way) = client.fallback.take() else {
            let onward = self.conclude(id, Outcome::TransportFailed);
            self.forget_client(id);
            if let Some(onward) = onward {
                self.go_on(id, onward);
            }
            return;
        };
        let via = via_for(client.user, &way, &client.branch);
        Arc::make_mut(&mut client.request).headers.set_first(&via);
        client.payload = client.request.to_bytes();
        client.way = way;
        let mut actions = Vec::new();
        client.machine = ClientMachine::start(&client.request.method, timers, &way, &mut actions);
        self.carry_out_client(id, &actions, None);
    }

    /// An INVITE whose user is gone waits no longer than one that nobody has answered.
    pub(crate) fn limit_client(&mut self, id: TransactionId) {
        self.stay(id);
        let mut actions = Vec::new();
        if let Some(client) = self.transactions.clients.get_mut(&id) {
            client.machine.limit(&mut actions);
        }
        self.carry_out_client(id, &actions, None);
    }

    /// Forgets a client transaction and its timers.
    pub(crate) fn forget_client(&mut self, id: TransactionId) {
        self.schedule.stop_range(TimerKey::Client(id, Timer::FIRST)..=TimerKey::Client(id, Timer::LAST));
        self.stop(TimerKey::Silence(id));
        let Some(client) = self.transactions.clients.remove(&id) else { return };
        if let Some(flow) = client.flow {
            self.transport.streams.release(flow, id);
        }
        self.transactions.client_keys.remove(&client.key);
    }
}
