//! What the owner decides once.

use std::time::Duration;

use super::services::Services;
use crate::message::Method;
use crate::message::limits::MESSAGE_BYTES_MAX;
use crate::proxy::ProxyConfig;
use crate::resolve::Family;
use crate::transport::{KeepAlive, Listener, Transport};
use crate::ua::relation::RelationKind;

/// The settings of an [`Endpoint`](crate::Endpoint).
#[derive(Clone, Debug)]
pub struct Config {
    /// The bound sockets.
    pub listeners: Vec<Listener>,
    /// `User-Agent` and `Server`.
    pub user_agent: String,
    /// Transaction timers.
    pub timers: Timers,
    /// How long a call's INVITE may go without any response before the call has failed; timer B where it is `None`.
    /// Where a name has several targets, each has as long.
    pub first_response: Option<Duration>,
    /// How long one of several targets of a name may say nothing before the next is tried; timers B and F where it
    /// is `None`.
    pub failover_after: Option<Duration>,
    /// The transports that the driver can open to others; a name is resolved to no other.
    pub outbound: Vec<Transport>,
    /// The addresses of a host with both families that are tried first.
    pub family: Family,
    /// Bounds of everything that a stranger can grow.
    pub limits: Limits,
    /// RFC 4028.
    pub session_timer: SessionTimer,
    /// RFC 3262.
    pub reliable_responses: ReliableResponses,
    /// Which headers that name a call of ours are acted on, in an INVITE that makes another.
    pub relations: Vec<RelationKind>,
    /// RFC 7989.
    pub session_ids: SessionIds,
    /// What becomes of a request that may not fit a datagram.
    pub large_requests: LargeRequests,
    /// How long the flows of our registrations may be silent.
    pub keep_alive: KeepAlive,
    /// The methods whose requests outside of calls the owner is asked about first
    /// ([`UaEvent::Requested`](crate::UaEvent::Requested)); a registrar or proxy names them here. Of CANCELs a proxy is
    /// asked only about those whose INVITE it does not know (RFC 3261 §16.10): after a restart, where they go is up
    /// to the owner, and what it forwards leaves nothing behind.
    pub screen: Vec<Method>,
    /// What lets the endpoint forward requests; without it, it is a user agent alone.
    pub proxy: Option<ProxyConfig>,
    /// What peers may ask for beyond calls.
    pub services: Services,
}

impl Config {
    /// The defaults of the RFCs over these listeners.
    pub fn new(listeners: Vec<Listener>) -> Self {
        Self {
            listeners,
            user_agent: "Offhook".to_owned(),
            timers: Timers::default(),
            first_response: None,
            failover_after: None,
            outbound: Transport::ALL.to_vec(),
            family: Family::default(),
            limits: Limits::default(),
            session_timer: SessionTimer::default(),
            reliable_responses: ReliableResponses::default(),
            relations: Vec::new(),
            session_ids: SessionIds::default(),
            large_requests: LargeRequests::default(),
            keep_alive: KeepAlive::default(),
            screen: Vec::new(),
            proxy: None,
            services: Services::default(),
        }
    }
}

/// The base values of RFC 3261 §17, table 4; all others follow from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timers {
    /// The round trip estimate: 500 ms.
    pub t1: Duration,
    /// The ceiling of non-INVITE request and INVITE response retransmission: 4 s.
    pub t2: Duration,
    /// How long a message stays in the network: 5 s.
    pub t4: Duration,
    /// How long the INVITE client transaction absorbs responses over UDP: at least 32 s.
    pub d: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            d: Duration::from_secs(32),
        }
    }
}

impl Timers {
    /// `64*T1`: timers B, F, H, J, L and M.
    pub fn patience(&self) -> Duration {
        self.t1 * 64
    }

    /// How long timer E takes to be reset to T2, which is when a late 100 may be sent (RFC 4320 §4.1): 3.5 s.
    pub fn until_t2(&self) -> Duration {
        let (mut waited, mut interval) = (Duration::ZERO, self.t1);
        while interval < self.t2 && waited < self.patience() {
            waited += interval;
            interval *= 2;
        }
        waited
    }
}

