//! Requests on their way out: branch, size rule, machine, and the actions that it asks for.

use std::sync::Arc;

use bytes::Bytes;

use super::client::{Client, ClientMachine, Heard, SuccessAck};
use super::hop::Hop;
use super::incoming::IncomingRequest;
use super::itinerary::Itinerary;
use super::key::{ClientKey, MAGIC_COOKIE, ServerKey};
use super::locating::{Pending, Sending};
use super::table::{Delivery, Outcome};
use super::{Action, ClientEvent, Timer, TransactionId};
use crate::endpoint::config::LargeRequests;
use crate::endpoint::core::{Core, StreamTimer, TimerKey};
use crate::message::header::{CSeq, Route, To, Via};
use crate::message::{Header, HeaderName, Headers, Host, Method, Request, Response, Uri};
use crate::transport::destination::Destination;
use crate::transport::flow::Parcel;
use crate::transport::layer::SendError;
use crate::transport::{FlowId, Transport, via};
use crate::ua::user::User;

/// RFC 3261 §18.1.1: 1500 bytes of an Ethernet less 200 for the headers below and the response's growth.
const DATAGRAM_REQUEST_BYTES_MAX: usize = 1300;

/// What a Via of ours takes at most, with a bracketed IPv6 address.
const VIA_BYTES: usize = 130;
/// A request with everything that its transaction needs.
#[derive(Debug)]
pub(super) struct Launch {
    pub(super) request: Request,
    pub(super) way: Destination,
    pub(super) user: User,
    pub(super) branch: String,
    pub(super) itinerary: Option<Itinerary>,
}

impl Core {
    /// Starts a client transaction; its outcome comes as a [`Delivery`] for `user`.
    pub(crate) fn request(&mut self, request: Request, hop: impl Into<Hop>, user: User) -> TransactionId {
        let id = self.transactions.next_id();
        match hop.into() {
            Hop::Fixed(way) => {
                let branch = self.new_branch();
                self.launch(id, Launch { request, way, user, branch, itinerary: None });
            }
            Hop::Listed(way, itinerary) => self.set_out(id, request, user, way, itinerary),
            Hop::Located(locate) => {
                self.locate(id, Pending { request, sending: Sending::Transaction(user), locate });
            }
        }
        id
    }

    pub(crate) fn new_branch(&mut self) -> String {
        format!("{MAGIC_COOKIE}{}", self.random.signed())
    }

    /// A branch that is always the same for an INVITE that came, and for its CANCEL (RFC 3261 §16.11).
    pub(crate) fn branch_for(&self, cancel: &IncomingRequest) -> String {
        format!("{MAGIC_COOKIE}{}", self.random.signed_for(ServerKey::canceled_by(cancel).identity()))
    }

    /// Whether a branch is one of ours, with whatever behind it.
    pub(crate) fn is_own_branch(&self, branch: &str) -> bool {
        branch.strip_prefix(MAGIC_COOKIE).is_some_and(|token| self.random.is_signed(token))
    }

    /// Starts a client transaction under a branch that is already taken: a CANCEL's (RFC 3261 §9.1).
    pub(crate) fn request_with_branch(
        &mut self,
        request: Request,
        way: Destination,
        user: User,
        branch: String,
    ) -> TransactionId {
        let id = self.transactions.next_id();
        self.launch(id, Launch { request, way, user, branch, itinerary: None });
        id
    }

    /// Starts a client transaction under an id that is already taken.
    pub(super) fn launch(&mut self, id: TransactionId, launch: Launch) {
        let Launch { mut request, way, user, branch, itinerary } = launch;
        self.outbound.mark(user, &way, &mut request.headers);
        request.headers.push_front(Header::from_typed(&via_for(user, &way, &branch)));
        let mut payload = request.to_bytes();
        let (mut way, mut fallback) = (way, None);
        if let Some(stream) = self.stream_for_large(&way, payload.len()) {
            request.headers.set_first(&via_for(user, &stream, &branch));
            payload = request.to_bytes();
            fallback = Some(std::mem::replace(&mut way, stream));
        }
        let mut actions = Vec::new();
        let machine = ClientMachine::start(&request.method, self.config.timers, &way, &mut actions);
        let key = ClientKey { branch: branch.clone(), method: request.method.clone() };
        self.transactions.client_keys.insert(key, id);
        let client = Client {
            machine,
            request: Arc::new(request),
            branch,
            payload,
            way,
            user,
            ack: None,
            success_acks: Vec::new(),
            fallback,
            flow: None,
            heard: Heard::Nothing,
            itinerary,
        };
        self.transactions.clients.insert(id, client);
        self.carry_out_client(id, &actions, None);
    }

