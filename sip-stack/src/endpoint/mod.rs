//! The composed machine: what the network, the clock and the owner do to it, and what it answers.

mod commands;
pub mod config;
pub(crate) mod core;
pub mod counters;
mod deliver;
pub mod error;
mod forwarding;
mod hangup;
mod in_call;
mod keep_alive;
mod names;
mod nonce_counts;
pub mod output;
mod publications;
pub(crate) mod random;
mod receive;
mod relation;
mod requests;
mod schedule;
mod serve_subscriptions;
pub mod services;
mod stream_timers;
mod streams;
mod subscriptions;
mod usages;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;

pub use self::config::{Config, LargeRequests, Limits, ReliableResponses, SessionIds, SessionTimer, Timers};
pub use self::counters::Counters;
pub use self::error::CommandError;
pub use self::hangup::Hangup;
pub use self::output::Output;
pub use self::services::{Package, Referrals, Services};

use self::core::{Core, TimerKey};
use self::streams::Streams;
use self::usages::Usages;
use crate::message::header::RecvInfo;
use crate::proxy::Context;
use crate::resolve::Answer;
use crate::transaction::TransactionId;
use crate::transport::Transport;
use crate::transport::stun::is_stun;
use crate::ua::call::{Call, DialogKey};
use crate::ua::in_call::SentInCall;
use crate::ua::outgoing::Sent;
use crate::ua::publication::{PublicationId, Publisher};
use crate::ua::register::Registration;
use crate::ua::screened::Screened;
use crate::ua::{InviteId, OutgoingId, RegistrationId, RequestId};

/// How long [`Endpoint::poll_output`] asks to sleep when no timer runs.
const IDLE: Duration = Duration::from_secs(3600);

/// A SIP user agent as a value: bytes, deadlines and commands in; bytes, events and a deadline out.
///
/// After each method that takes `now`, drain [`Endpoint::poll_output`] until it answers [`Output::Timeout`].
#[derive(Debug)]
pub struct Endpoint {
    core: Core,
    streams: Streams,
    calls: BTreeMap<InviteId, Call>,
    dialogs: BTreeMap<DialogKey, InviteId>,
    registrations: BTreeMap<RegistrationId, Registration>,
    /// Requests that wait for the owner's word.
    screened: BTreeMap<RequestId, Screened>,
    /// Requests that are being forwarded, by their server transactions.
    contexts: BTreeMap<TransactionId, Context>,
    /// The owner's own requests outside of calls.
    outgoing: BTreeMap<OutgoingId, Sent>,
    /// Subscriptions of both ends.
    usages: Usages,
    /// The owner's own publications.
    publications: BTreeMap<PublicationId, Publisher>,
    /// The owner's own requests inside of calls.
    in_calls: BTreeMap<OutgoingId, SentInCall>,
    /// The INFO packages that the peers of calls take, where they say so.
    peer_packages: BTreeMap<InviteId, RecvInfo>,
    next_incoming: InviteId,
}

impl Endpoint {
    /// Makes an endpoint; every tag, branch and back-off follows from `seed`.
    pub fn new(config: Config, seed: [u8; 32], now: Instant) -> Self {
        Self {
            core: Core::new(config, seed, now),
            streams: Streams::default(),
            calls: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            registrations: BTreeMap::new(),
            screened: BTreeMap::new(),
            contexts: BTreeMap::new(),
            outgoing: BTreeMap::new(),
            usages: Usages::default(),
            publications: BTreeMap::new(),
            in_calls: BTreeMap::new(),
            peer_packages: BTreeMap::new(),
            next_incoming: InviteId::FIRST_INCOMING,
        }
    }

    /// A datagram arrived at the listener `local`.
    pub fn handle_datagram(&mut self, now: Instant, local: SocketAddr, remote: SocketAddr, payload: Bytes) {
        self.core.now = now;
        if is_stun(&payload) {
            return self.receive_stun(local, remote, &payload);
        }
        let hop = self.core.transport.reply(Transport::Udp, local, remote);
        self.receive(hop, local, payload);
        self.settle();
    }

    /// The deadline of the last [`Output::Timeout`] has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.core.now = now;
        while let Some(key) = self.core.schedule.pop_due(now) {
            self.fire(key);
            self.settle();
        }
    }

    fn fire(&mut self, key: TimerKey) {
        match key {
            TimerKey::Client(id, timer) => self.core.fire_client(id, timer),
            TimerKey::Server(id, timer) => self.core.fire_server(id, timer),
            TimerKey::Call(id, timer) => self.with_call(id, |call, core| call.fire(core, timer)),
            TimerKey::Registration(id, _) => {
                if let Some(registration) = self.registrations.get_mut(&id) {
                    registration.fire(&mut self.core);
                }
            }
            TimerKey::Screen(id, timer) => self.fire_screen(id, timer),
            TimerKey::Proxy(branch) => self.fire_branch(branch),
            TimerKey::Subscription(id, timer) => self.fire_subscription(id, timer),
            TimerKey::Publication(id) => self.fire_publication(id),
            TimerKey::Stream(flow, timer) => self.fire_stream(flow, timer),
            TimerKey::Binding(id) => self.fire_binding(id),
            TimerKey::Lingering(id) => self.core.forget_server(id),
            TimerKey::Query(query) => self.core.receive_answer(query, Answer::Failure),
            TimerKey::Silence(id) => self.core.fire_silence(id),
        }
    }

    /// The next effect; call it until it answers [`Output::Timeout`].
    pub fn poll_output(&mut self) -> Output {
        if let Some(output) = self.core.outputs.pop_front() {
            return output;
        }
        Output::Timeout(self.core.schedule.next().unwrap_or(self.core.now + IDLE))
    }

    /// What happened so far.
    pub fn counters(&self) -> &Counters {
        &self.core.counters
    }

    /// How many calls are alive, both directions.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// How many transactions are alive, of both kinds, those included that wait for the DNS.
    pub fn transactions(&self) -> usize {
        let table = &self.core.transactions;
        table.pending.len() + table.clients.len() + table.servers.len()
    }
}
