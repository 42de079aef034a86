//! Requests on their way out: branch, size rule, machine, and the actions that it asks for.

use std::sync::Arc;

use bytes::Bytes;

use super::client::{Client, ClientMachine, Heard};
use super::hop::Hop;
use super::incoming::IncomingRequest;
use super::itinerary::Itinerary;
use super::key::MAGIC_COOKIE;
use super::locating::{Pending, Sending};
use super::table::{Delivery, Outcome};
use super::{Action, ClientEvent, Timer, TransactionId};
use crate::endpoint::config::LargeRequests;
use crate::endpoint::core::{Core, StreamTimer, TimerKey};
use crate::message::header::{Route, To, Via};
use crate::message::{Header, Headers, Host, Request, Response, Uri};
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
        format!("{MAGIC_COOKIE}{}", self.random.signed_for(&self.keys.invite(cancel).name()))
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
        let key = self.keys.client(&branch, &request.method);
        self.transactions.client_keys.insert(key, id);
        let client = Client {
            machine,
            key,
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

    /// One of a client transaction's timers fired.
    pub(crate) fn fire_client(&mut self, id: TransactionId, timer: Timer) {
        let Some(client) = self.transactions.clients.get_mut(&id) else { return };
        let mut actions = Vec::new();
        client.machine.handle(ClientEvent::Timer(timer), &mut actions);
        self.carry_out_client(id, &actions, None);
    }

    pub(super) fn carry_out_client(
        &mut self,
        id: TransactionId,
        actions: &[Action],
        mut response: Option<Response>,
    ) {
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

    pub(super) fn deliver(&mut self, transaction: TransactionId, outcome: Outcome) {
        if let Some(client) = self.transactions.clients.get(&transaction) {
            let (user, request, way) = (client.user, Arc::clone(&client.request), client.way);
            let (flow, itinerary) = (client.flow, client.itinerary.clone());
            self.deliveries.push_back(Delivery { transaction, user, request, way, flow, itinerary, outcome });
        }
    }
}

/// Our Via; a registration of ours asks whether keep-alives are welcome (RFC 6223 §4.2).
pub(super) fn via_for(user: User, way: &Destination, branch: &str) -> Via {
    let mut via = via::ours_typed(way, branch);
    if matches!(user, User::Register(_)) {
        via.params.set_flag("keep");
    }
    via
}

/// The host or domain that the next hop speaks for: that of the first Route, or of the request URI.
pub(super) fn next_hop(request: &Request) -> Option<Host> {
    let route: Option<Route> = request.headers.typed().ok()?;
    let uri = route.map(|route| route.0.uri).filter(Uri::is_loose_router);
    uri.or_else(|| request.uri.is_sip().then(|| request.uri.clone())).map(|uri| uri.host)
}

/// The To tag of a message.
pub(crate) fn to_tag(headers: &Headers) -> Option<String> {
    let to: To = headers.typed().ok()??;
    to.0.tag().map(str::to_owned)
}
