//! The task that owns the endpoint: wait for one thing, handle it, drain, repeat.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use engine::SipCommand;
use sip_stack::endpoint::{Config, Output};
use sip_stack::message::Uri;
use sip_stack::transport::{FlowId, Transport};
use sip_stack::ua::{InviteId, RequestId, Respond, Source, UaEvent};
use sip_stack::{CommandError, Endpoint};
use tokio::net::UdpSocket;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tracing::debug;

use super::bind::Bound;
use super::dns::{Dns, Question};
use super::input::{Input, Opened, read_datagrams};
use super::look_ups::{Found, LookUps};
use super::phones::{Decision, Neighbour, Phones};
use super::registrations::{Registrations, TrunkRegistration};
use super::stream::{self, ACCEPTED_MAX, Flows, Wanted, accept, connect};
use super::tls::Tls;
use super::websocket::Door;
use super::writers::Writers;
use crate::backlog::Backlog;
use crate::config::Sip;
use crate::telemetry::SipCounters;

/// Datagrams and stream chunks that wait for the endpoint.
const INBOX: usize = 2048;
/// Beyond so many events that the calls have not taken, new calls are refused.
const EVENTS_WAITING_MAX: usize = 64;

/// A host of a trunk that is silent for so long is passed over: three of them are what a caller waits through.
const FAILOVER_AFTER_MAX: Duration = Duration::from_secs(3);

/// Streams of our own to trunks.
const CONNECTED_MAX: usize = 1000;

/// How long calls that are being ended may take to end on both sides, when the gateway stops.
const LINGER: Duration = Duration::from_secs(2);

/// What others ask of the endpoint.
pub enum Request {
    /// A command of the switch.
    Command(SipCommand),
    /// The registrations to keep.
    Register(Vec<TrunkRegistration>),
    /// The trunks that phones may call and be called by.
    Neighbours(Vec<Neighbour>),
    /// Where a URI leads.
    Locate(Box<Uri>, Found),
    /// Withdraw registrations, then stop once nothing waits to be sent.
    Stop,
}

/// What the endpoint tells the calls.
#[derive(Debug)]
pub enum Report {
    /// A fact.
    Event(UaEvent),
    /// An INVITE command had no effect.
    InviteRefused(InviteId),
}

/// The endpoint with its sockets.
pub struct Driver {
    endpoint: Endpoint,
    datagrams: Vec<(Arc<UdpSocket>, SocketAddr)>,
    writers: Writers,
    tls: Tls,
    door: Door,
    dns: Dns,
    look_ups: LookUps,
    /// Streams whose peer has not taken all that was written to them.
    unsent: Vec<(FlowId, usize)>,
    registrations: Registrations,
    phones: Option<Phones>,
    inbox: async_channel::Receiver<Input>,
    sender: async_channel::Sender<Input>,
    /// New calls that there is no room for.
    refused: Vec<InviteId>,
    /// What the calls' mailbox has no room for yet.
    reports: Backlog<Report>,
    counters: SipCounters,
    tasks: JoinSet<()>,
}

/// What woke the driver.
enum Wake {
    Input(Input),
    Request(Option<Request>),
    Room,
    Deadline,
}

impl Driver {
    /// Takes the sockets and starts to read them.
    pub fn new(
        bound: Bound,
        settings: &Sip,
        phones: Option<Phones>,
        seed: [u8; 32],
        reports: mpsc::Sender<Report>,
    ) -> Self {
        let (sender, inbox) = async_channel::bounded(INBOX);
        let mut config = Config::new(bound.listeners);
        config.limits.streams = ACCEPTED_MAX + bound.websockets_max + CONNECTED_MAX;
        // Nobody listens behind a WebSocket.
        config.outbound = vec![Transport::Udp, Transport::Tcp, Transport::Tls];
        config.user_agent.clone_from(&settings.user_agent);
        let patience = Duration::from_secs((*settings.first_response_s.get_ref()).into());
        config.first_response = Some(patience);
        // The next host of a trunk is worth trying sooner than the next trunk.
        config.failover_after = Some(FAILOVER_AFTER_MAX.min(patience / 2));
        if let Some(phones) = &phones {
            phones.configure(&mut config);
        }
        let mut tasks = JoinSet::new();
        for (socket, local) in &bound.datagrams {
            tasks.spawn(read_datagrams(socket.clone(), *local, sender.clone()));
        }
        let (flows, slots) = (Flows::new(), Arc::new(Semaphore::new(ACCEPTED_MAX)));
        for (listener, transport) in bound.streams {
            let tls = (transport == Transport::Tls).then(|| bound.tls.clone());
            let (flows, slots, inbox) = (flows.clone(), slots.clone(), sender.clone());
            tasks.spawn(accept(stream::Door { listener, tls, flows, slots, inbox }));
        }
        let door = Door { transport: bound.websocket, flows, inbox: sender.clone() };
        Self {
            endpoint: Endpoint::new(config, seed, Instant::now()),
            datagrams: bound.datagrams,
            writers: Writers::default(),
            tls: bound.tls,
            door,
            dns: bound.dns,
            look_ups: LookUps::default(),
            unsent: Vec::new(),
            registrations: Registrations::default(),
            phones,
            inbox,
            sender,
            refused: Vec::new(),
            reports: Backlog::new(reports),
            counters: SipCounters::default(),
            tasks,
        }
    }

