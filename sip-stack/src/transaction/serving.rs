//! Requests on their way in: absorbed, refused for want of room, or given to the user agent; and responses.

use std::sync::Arc;

use bytes::Bytes;

use super::incoming::IncomingRequest;
use super::invite_server::InviteServer;
use super::key::Key;
use super::non_invite_server::NonInviteServer;
use super::returning::Return;
use super::server::{Server, ServerMachine};
use super::{Action, ServerEvent, Timer, TransactionId};
use crate::endpoint::SessionIds;
use crate::endpoint::core::{Core, TimerKey};
use crate::message::{Header, HeaderName, Method, Response, StatusCode};
use crate::proxy::preprocess::Routed;
use crate::resolve::Waiter;
use crate::ua::{InviteId, session_id};

/// A request that the user agent has to look at.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// `None` for an ACK, which nobody responds to.
    pub(crate) transaction: Option<TransactionId>,
    pub(crate) incoming: Arc<IncomingRequest>,
}

impl Core {
    /// Gives a request to its transaction, or makes one; `None` if nothing is left for the user agent.
    pub(crate) fn receive_request(&mut self, incoming: IncomingRequest) -> Option<Received> {
        let key = self.keys.server(&incoming);
        let known = self.transactions.server_keys.get(&key).copied();
        if incoming.request.method == Method::Ack {
            return self.receive_ack(known, incoming);
        }
        if let Some(id) = known {
            self.counters.retransmissions_absorbed += 1;
            self.step_server(id, ServerEvent::Request);
            return None;
        }
        let merge_key = self.keys.merge(&incoming).filter(|_| !self.is_forwarder_of(&incoming));
        if merge_key.as_ref().is_some_and(|key| self.transactions.merge_keys.contains_key(key)) {
            self.respond_statelessly(&incoming, StatusCode::LOOP_DETECTED, &[]);
            return None;
        }
        if !self.transactions.has_room(&self.config.limits, incoming.source.remote.ip()) {
            self.counters.limited_transactions += 1;
            self.refuse_for_now(&incoming);
            return None;
        }
        Some(self.new_server(key, merge_key, incoming))
    }

    /// Whether two copies of a request are two requests to us, as they are to a proxy: one may have come back for
    /// another of its targets.
    fn is_forwarder_of(&self, incoming: &IncomingRequest) -> bool {
        let is_asked = || self.config.screen.contains(&incoming.request.method);
        self.identity.is_some() && (incoming.routed != Routed::No || is_asked())
    }

    fn receive_ack(&mut self, known: Option<TransactionId>, incoming: IncomingRequest) -> Option<Received> {
        let received = Received { transaction: None, incoming: Arc::new(incoming) };
        let Some(id) = known else { return Some(received) };
        let actions = self.step_server(id, ServerEvent::Ack);
        actions.contains(&Action::Deliver).then_some(received)
    }

    fn new_server(&mut self, key: Key, merge: Option<Key>, incoming: IncomingRequest) -> Received {
        let id = self.transactions.next_id();
        let reliability = incoming.way.transport.reliability();
        let machine = if incoming.request.method == Method::Invite {
            ServerMachine::Invite(InviteServer::new(self.config.timers, reliability))
        } else {
            ServerMachine::NonInvite(NonInviteServer::new(self.config.timers, reliability))
        };
        let incoming = Arc::new(incoming);
        self.transactions.hold(incoming.source.remote.ip());
        self.transactions.server_keys.insert(key, id);
        if let Some(merge) = merge {
            self.transactions.merge_keys.insert(merge, id);
        }
        let server = Server {
            machine,
            key,
            merge,
            way: incoming.way,
            incoming: Arc::clone(&incoming),
            call: None,
            response: Bytes::new(),
            returning: Return::Direct,
            waits_for: None,
        };
        self.transactions.servers.insert(id, server);
        Received { transaction: Some(id), incoming }
    }

