//! The listeners and streams of an endpoint: picks the way out, reuses streams, holds back what waits.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::destination::Destination;
use super::flow::{FlowId, Parcel, Peer, Stream, StreamState};
use super::identity::Identities;
use super::streams::Streams;
use super::{Listener, Reliability, Security, Transport};
use crate::endpoint::config::Limits;
use crate::endpoint::output::Output;
use crate::message::Host;
use crate::transaction::TransactionId;

/// A silent stream older than this gives way to a new one when all places are taken: timer B's length.
const EVICTION_AGE: Duration = Duration::from_secs(32);

/// Why nothing left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// All places for streams, or the backlog of this one, are full.
    Limit,
    /// The stream is gone, and nobody listens at its other end.
    NoFlow,
}

/// Why a stream that opened is closed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// All places are full.
    Limit,
    /// The certificate does not name whom the stream was to reach (RFC 5922 §7.3).
    WrongPeer,
}

/// A stream that the driver has opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) flow: FlowId,
    pub(crate) transport: Transport,
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    /// Whom the certificate names; `None` without one.
    pub(crate) identities: Option<Identities>,
}

/// Listeners and streams.
#[derive(Debug)]
pub(crate) struct Layer {
    listeners: Vec<Listener>,
    limits: Limits,
    pub(crate) streams: Streams,
    next_flow: FlowId,
}

impl Layer {
    pub(crate) fn new(listeners: Vec<Listener>, limits: Limits) -> Self {
        Self { listeners, limits, streams: Streams::default(), next_flow: FlowId::FIRST_CONNECTED }
    }

    /// The way to `remote` by the listener of its transport and family; loopback prefers loopback.
    pub(crate) fn destination(&self, transport: Transport, remote: SocketAddr) -> Option<Destination> {
        let usable = |listener: &&Listener| {
            listener.transport == transport && listener.local.is_ipv4() == remote.is_ipv4()
        };
        let listener = self
            .listeners
            .iter()
            .filter(usable)
            .min_by_key(|listener| listener.local.ip().is_loopback() != remote.ip().is_loopback())?;
        let (local, public) = (listener.local, listener.public());
        Some(Destination { transport, local, public, remote, flow: None })
    }

    /// A way that leads nowhere yet: what a request is written for until its first hop is known.
    pub(crate) fn any(&self) -> Option<Destination> {
        let listener = self.listeners.first()?;
        let (transport, local) = (listener.transport, listener.local);
        Some(Destination { transport, local, public: listener.public(), remote: local, flow: None })
    }

    /// Whether a message for `wanted` can leave at once.
    pub(crate) fn is_open(&self, way: &Destination, wanted: &Host) -> bool {
        let flow = self.usable_flow(way, Some(wanted)).and_then(|flow| self.streams.get(flow));
        way.transport.reliability() == Reliability::Unreliable
            || flow.is_some_and(|stream| matches!(stream.state, StreamState::Open))
    }

    /// The transactions that have business with a stream.
    pub(crate) fn transactions_on(&self, flow: FlowId) -> BTreeSet<TransactionId> {
        self.streams.get(flow).map(|stream| stream.transactions.clone()).unwrap_or_default()
    }

    /// Takes back the messages of a transaction that still wait for their stream; says whether any did.
    pub(crate) fn withdraw(&mut self, flow: FlowId, transaction: TransactionId) -> bool {
        let stream = self.streams.get_mut(flow);
        let Some(StreamState::Connecting { waiting, bytes }) = stream.map(|stream| &mut stream.state) else {
            return false;
        };
        let before = waiting.len();
        waiting.retain(|parcel| parcel.transaction != Some(transaction));
        *bytes = waiting.iter().map(|parcel| parcel.payload.len()).sum();
        waiting.len() < before
    }

    /// The way back to where a datagram came from.
    pub(crate) fn reply(&self, transport: Transport, local: SocketAddr, remote: SocketAddr) -> Destination {
        let listener = self.listeners.iter().find(|at| at.transport == transport && at.local == local);
        let public = match listener {
            Some(listener) => listener.public(),
            None => self.destination(transport, remote).map_or(local, |way| way.public),
        };
        Destination { transport, local, public, remote, flow: None }
    }

    /// The way back on a stream.
    pub(crate) fn reply_on(&self, flow: FlowId) -> Option<Destination> {
        let Stream { transport, local, remote, .. } = *self.streams.get(flow)?;
        let accepted_by = local.and_then(|local| self.accepted_by(transport, local));
        let way = match (accepted_by, self.destination(transport, remote), local) {
            (Some(listener), ..) => {
                let (local, public) = (listener.local, listener.public());
                Destination { transport, local, public, remote, flow: None }
            }
            (None, Some(way), _) => way,
            (None, None, Some(local)) => Destination { transport, local, public: local, remote, flow: None },
            (None, None, None) => return None,
        };
        Some(Destination { flow: Some(flow), ..way })
    }

    /// The listener that a stream with this end of ours came in by.
    fn accepted_by(&self, transport: Transport, local: SocketAddr) -> Option<&Listener> {
        self.listeners.iter().find(|at| {
            let is_here = at.local.ip().is_unspecified() && at.local.is_ipv4() == local.is_ipv4();
            at.transport == transport
                && at.local.port() == local.port()
                && (is_here || at.local.ip() == local.ip())
        })
    }