    /// Where browsers' SIP comes in.
    pub fn door(&self) -> Door {
        self.door.clone()
    }

    /// Runs until it is told to stop or nobody is left to tell it.
    pub async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        loop {
            let deadline = self.drain().await;
            let wake = tokio::select! {
                request = requests.recv() => Wake::Request(request),
                // Commands are always taken; the network waits while the calls do.
                Ok(input) = self.inbox.recv(), if self.reports.is_empty() => Wake::Input(input),
                _ = self.reports.mailbox().reserve(), if !self.reports.is_empty() => Wake::Room,
                () = tokio::time::sleep_until(deadline.into()) => Wake::Deadline,
            };
            match wake {
                Wake::Input(input) => self.handle(input),
                Wake::Request(Some(Request::Command(command))) => self.command(command),
                Wake::Request(Some(Request::Register(wanted))) => {
                    self.registrations.update(&mut self.endpoint, Instant::now(), wanted);
                }
                Wake::Request(Some(Request::Neighbours(neighbours))) => {
                    if let Some(phones) = &mut self.phones {
                        phones.set_neighbours(neighbours);
                    }
                }
                Wake::Request(Some(Request::Locate(uri, found))) => {
                    self.look_ups.ask(&mut self.endpoint, &uri, found);
                }
                Wake::Request(Some(Request::Stop) | None) => return self.stop().await,
                Wake::Room => {}
                Wake::Deadline => self.expire(Instant::now()),
            }
        }
    }

    /// Withdraws registrations, and gives calls that are being ended a moment to end on both sides.
    async fn stop(mut self) {
        self.registrations.withdraw(&mut self.endpoint, Instant::now());
        let end = Instant::now() + LINGER;
        loop {
            let deadline = self.drain().await.min(end);
            if self.endpoint.calls() == 0 || Instant::now() >= end {
                break;
            }
            tokio::select! {
                Ok(input) = self.inbox.recv() => self.handle(input),
                () = tokio::time::sleep_until(deadline.into()) => self.endpoint.handle_timeout(Instant::now()),
            }
        }
        self.tasks.shutdown().await;
    }

    fn expire(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        if let Some(phones) = &mut self.phones {
            phones.handle_timeout(now);
        }
    }

    fn handle(&mut self, input: Input) {
        let now = Instant::now();
        match input {
            Input::Datagram { local, remote, payload, seat } => {
                drop(seat);
                self.endpoint.handle_datagram(now, local, remote, payload);
            }
            Input::Opened(opened) => self.opened(now, *opened),
            Input::Data { flow, payload } => self.endpoint.handle_stream_data(now, flow, payload),
            Input::Answer { query, answer } => self.endpoint.handle_dns(now, query, answer),
            Input::Closed { flow } => {
                self.writers.remove(flow);
                self.endpoint.handle_stream_closed(now, flow);
                if let Some(phones) = &mut self.phones {
                    phones.flow_closed(flow);
                }
            }
        }
    }

    fn opened(&mut self, now: Instant, opened: Opened) {
        let Opened { flow, transport, local, remote, certificate, writer } = opened;
        self.writers.insert(flow, transport, writer);
        match certificate {
            Some(names) => {
                self.endpoint.handle_secure_stream_opened(now, flow, transport, local, remote, &names);
            }
            None => self.endpoint.handle_stream_opened(now, flow, transport, local, remote),
        }
    }

    fn command(&mut self, command: SipCommand) {
        let (now, endpoint) = (Instant::now(), &mut self.endpoint);
        let done = match command {
            SipCommand::Invite(id, invite) => {
                let placed = endpoint.invite(now, id, *invite);
                if placed.is_err() {
                    self.reports.push(Report::InviteRefused(id));
                }
                placed
            }
            SipCommand::Respond(id, respond) => endpoint.respond(now, id, respond),
            SipCommand::Ack(id, answer) => endpoint.ack(now, id, answer),
            SipCommand::Hangup(id, hangup) => endpoint.hangup(now, id, hangup),
            SipCommand::Reoffer(id, offer) => endpoint.reoffer(now, id, offer),
            SipCommand::AnswerReoffer(id, code, answer) => endpoint.answer_reoffer(now, id, code, answer),
            SipCommand::Info(id, body) => endpoint.info(now, id, body),
            SipCommand::Options(id, uri, target) => endpoint.options(now, id, *uri, target),
        };
        match done {
            // The peer's own end of the call crossed the command.
            Ok(()) | Err(CommandError::UnknownId) => {}
            Err(error) => debug!(%error, "the SIP endpoint refused a command"),
        }
    }

    /// Carries out everything that the endpoint asks for.
    async fn drain(&mut self) -> Instant {
        loop {
            match self.endpoint.poll_output() {
                Output::Datagram { local, remote, payload } => self.send(local, remote, &payload).await,
                Output::StreamData { flow, payload } => self.write(flow, payload),
                Output::Connect { flow, transport, remote, server_name } => {
                    let wanted = Wanted { flow, transport, remote, server_name };
                    self.tasks.spawn(connect(wanted, self.tls.clone(), self.sender.clone()));
                }
                Output::Close { flow } => self.writers.remove(flow),
                Output::Resolve { query, name, kind } => {
                    let question = Question { query, name, kind };
                    self.tasks.spawn(self.dns.clone().answer(question, self.sender.clone()));
                }
                Output::Event(event) => self.event(event),
                Output::Timeout(deadline) => {
                    if let Some((flow, octets)) = self.unsent.pop() {
                        self.endpoint.handle_stream_unsent(Instant::now(), flow, octets);
                        continue;
                    }
                    if let Some(id) = self.refused.pop() {
                        let busy = Respond { code: 503, reason: None, headers: Vec::new(), body: None };
                        // The caller may have given up already.
                        let _ = self.endpoint.respond(Instant::now(), id, busy);
                        continue;
                    }
                    self.reports.offer();
                    self.counters.publish(self.endpoint.counters(), self.writers.open());
                    while self.tasks.try_join_next().is_some() {}
                    let phones = self.phones.as_ref().and_then(Phones::deadline);
                    return phones.map_or(deadline, |phones| phones.min(deadline));
                }
            }
        }
    }

    async fn send(&mut self, local: SocketAddr, remote: SocketAddr, payload: &Bytes) {
        let socket = self.datagrams.iter().find(|(_, bound)| *bound == local);
        let Some((socket, _)) = socket else { return };
        if let Err(error) = socket.send_to(payload, remote).await {
            debug!(%error, "a SIP datagram was not sent");
            self.endpoint.handle_unreachable(Instant::now(), remote);
        }
    }

    fn write(&mut self, flow: FlowId, payload: Bytes) {
        if let Some(octets) = self.writers.write(flow, payload) {
            self.unsent.push((flow, octets));
        }
    }

    fn event(&mut self, event: UaEvent) {
        match event {
            UaEvent::Registered { id, expires_s } => self.registrations.succeeded(id, expires_s),
            UaEvent::RegistrationFailed { id, code, retry_in_s, .. } => {
                self.registrations.failed(id, code, retry_in_s);
            }
            UaEvent::Requested { id, request, source } => self.decide(id, &request, source),
            UaEvent::FlowFailed { binding, .. } => {
                if let Some(phones) = &mut self.phones {
                    phones.flow_failed(&binding);
                }
            }
            UaEvent::Located { id, targets } => self.look_ups.answer(id, targets),
            UaEvent::Subscription(_)
            | UaEvent::Publication(_)
            | UaEvent::InCall(_)
            | UaEvent::RequestCanceled { .. }
            | UaEvent::Replied { .. }
            | UaEvent::Unreplied { .. } => {}
            UaEvent::Incoming { id, .. }
                if self.reports.len() >= EVENTS_WAITING_MAX || self.reports.mailbox().is_closed() =>
            {
                metrics::counter!("offhook_sip_calls_refused_busy_total").increment(1);
                self.refused.push(id);
            }
            call @ (UaEvent::OptionsAnswered { .. }
            | UaEvent::Incoming { .. }
            | UaEvent::Progress { .. }
            | UaEvent::Answered { .. }
            | UaEvent::Failed { .. }
            | UaEvent::Canceled { .. }
            | UaEvent::Acknowledged { .. }
            | UaEvent::Reoffer { .. }
            | UaEvent::ReofferDone { .. }
            | UaEvent::Info { .. }
            | UaEvent::Ended { .. }) => self.reports.push(Report::Event(call)),
        }
    }

    /// A request outside of calls: the phones' domains take it, or it is for the gateway.
    fn decide(&mut self, id: RequestId, request: &sip_stack::message::Request, source: Source) {
        let now = Instant::now();
        let decision = self.phones.as_mut().map(|phones| phones.decide(now, request, source));
        let done = match decision.unwrap_or(Decision::Serve) {
            Decision::Serve => self.endpoint.serve(now, id),
            Decision::Reply(reply) => self.endpoint.reply(now, id, reply),
            Decision::Forward(forward) => self.endpoint.forward(now, id, *forward),
        };
        if let Err(error) = done {
            debug!(%error, "a SIP request went before it was decided about");
        }
    }
}
