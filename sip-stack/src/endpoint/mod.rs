//! The composed machine: what the network, the clock and the owner do to it, and what it answers.

pub mod config;
pub mod counters;
pub mod error;
pub mod output;
mod random;
mod schedule;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;

pub use config::{Config, LargeRequests, Limits, SessionTimer, Timers};
pub use counters::Counters;
pub use error::CommandError;
pub use output::Output;

use crate::message::{Header, Uri};
use crate::transport::{FlowId, Transport};
use crate::ua::{Body, Invite, InviteId, Reason, Register, RegistrationId, Respond, Target};

/// How long [`Endpoint::poll_output`] asks to sleep when no timer runs.
const IDLE: Duration = Duration::from_secs(3600);

/// How a call is ended, whatever state it is in.
#[derive(Clone, Debug)]
pub struct Hangup {
    /// The status code when the call is incoming and unanswered, 300 to 699.
    pub code: u16,
    /// For the `Reason` header of CANCEL, BYE or the refusal.
    pub reason: Option<Reason>,
    /// Headers of the caller's own.
    pub headers: Vec<Header>,
}

/// A SIP user agent as a value.
#[derive(Debug)]
pub struct Endpoint {
    counters: Counters,
    now: Instant,
    outputs: VecDeque<Output>,
}

impl Endpoint {
    /// Makes an endpoint; every tag, branch and back-off follows from `seed`.
    pub fn new(config: Config, seed: [u8; 32], now: Instant) -> Self {
        let _ = (config, seed);
        Self { counters: Counters::default(), now, outputs: VecDeque::new() }
    }

    /// A datagram arrived at the listener `local`.
    pub fn handle_datagram(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr, payload: Bytes) {
        let _ = (local, remote, payload);
        self.now = now;
    }

    /// A stream is open: one that a listener accepted (`flow` numbered by the driver below
    /// [`FlowId::FIRST_CONNECTED`]), or the one that an [`Output::Connect`] asked for.
    pub fn handle_stream_opened(
        &mut self,
        now: Instant,
        flow: FlowId,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) {
        let _ = (flow, transport, local, remote);
        self.now = now;
    }

    /// Bytes arrived on a stream.
    pub fn handle_stream_data(&mut self, now: Instant, flow: FlowId, payload: Bytes) {
        let _ = (flow, payload);
        self.now = now;
    }

    /// A stream ended, or a connection was refused.
    pub fn handle_stream_closed(&mut self, now: Instant, flow: FlowId) {
        let _ = flow;
        self.now = now;
    }

    /// The deadline of the last [`Output::Timeout`] has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
    }

    /// The next effect; call it until it answers [`Output::Timeout`].
    pub fn poll_output(&mut self) -> Output {
        if let Some(output) = self.outputs.pop_front() {
            return output;
        }
        Output::Timeout(self.now + IDLE)
    }

    /// What happened so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Places a call under an id of the caller's choice, below [`InviteId::FIRST_INCOMING`].
    pub fn invite(&mut self, now: Instant, id: InviteId, invite: Invite) -> Result<(), CommandError> {
        let _ = (now, id, invite);
        Err(CommandError::NoListener)
    }

    /// Responds to an incoming INVITE.
    pub fn respond(&mut self, now: Instant, id: InviteId, respond: Respond) -> Result<(), CommandError> {
        let _ = (now, id, respond);
        Err(CommandError::UnknownId)
    }

    /// Answers the offer that a 2xx carried.
    pub fn ack(&mut self, now: Instant, id: InviteId, answer: Body) -> Result<(), CommandError> {
        let _ = (now, id, answer);
        Err(CommandError::UnknownId)
    }

    /// Ends the call: CANCEL, BYE or a final response, whichever its state asks for.
    pub fn hangup(&mut self, now: Instant, id: InviteId, hangup: Hangup) -> Result<(), CommandError> {
        let _ = (now, id, hangup);
        Err(CommandError::UnknownId)
    }

    /// Offers a new description in a re-INVITE.
    pub fn reoffer(&mut self, now: Instant, id: InviteId, offer: Body) -> Result<(), CommandError> {
        let _ = (now, id, offer);
        Err(CommandError::UnknownId)
    }

    /// Answers the peer's re-INVITE or UPDATE: 200 with the answer, or a refusal such as 488.
    pub fn answer_reoffer(
        &mut self,
        now: Instant,
        id: InviteId,
        code: u16,
        answer: Option<Body>,
    ) -> Result<(), CommandError> {
        let _ = (now, id, code, answer);
        Err(CommandError::UnknownId)
    }

    /// Sends an INFO inside the dialog.
    pub fn info(&mut self, now: Instant, id: InviteId, body: Body) -> Result<(), CommandError> {
        let _ = (now, id, body);
        Err(CommandError::UnknownId)
    }

    /// Registers, and keeps the registration fresh.
    pub fn register(
        &mut self,
        now: Instant,
        id: RegistrationId,
        register: Register,
    ) -> Result<(), CommandError> {
        let _ = (now, id, register);
        Err(CommandError::NoListener)
    }

    /// Withdraws a registration.
    pub fn unregister(&mut self, now: Instant, id: RegistrationId) -> Result<(), CommandError> {
        let _ = (now, id);
        Err(CommandError::UnknownId)
    }

    /// Asks a peer whether it is there.
    pub fn options(
        &mut self,
        now: Instant,
        id: RegistrationId,
        uri: Uri,
        target: Target,
    ) -> Result<(), CommandError> {
        let _ = (now, id, uri, target);
        Err(CommandError::NoListener)
    }
}