/// Bounds; over one, a request is answered 503 with `Retry-After`, without keeping state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Server transactions alive at once.
    pub server_transactions: usize,
    /// The share of them that one IP address may hold, so that a flood leaves room for others.
    pub server_transactions_per_source: usize,
    /// Server transactions of one IP address beyond which what it is refused is not kept to be sent again, so that a
    /// flood of refused requests takes no memory: each repetition is refused anew (RFC 3261 §8.2.7).
    pub refusals_kept_per_source: usize,
    /// The same over all addresses.
    pub refusals_kept: usize,
    /// INVITE usages alive at once, both directions.
    pub calls: usize,
    /// Requests of the owner's own outside of calls that wait for their response.
    pub outgoing: usize,
    /// Subscriptions alive at once, of both ends and with those that are asked for.
    pub subscriptions: usize,
    /// Early dialogs of one forked INVITE, and subscriptions of one forked SUBSCRIBE.
    pub forks: usize,
    /// Open or opening streams.
    pub streams: usize,
    /// The share of them that one IP address may hold.
    pub streams_per_source: usize,
    /// Bytes of one message; a longer one is answered 513.
    pub message_bytes: usize,
    /// Accepted streams that have brought no message yet; one more, and the oldest of them is closed.
    pub streams_half_open: usize,
    /// How long a stream that was asked for may take to open.
    pub stream_opening: Duration,
    /// How long an accepted stream may take to bring its first message.
    pub stream_first_message: Duration,
    /// How long a stream may be silent afterwards; longer than a registration of an hour.
    pub stream_idle: Duration,
    /// How long a message on a stream may take from its first octet to its last; then the stream is closed.
    pub stream_message: Duration,
    /// Bytes that wait for a stream to connect, or for its peer to read them.
    pub stream_backlog_bytes: usize,
    /// The `Retry-After` of a 503, in seconds.
    pub retry_after_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            server_transactions: 20_000,
            server_transactions_per_source: 10_000,
            refusals_kept_per_source: 100,
            refusals_kept: 2_000,
            calls: 5_000,
            outgoing: 5_000,
            subscriptions: 20_000,
            forks: 16,
            streams: 1_000,
            streams_per_source: 250,
            message_bytes: MESSAGE_BYTES_MAX,
            streams_half_open: 250,
            stream_opening: Duration::from_secs(10),
            stream_first_message: Duration::from_secs(32),
            stream_idle: Duration::from_secs(7200),
            stream_message: Duration::from_secs(32),
            stream_backlog_bytes: 262_144,
            retry_after_s: 10,
        }
    }
}

/// The session timer that we ask for and accept (RFC 4028).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionTimer {
    /// The interval asked for, in seconds.
    pub expires_s: u32,
    /// The shortest interval accepted, in seconds; the RFC asks for at least 90.
    pub min_se_s: u32,
}

impl Default for SessionTimer {
    fn default() -> Self {
        Self { expires_s: 1800, min_se_s: 90 }
    }
}

/// Whether the messages of calls carry a `Session-ID` (RFC 7989).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionIds {
    /// Only one of the owner's own.
    #[default]
    Off,
    /// One of ours wherever the owner gives none.
    Generate,
}

/// Which of our provisional responses are sent reliably to a caller who takes such (RFC 3262 §3); to a caller who
/// requires it they all are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReliableResponses {
    /// None.
    #[default]
    WhenRequired,
    /// Those with a description, so that early media finds its answer agreed.
    WhenDescribing,
    /// All that may be: not one without the offer that the INVITE left out.
    WhenSupported,
}

/// RFC 3261 §18.1.1: a request over 1300 bytes should not go by UDP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LargeRequests {
    /// By TCP where a TCP listener exists for the target's family; by UDP after all if the target refuses it.
    #[default]
    PreferTcp,
    /// By UDP; the network fragments it.
    StayOnUdp,
}