    /// Whether a request belongs to a transaction that exists.
    pub(crate) fn knows(&self, incoming: &IncomingRequest) -> bool {
        self.transactions.server_keys.contains_key(&self.keys.server(incoming))
    }

    /// Says whose call a CANCEL of this transaction means.
    pub(crate) fn own(&mut self, id: TransactionId, call: InviteId) {
        if let Some(server) = self.transactions.servers.get_mut(&id) {
            server.call = Some(call);
        }
    }

    /// The call of a transaction.
    pub(crate) fn owner(&self, id: TransactionId) -> Option<InviteId> {
        self.transactions.servers.get(&id).and_then(|server| server.call)
    }

    /// The INVITE that a CANCEL means, if its transaction is alive.
    pub(crate) fn canceled_transaction(&self, cancel: &IncomingRequest) -> Option<TransactionId> {
        self.transactions.server_keys.get(&self.keys.invite(cancel)).copied()
    }

    /// Sends a response through its transaction.
    pub(crate) fn respond(&mut self, id: TransactionId, response: &Response) {
        let payload = self.payload_of(id, response);
        let Some(server) = self.transactions.servers.get_mut(&id) else { return };
        let mut actions = Vec::new();
        server.machine.handle(ServerEvent::Respond(response.code.as_u16()), &mut actions);
        // A response that the machine does not send is not the one to repeat.
        if actions.iter().any(|action| matches!(action, Action::Transmit | Action::Retransmit)) {
            server.response = payload;
            if response.code.as_u16() >= 200 {
                server.incoming = Arc::new(server.incoming.answered());
            }
        }
        self.carry_out_server(id, &actions);
    }

    /// Sends a refusal, or anything else that may be said anew to each repetition of the request. From a crowded source
    /// the transaction ends with it, where nothing was said before (RFC 3261 §8.2.7).
    pub(crate) fn refuse(&mut self, id: TransactionId, response: &Response) {
        let server = self.transactions.servers.get(&id).filter(|server| server.has_said_nothing());
        let source = server.map(|server| server.incoming.source.remote.ip());
        self.respond(id, response);
        if source.is_some_and(|source| self.transactions.is_crowded(&self.config.limits, source)) {
            self.end_server(id);
        }
    }

    /// A response as it travels; that of a call carries the session's name.
    fn payload_of(&self, id: TransactionId, response: &Response) -> Bytes {
        let server = self.transactions.servers.get(&id).filter(|server| server.call.is_some());
        if self.config.session_ids == SessionIds::Off {
            return response.to_bytes();
        }
        let Some(server) = server else { return response.to_bytes() };
        let mut named = response.clone();
        self.name_session(&mut named.headers, session_id::heard(&server.incoming.request.headers));
        named.to_bytes()
    }

    /// Sends the 2xx of an INVITE again.
    pub(crate) fn repeat_success(&mut self, id: TransactionId) {
        self.step_server(id, ServerEvent::Respond(200));
    }

    /// Sends the last provisional response of an INVITE again.
    pub(crate) fn repeat_provisional(&mut self, id: TransactionId) {
        self.counters.retransmissions_sent += 1;
        self.transmit_response(id);
    }

    /// A response without a transaction (RFC 3261 §8.2.7): the same tag for each repetition of the request.
    pub(crate) fn respond_statelessly(
        &mut self,
        incoming: &IncomingRequest,
        code: StatusCode,
        headers: &[Header],
    ) {
        if incoming.request.method == Method::Ack {
            return;
        }
        let tag = self.repeatable_tag(incoming);
        let mut response = incoming.response(code, Some(&tag));
        response.headers.extend(headers.iter().cloned());
        response.headers.push(self.server());
        self.transmit(&incoming.way, response.to_bytes(), Some(&incoming.via.host));
    }

    /// The To tag of a response that each repetition of its request gets anew.
    pub(crate) fn repeatable_tag(&self, incoming: &IncomingRequest) -> String {
        self.random.derived(incoming.via.branch().unwrap_or(&incoming.call_id))
    }