    /// Sends, on the stream the destination names, on another to the same address and peer, or on a new one; says
    /// which. `server_name` is the host or domain that the message is for.
    pub(crate) fn send(
        &mut self,
        now: Instant,
        way: &Destination,
        parcel: Parcel,
        server_name: Option<&Host>,
        outputs: &mut VecDeque<Output>,
    ) -> Result<Option<FlowId>, SendError> {
        if way.transport.reliability() == Reliability::Unreliable {
            let payload = parcel.payload;
            outputs.push_back(Output::Datagram { local: way.local, remote: way.remote, payload });
            return Ok(None);
        }
        let flow = match self.usable_flow(way, server_name) {
            Some(flow) => flow,
            None => self.connect(now, way, server_name, outputs)?,
        };
        self.send_on(now, flow, parcel, outputs)?;
        Ok(Some(flow))
    }

    fn usable_flow(&self, way: &Destination, server_name: Option<&Host>) -> Option<FlowId> {
        let named = way.flow.filter(|flow| self.streams.get(*flow).is_some());
        named.or_else(|| self.streams.leading_to(way.transport, way.remote, server_name))
    }

    fn connect(
        &mut self,
        now: Instant,
        way: &Destination,
        server_name: Option<&Host>,
        outputs: &mut VecDeque<Output>,
    ) -> Result<FlowId, SendError> {
        // A browser cannot be called back (RFC 7118 §5.3).
        if way.flow.is_some() && way.transport.is_websocket() {
            return Err(SendError::NoFlow);
        }
        self.make_room(now, way.remote, outputs)?;
        let flow = self.next_flow;
        self.next_flow = FlowId(flow.0.wrapping_add(1).max(FlowId::FIRST_CONNECTED.0));
        let (transport, remote) = (way.transport, way.remote);
        let is_secure = transport.security() == Security::Tls;
        let server_name = is_secure.then(|| server_name.cloned().unwrap_or_else(|| remote.ip().into()));
        let stream = Stream {
            transport,
            local: None,
            remote,
            state: StreamState::Connecting { waiting: Vec::new(), bytes: 0 },
            peer: Peer::Expected(server_name.clone()),
            alias: None,
            active: now,
            pinging: None,
            transactions: BTreeSet::new(),
        };
        self.streams.insert(flow, stream);
        outputs.push_back(Output::Connect { flow, transport, remote, server_name });
        Ok(flow)
    }

    fn send_on(
        &mut self,
        now: Instant,
        flow: FlowId,
        parcel: Parcel,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), SendError> {
        let Some(stream) = self.streams.get_mut(flow) else { return Err(SendError::NoFlow) };
        let payload = parcel.payload;
        match &mut stream.state {
            StreamState::Open => outputs.push_back(Output::StreamData { flow, payload }),
            StreamState::Connecting { bytes, .. }
                if *bytes + payload.len() > self.limits.stream_backlog_bytes =>
            {
                return Err(SendError::Limit);
            }
            StreamState::Connecting { waiting, bytes } => {
                *bytes += payload.len();
                waiting.push(Parcel { payload, transaction: parcel.transaction });
            }
        }
        stream.active = now;
        stream.transactions.extend(parcel.transaction);
        Ok(())
    }

    /// A stream opened: what waited for it leaves. `Err` asks to close it.
    pub(crate) fn opened(
        &mut self,
        now: Instant,
        opened: Opened,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), OpenError> {
        let Opened { flow, transport, local, remote, identities } = opened;
        let proved = identities.map_or(Peer::Stranger, Peer::Proved);
        if let Some(stream) = self.streams.get_mut(flow) {
            return meet(stream, now, local, proved).map(|waiting| {
                let payloads = waiting.into_iter().map(|parcel| parcel.payload);
                outputs.extend(payloads.map(|payload| Output::StreamData { flow, payload }));
            });
        }
        self.make_room(now, remote, outputs).map_err(|_| OpenError::Limit)?;
        let stream = Stream {
            transport,
            local: Some(local),
            remote,
            state: StreamState::Open,
            peer: proved,
            alias: None,
            active: now,
            pinging: None,
            transactions: BTreeSet::new(),
        };
        self.streams.insert(flow, stream);
        self.streams.await_message(flow);
        Ok(())
    }

    fn make_room(
        &mut self,
        now: Instant,
        remote: SocketAddr,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), SendError> {
        // From loopback comes a proxy of this machine's own, for everybody.
        let is_shared = remote.ip().is_loopback();
        if !is_shared && self.streams.held_by(remote.ip()) >= self.limits.streams_per_source {
            return Err(SendError::Limit);
        }
        if self.streams.len() < self.limits.streams {
            return Ok(());
        }
        let (flow, _) = self
            .streams
            .most_silent()
            .filter(|(_, active)| now.saturating_duration_since(*active) >= EVICTION_AGE)
            .ok_or(SendError::Limit)?;
        self.closed(flow);
        outputs.push_back(Output::Close { flow });
        Ok(())
    }

    /// Forgets a stream; returns the client transactions whose request went that way.
    pub(crate) fn closed(&mut self, flow: FlowId) -> BTreeSet<TransactionId> {
        self.streams.remove(flow).map(|stream| stream.transactions).unwrap_or_default()
    }
}

/// A stream that was asked for is there: what waited, if the right peer is at its other end.
fn meet(
    stream: &mut Stream,
    now: Instant,
    local: SocketAddr,
    proved: Peer,
) -> Result<Vec<Parcel>, OpenError> {
    let is_right = match (&stream.peer, &proved) {
        _ if stream.transport.security() == Security::Clear => true,
        (Peer::Expected(Some(wanted)), Peer::Proved(identities)) => identities.include(wanted),
        _ => false,
    };
    if !is_right {
        return Err(OpenError::WrongPeer);
    }
    stream.local = Some(local);
    stream.active = now;
    stream.peer = proved;
    match std::mem::replace(&mut stream.state, StreamState::Open) {
        StreamState::Connecting { waiting, .. } => Ok(waiting),
        StreamState::Open => Ok(Vec::new()),
    }
}
