//! What every part of the endpoint works with: the clock's last word, chance, the way out, the transactions.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::config::Config;
use super::counters::Counters;
use super::error::CommandError;
use super::nonce_counts::NonceCounts;
use super::output::Output;
use super::random::Random;
use super::schedule::Schedule;
use crate::message::{Header, HeaderName};
use crate::proxy::BranchId;
use crate::proxy::identity::Identity;
use crate::resolve::{DeadTargets, QueryId, Resolver};
use crate::transaction::key::Keys;
use crate::transaction::table::{Delivery, Table};
use crate::transaction::{Timer, TransactionId};
use crate::transport::destination::Destination;
use crate::transport::keep_alive::Binding;
use crate::transport::{FlowId, Layer};
use crate::ua::call::CallTimer;
use crate::ua::outbound::OutboundFlows;
use crate::ua::publication::PublicationId;
use crate::ua::register::RegistrationTimer;
use crate::ua::screened::ScreenTimer;
use crate::ua::subscription::{SubscriptionId, SubscriptionTimer};
use crate::ua::{Availability, InviteId, RegistrationId, RequestId, Target, UaEvent};

/// Whose timer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TimerKey {
    Client(TransactionId, Timer),
    Server(TransactionId, Timer),
    Call(InviteId, CallTimer),
    Registration(RegistrationId, RegistrationTimer),
    Screen(RequestId, ScreenTimer),
    /// Timer C of a branch.
    Proxy(BranchId),
    Subscription(SubscriptionId, SubscriptionTimer),
    /// Time to refresh a publication.
    Publication(PublicationId),
    /// A server transaction that is over but for a response that has not left.
    Lingering(TransactionId),
    /// A question to the DNS.
    Query(QueryId),
    /// A target that has said nothing while another one is left.
    Silence(TransactionId),
    Stream(FlowId, StreamTimer),
    /// The datagram flow of a registration.
    Binding(RegistrationId),
}

/// What a stream's time is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StreamTimer {
    /// It was asked for and is not there.
    Opening,
    /// A message has begun and not ended.
    Message,
    /// Nothing comes.
    Silence,
    /// Time for a ping of ours.
    Ping,
    /// A pong is owed.
    Pong,
}

/// The shared floor under calls and registrations.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) now: Instant,
    pub(crate) random: Random,
    pub(crate) keys: Keys,
    pub(crate) counters: Counters,
    pub(crate) outputs: VecDeque<Output>,
    pub(crate) transport: Layer,
    /// Who a proxy is; `None` in a user agent alone.
    pub(crate) identity: Option<Identity>,
    pub(crate) transactions: Table,
    pub(crate) schedule: Schedule<TimerKey>,
    /// What client transactions have for their users; emptied before the endpoint returns.
    pub(crate) deliveries: VecDeque<Delivery>,
    /// Calls that others have taken the place of; ended before the endpoint returns.
    pub(crate) replaced: VecDeque<InviteId>,
    pub(crate) nonce_counts: NonceCounts,
    pub(crate) availability: Availability,
    /// Datagram flows that are kept alive.
    pub(crate) bindings: BTreeMap<RegistrationId, Binding>,
    pub(crate) outbound: OutboundFlows,
    pub(crate) resolver: Resolver,
    pub(crate) dead_targets: DeadTargets,
}

impl Core {
    pub(crate) fn new(config: Config, seed: [u8; 32], now: Instant) -> Self {
        let random = Random::new(seed);
        Self {
            resolver: Resolver::new(&config),
            dead_targets: DeadTargets::default(),
            transport: Layer::new(config.listeners.clone(), config.limits),
            identity: config.proxy.as_ref().map(|proxy| Identity::new(proxy, &config.listeners)),
            config,
            now,
            keys: Keys::new(random.secret("transactions")),
            random,
            counters: Counters::default(),
            outputs: VecDeque::new(),
            transactions: Table::default(),
            schedule: Schedule::new(),
            deliveries: VecDeque::new(),
            replaced: VecDeque::new(),
            nonce_counts: NonceCounts::default(),
            availability: Availability::default(),
            bindings: BTreeMap::new(),
            outbound: OutboundFlows::default(),
        }
    }

    pub(crate) fn event(&mut self, event: UaEvent) {
        self.outputs.push_back(Output::Event(event));
    }

    /// The way to a target of the owner's.
    pub(crate) fn way_to(&self, target: Target) -> Result<Destination, CommandError> {
        match target.flow {
            Some(flow) => self.transport.reply_on(flow).ok_or(CommandError::FlowGone),
            None => {
                let way = self.transport.destination(target.transport, target.remote);
                way.ok_or(CommandError::NoListener)
            }
        }
    }

    pub(crate) fn start(&mut self, key: TimerKey, after: Duration) {
        self.schedule.start(key, self.now + after);
    }

    pub(crate) fn stop(&mut self, key: TimerKey) {
        self.schedule.stop(key);
    }

    pub(crate) fn user_agent(&self) -> Header {
        Header::new(HeaderName::UserAgent, self.config.user_agent.as_str())
    }

    /// The methods that we act on, those of the owner's own among them.
    pub(crate) fn allow(&self) -> Header {
        Header::from_typed(&self.config.services.allow(&self.config.screen))
    }

    /// What a message that makes a dialog says of us: methods, event packages, INFO packages.
    pub(crate) fn abilities(&self) -> Vec<Header> {
        let services = &self.config.services;
        let recv_info = (!services.info_packages.is_empty()).then(|| services.recv_info());
        std::iter::once(self.allow()).chain(self.allow_events()).chain(recv_info).collect()
    }

    /// The event packages that peers may subscribe to, if there are any.
    pub(crate) fn allow_events(&self) -> Option<Header> {
        self.config.services.allow_events().map(|events| Header::from_typed(&events))
    }

    pub(crate) fn server(&self) -> Header {
        Header::new(HeaderName::Server, self.config.user_agent.as_str())
    }
}