    /// 503 with Retry-After, without keeping state.
    pub(crate) fn refuse_for_now(&mut self, incoming: &IncomingRequest) {
        let retry_after = self.retry_after(self.config.limits.retry_after_s);
        self.respond_statelessly(incoming, StatusCode::SERVICE_UNAVAILABLE, &[retry_after]);
    }

    pub(crate) fn retry_after(&self, seconds: u32) -> Header {
        Header::new(HeaderName::RetryAfter, seconds.to_string())
    }

    /// One of a server transaction's timers fired.
    pub(crate) fn fire_server(&mut self, id: TransactionId, timer: Timer) {
        self.step_server(id, ServerEvent::Timer(timer));
    }

    fn step_server(&mut self, id: TransactionId, event: ServerEvent) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(server) = self.transactions.servers.get_mut(&id) {
            server.machine.handle(event, &mut actions);
        }
        self.carry_out_server(id, &actions);
        actions
    }

    fn carry_out_server(&mut self, id: TransactionId, actions: &[Action]) {
        for action in actions {
            match *action {
                Action::Transmit => self.transmit_response(id),
                Action::Retransmit => {
                    self.counters.retransmissions_sent += 1;
                    self.transmit_response(id);
                }
                Action::Try => self.try_later(id),
                Action::Start(timer, after) => self.start(TimerKey::Server(id, timer), after),
                Action::Stop(timer) => self.stop(TimerKey::Server(id, timer)),
                Action::TimeOut => self.counters.timeouts += 1,
                Action::Terminate => self.end_server(id),
                Action::Acknowledge | Action::Deliver => {}
            }
        }
    }

    /// The user agent has looked at a request; if the owner's answer may take long, time begins to count.
    pub(crate) fn await_response(&mut self, id: TransactionId) {
        self.step_server(id, ServerEvent::Waits);
    }

    fn try_later(&mut self, id: TransactionId) {
        let Some(server) = self.transactions.servers.get_mut(&id) else { return };
        server.response = server.incoming.response(StatusCode::TRYING, None).to_bytes();
        self.transmit_response(id);
    }

    pub(super) fn transmit_response(&mut self, id: TransactionId) {
        let Some(server) = self.transactions.servers.get(&id) else { return };
        let (way, payload, to) = (server.way, server.response.clone(), server.incoming.via.host.clone());
        let waits = !self.transport.is_open(&way, &to);
        let sent = self.send_towards(&way, payload, waits.then_some(id), Some(&to));
        match (sent, self.transactions.servers.get_mut(&id)) {
            (Ok(flow), Some(server)) => server.waits_for = flow.filter(|_| waits),
            (Ok(_), None) => {}
            (Err(_), _) => self.fail_server(id),
        }
    }

    /// A response that waits for its stream may still have to go another way.
    fn end_server(&mut self, id: TransactionId) {
        let waits = self.transactions.servers.get(&id).is_some_and(|server| server.waits_for.is_some());
        match waits {
            true => self.start(TimerKey::Lingering(id), self.config.timers.patience()),
            false => self.forget_server(id),
        }
    }

    /// Forgets a server transaction and its timers.
    pub(crate) fn forget_server(&mut self, id: TransactionId) {
        self.stop(TimerKey::Lingering(id));
        self.resolver.abandon(Waiter::Response(id));
        self.schedule.stop_range(TimerKey::Server(id, Timer::FIRST)..=TimerKey::Server(id, Timer::LAST));
        let Some(server) = self.transactions.servers.remove(&id) else { return };
        if let Some(flow) = server.waits_for {
            self.transport.streams.release(flow, id);
        }
        self.transactions.release(server.incoming.source.remote.ip());
        self.transactions.server_keys.remove(&server.key);
        if let Some(merge) = server.merge
            && self.transactions.merge_keys.get(&merge) == Some(&id)
        {
            self.transactions.merge_keys.remove(&merge);
        }
    }
}
