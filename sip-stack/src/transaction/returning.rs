//! Responses that cannot go back where their request came from: to the host of the topmost Via (RFC 3263 §5).

use std::collections::VecDeque;
use std::net::SocketAddr;

use super::client::Heard;
use super::{Server, TransactionId};
use crate::dialog::is_hidden;
use crate::endpoint::core::{Core, TimerKey};
use crate::resolve::{self, Subject, Waiter};
use crate::transport::destination::Destination;
use crate::transport::{FlowId, Transport};
use crate::ua::Target;

/// How far the search for another way back has come.
#[derive(Debug)]
pub(crate) enum Return {
    /// The request's own way serves.
    Direct,
    /// The Via's host is being resolved.
    Looking,
    /// What is left of its targets.
    Targets(VecDeque<Target>),
}

impl Core {
    /// The transport refused the last response of a transaction: to the next target of the Via, once the first
    /// failure has made us look for them.
    pub(crate) fn fail_server(&mut self, id: TransactionId) {
        let Some(server) = self.transactions.servers.get_mut(&id) else { return };
        match &server.returning {
            Return::Looking => {}
            Return::Targets(_) => self.return_elsewhere(id),
            Return::Direct => {
                server.returning = Return::Looking;
                let subject = Subject::of_via(&server.incoming.via, server.incoming.hop.transport);
                let outcome = subject.map(|subject| self.resolve(Waiter::Response(id), subject));
                match outcome {
                    Ok(None) => {}
                    Ok(Some(outcome)) => self.response_located(id, outcome),
                    Err(why) => self.response_located(id, Err(why)),
                }
            }
        }
    }

    pub(crate) fn response_located(&mut self, id: TransactionId, outcome: resolve::Outcome) {
        let Some(server) = self.transactions.servers.get_mut(&id) else { return };
        let source = server.incoming.source.remote.ip();
        let mut targets = outcome.unwrap_or_default();
        targets.retain(|target| !is_hidden(target.remote.ip(), source));
        server.returning = Return::Targets(targets.into());
        self.return_elsewhere(id);
    }

    fn return_elsewhere(&mut self, id: TransactionId) {
        let Some(server) = self.transactions.servers.get_mut(&id) else { return };
        let transport = &self.transport;
        let way = next_way(server, |at| transport.destination(at.transport, at.remote));
        let Some(way) = way else { return };
        server.way = way;
        self.transmit_response(id);
    }

    /// A stream is open: responses that waited for it have left.
    pub(crate) fn responses_left(&mut self, flow: FlowId) {
        let waiting = self.transport.transactions_on(flow);
        for id in waiting {
            let Some(server) = self.transactions.servers.get_mut(&id) else { continue };
            server.waits_for = None;
            self.transport.streams.release(flow, id);
            if self.schedule.is_running(TimerKey::Lingering(id)) {
                self.forget_server(id);
            }
        }
    }

    /// Nobody is at this UDP address: what waits for its answer fails, what owes it one looks elsewhere.
    pub(crate) fn fail_datagrams(&mut self, remote: SocketAddr) {
        let target = Target::new(Transport::Udp, remote);
        let clients = self.transactions.clients.iter();
        let unheard = clients.filter(|(_, it)| it.way.target() == target && it.heard == Heard::Nothing);
        let unheard: Vec<TransactionId> = unheard.map(|(id, _)| *id).collect();
        let servers = self.transactions.servers.iter();
        let owing = servers.filter(|(_, it)| it.way.target() == target && !it.response.is_empty());
        let owing: Vec<TransactionId> = owing.map(|(id, _)| *id).collect();
        unheard.into_iter().for_each(|id| self.fail_client(id));
        owing.into_iter().for_each(|id| self.fail_server(id));
    }
}

/// The next target that a listener reaches and that has not just failed.
fn next_way(server: &mut Server, reach: impl Fn(Target) -> Option<Destination>) -> Option<Destination> {
    let Return::Targets(targets) = &mut server.returning else { return None };
    let failed = server.way.target();
    std::iter::from_fn(|| targets.pop_front()).filter(|target| *target != failed).find_map(reach)
}