    /// Whether a request without its Via can be sent as it should: by a stream if it is large.
    pub(crate) fn fits(&self, request: &Request, way: &Destination) -> bool {
        let bytes = request.to_bytes().len() + VIA_BYTES;
        let too_large = way.transport == Transport::Udp && bytes > DATAGRAM_REQUEST_BYTES_MAX;
        !too_large || self.stream_for_large(way, bytes).is_some()
    }

    fn stream_for_large(&self, way: &Destination, bytes: usize) -> Option<Destination> {
        let too_large = way.transport == Transport::Udp && bytes > DATAGRAM_REQUEST_BYTES_MAX;
        if !too_large || self.config.large_requests == LargeRequests::StayOnUdp {
            return None;
        }
        self.transport.destination(Transport::Tcp, way.remote)
    }

    /// Sends a request that has no transaction: the ACK of a 2xx.
    pub(crate) fn send_ack(
        &mut self,
        invite: TransactionId,
        to_tag: &str,
        ack: Request,
        hop: impl Into<Hop>,
    ) {
        let to_tag = to_tag.to_owned();
        if let Some(client) = self.transactions.clients.get_mut(&invite) {
            client.success_acks.push(SuccessAck { to_tag: to_tag.clone(), to: None, sent: None });
        }
        match hop.into() {
            Hop::Fixed(way) | Hop::Listed(way, _) => self.transmit_ack(invite, &to_tag, ack, way),
            Hop::Located(locate) => {
                let id = self.transactions.next_id();
                let sending = Sending::Ack { invite, to_tag };
                self.locate(id, Pending { request: ack, sending, locate });
            }
        }
    }

    pub(super) fn transmit_ack(
        &mut self,
        invite: TransactionId,
        to_tag: &str,
        mut ack: Request,
        way: Destination,
    ) {
        let branch = self.new_branch();
        ack.headers.push_front(via::ours(&way, &branch));
        let payload = ack.to_bytes();
        let to = next_hop(&ack);
        self.transmit(&way, payload.clone(), to.as_ref());
        let client = self.transactions.clients.get_mut(&invite);
        let kept = client.and_then(|client| client.success_acks.iter_mut().find(|ack| ack.to_tag == to_tag));
        if let Some(kept) = kept {
            (kept.to, kept.sent) = (to, Some((way, payload)));
        }
    }

    /// Sends a response, or a message on a stream that is open already.
    pub(crate) fn transmit(&mut self, way: &Destination, payload: Bytes, to: Option<&Host>) {
        // A response that finds no way has nobody to tell.
        let _ = self.send_towards(way, payload, None, to);
    }

    /// Sends to whoever speaks for `to`; says on which stream.
    pub(super) fn send_towards(
        &mut self,
        way: &Destination,
        payload: Bytes,
        transaction: Option<TransactionId>,
        to: Option<&Host>,
    ) -> Result<Option<FlowId>, SendError> {
        self.counters.sent += 1;
        let parcel = Parcel { payload, transaction };
        let sent = self.transport.send(self.now, way, parcel, to, &mut self.outputs);
        match sent {
            Ok(flow) => self.watch_opening(flow),
            Err(SendError::Limit) => self.counters.limited_streams += 1,
            Err(SendError::NoFlow) => self.counters.transport_failures += 1,
        }
        sent
    }

    fn watch_opening(&mut self, flow: Option<FlowId>) {
        let Some(flow) = flow.filter(|flow| self.transport.streams.is_opening(*flow)) else { return };
        let key = TimerKey::Stream(flow, StreamTimer::Opening);
        if !self.schedule.is_running(key) {
            self.start(key, self.config.limits.stream_opening);
        }
    }

    /// A response came: to its transaction, or nowhere.
    pub(crate) fn receive_response(&mut self, response: Response) {
        let Some(id) = self.client_of(&response) else {
            self.counters.stray_responses += 1;
            self.forward_stray(response);
            return;
        };
        let code = response.code.as_u16();
        self.stop(TimerKey::Silence(id));
        let Some(client) = self.transactions.clients.get_mut(&id) else { return };
        client.heard = Heard::Something;
        if client.request.method == Method::Invite
            && (200..300).contains(&code)
            && self.repeat_ack(id, &response)
        {
            return;
        }
        if self.has_too_many_forks(id) {
            self.counters.limited_forks += 1;
            return;
        }
        let Some(client) = self.transactions.clients.get_mut(&id) else { return };
        // Whoever has answered is not asked again another way.
        client.fallback = None;
        if code >= 300 && client.request.method == Method::Invite && client.ack.is_none() {
            client.ack = Some(refusal_ack(&client.request, &response).to_bytes());
        }
        let mut actions = Vec::new();
        client.machine.handle(ClientEvent::Response(code), &mut actions);
        self.carry_out_client(id, &actions, Some(response));
    }

    /// Whether as many forks have answered with a 2xx as one INVITE may have.
    fn has_too_many_forks(&self, id: TransactionId) -> bool {
        let answered = self.transactions.clients.get(&id).map_or(0, |client| client.success_acks.len());
        answered >= self.config.limits.forks
    }

    fn client_of(&self, response: &Response) -> Option<TransactionId> {
        let branch = via::branch(&response.headers)?;
        let cseq: CSeq = response.headers.typed().ok()??;
        self.transactions.client_keys.get(&ClientKey { branch, method: cseq.method }).copied()
    }

    /// Sends the ACK of this fork again (RFC 3261 §13.2.2.4); false when it was never acknowledged.
    fn repeat_ack(&mut self, id: TransactionId, response: &Response) -> bool {
        let tag = to_tag(&response.headers).unwrap_or_default();
        let acks = self.transactions.clients.get(&id).map(|client| client.success_acks.as_slice());
        let Some(ack) = acks.unwrap_or_default().iter().find(|ack| ack.to_tag == tag) else { return false };
        if let (Some((way, payload)), to) = (ack.sent.clone(), ack.to.clone()) {
            self.counters.retransmissions_sent += 1;
            self.transmit(&way, payload, to.as_ref());
        }
        true
    }

    /// One of a client transaction's timers fired.
    pub(crate) fn fire_client(&mut self, id: TransactionId, timer: Timer) {
        let Some(client) = self.transactions.clients.get_mut(&id) else { return };
        let mut actions = Vec::new();
        client.machine.handle(ClientEvent::Timer(timer), &mut actions);
        self.carry_out_client(id, &actions, None);
    }

    fn carry_out_client(&mut self, id: TransactionId, actions: &[Action], mut response: Option<Response>) {
        let (mut onward, mut is_sent) = (None, true);
        for action in actions {
            match *action {
                Action::Transmit => is_sent = self.transmit_request(id),
                Action::Retransmit => {
                    self.counters.retransmissions_sent += 1;
                    is_sent = self.transmit_request(id);
                }
                Action::Acknowledge => self.acknowledge_refusal(id),
                Action::Start(timer, after) => self.start(TimerKey::Client(id, timer), after),
                Action::Stop(timer) => self.stop(TimerKey::Client(id, timer)),
                Action::Deliver => {
                    if let Some(response) = response.take() {
                        onward = self.conclude(id, Outcome::Response(Box::new(response)));
                    }
                }
                Action::TimeOut => {
                    self.counters.timeouts += 1;
                    onward = self.conclude(id, Outcome::TimedOut);
                }
                Action::Terminate => self.forget_client(id),
                Action::Try => {}
            }
        }
        if !is_sent {
            self.fail_client(id);
        }
        if let Some(onward) = onward {
            self.go_on(id, onward);
        }
    }

    /// Says whether the transport took it.
    fn transmit_request(&mut self, id: TransactionId) -> bool {
        let Some(client) = self.transactions.clients.get(&id) else { return true };
        let (way, payload, to) = (client.way, client.payload.clone(), next_hop(&client.request));
        let sent = self.send_towards(&way, payload, Some(id), to.as_ref());
        if let (Ok(flow), Some(client)) = (&sent, self.transactions.clients.get_mut(&id)) {
            client.flow = *flow;
        }
        sent.is_ok()
    }

    fn acknowledge_refusal(&mut self, id: TransactionId) {
        let Some(client) = self.transactions.clients.get(&id) else { return };
        let (way, Some(payload)) = (client.way, client.ack.clone()) else { return };
        let to = next_hop(&client.request);
        self.transmit(&way, payload, to.as_ref());
    }

    pub(super) fn deliver(&mut self, transaction: TransactionId, outcome: Outcome) {
        if let Some(client) = self.transactions.clients.get(&transaction) {
            let (user, request, way) = (client.user, Arc::clone(&client.request), client.way);
            let (flow, itinerary) = (client.flow, client.itinerary.clone());
            self.deliveries.push_back(Delivery { transaction, user, request, way, flow, itinerary, outcome });
        }
    }

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
        let key = ClientKey { branch: client.branch, method: client.request.method.clone() };
        self.transactions.client_keys.remove(&key);
    }
}

/// Our Via; a registration of ours asks whether keep-alives are welcome (RFC 6223 §4.2).
fn via_for(user: User, way: &Destination, branch: &str) -> Via {
    let mut via = via::ours_typed(way, branch);
    if matches!(user, User::Register(_)) {
        via.params.set_flag("keep");
    }
    via
}

/// The host or domain that the next hop speaks for: that of the first Route, or of the request URI.
fn next_hop(request: &Request) -> Option<Host> {
    let route: Option<Route> = request.headers.typed().ok()?;
    let uri = route.map(|route| route.0.uri).filter(Uri::is_loose_router);
    uri.or_else(|| request.uri.is_sip().then(|| request.uri.clone())).map(|uri| uri.host)
}

/// The To tag of a message.
pub(crate) fn to_tag(headers: &Headers) -> Option<String> {
    let to: To = headers.typed().ok()??;
    to.0.tag().map(str::to_owned)
}

/// The ACK of a refusal: the INVITE's hop, the refusal's To (RFC 3261 §17.1.1.3).
fn refusal_ack(invite: &Request, response: &Response) -> Request {
    let mut ack = hop_request(invite, Method::Ack);
    if let Some(to) = response.headers.get(&HeaderName::To) {
        ack.headers.set(Header::new(HeaderName::To, to));
    }
    ack
}

/// A request for the same hop and transaction as `invite`, topmost Via included: its ACK.
fn hop_request(invite: &Request, method: Method) -> Request {
    let mut copy = same_hop(invite, method);
    if let Some(via) = invite.headers.get(&HeaderName::Via) {
        copy.headers.push_front(Header::new(HeaderName::Via, via));
    }
    copy
}

/// The headers that ACK and CANCEL take from their INVITE (RFC 3261 §9.1, §17.1.1.3); Via is not among them.
pub(crate) fn same_hop(invite: &Request, method: Method) -> Request {
    let mut copy = Request::new(method.clone(), invite.uri.clone(), Headers::new());
    for name in [
        HeaderName::Route,
        HeaderName::MaxForwards,
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
        HeaderName::SessionId,
    ] {
        let values = invite.headers.get_all(&name);
        copy.headers.extend(values.map(|value| Header::new(name.clone(), value)));
    }
    if let Ok(Some(cseq)) = invite.headers.typed::<CSeq>() {
        copy.headers.push(Header::from_typed(&CSeq { number: cseq.number, method }));
    }
    copy
}
