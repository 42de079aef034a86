//! The listeners and streams of an endpoint: picks the way out, reuses streams, holds back what waits.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::destination::Destination;
use super::flow::{FlowId, Stream, StreamState, Waiting};
use super::{Listener, Reliability, Transport};
use crate::endpoint::config::Limits;
use crate::endpoint::output::Output;
use crate::transaction::TransactionId;

/// A silent stream older than this gives way to a new one when all places are taken: timer B's length.
const EVICTION_AGE: Duration = Duration::from_secs(32);

/// Why nothing left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendError {
    /// All places for streams, or the backlog of this one, are full.
    Limit,
}

/// What a closed stream leaves behind.
#[derive(Debug, Default)]
pub(crate) struct Closed {
    /// Transactions whose request never left.
    pub(crate) unsent: Vec<TransactionId>,
}

/// Listeners and streams.
#[derive(Debug)]
pub(crate) struct Layer {
    listeners: Vec<Listener>,
    limits: Limits,
    streams: BTreeMap<FlowId, Stream>,
    by_remote: BTreeMap<(Transport, SocketAddr), FlowId>,
    next_flow: FlowId,
}

impl Layer {
    pub(crate) fn new(listeners: Vec<Listener>, limits: Limits) -> Self {
        Self {
            listeners,
            limits,
            streams: BTreeMap::new(),
            by_remote: BTreeMap::new(),
            next_flow: FlowId::FIRST_CONNECTED,
        }
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
        Some(Destination {
            transport,
            local: listener.local,
            public: listener.public(),
            remote,
            flow: self.by_remote.get(&(transport, remote)).copied(),
        })
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
        let stream = self.streams.get(&flow)?;
        let way = self.destination(stream.transport, stream.remote);
        let local = way.map(|way| way.local).or(stream.local)?;
        let public = way.map_or(local, |way| way.public);
        Some(Destination {
            transport: stream.transport,
            local,
            public,
            remote: stream.remote,
            flow: Some(flow),
        })
    }

    /// Sends, on the stream the destination names, on another to the same address, or on a new one.
    pub(crate) fn send(
        &mut self,
        now: Instant,
        way: &Destination,
        payload: Bytes,
        transaction: Option<TransactionId>,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), SendError> {
        if way.transport.reliability() == Reliability::Unreliable {
            outputs.push_back(Output::Datagram { local: way.local, remote: way.remote, payload });
            return Ok(());
        }
        let flow = match self.usable_flow(way) {
            Some(flow) => flow,
            None => self.connect(now, way, outputs)?,
        };
        self.send_on(now, flow, Waiting { payload, transaction }, outputs)
    }

    fn usable_flow(&self, way: &Destination) -> Option<FlowId> {
        let named = way.flow.filter(|flow| self.streams.contains_key(flow));
        named.or_else(|| self.by_remote.get(&(way.transport, way.remote)).copied())
    }

    fn connect(
        &mut self,
        now: Instant,
        way: &Destination,
        outputs: &mut VecDeque<Output>,
    ) -> Result<FlowId, SendError> {
        self.make_room(now, way.remote, outputs)?;
        let flow = self.next_flow;
        self.next_flow = FlowId(flow.0.wrapping_add(1).max(FlowId::FIRST_CONNECTED.0));
        let state = StreamState::Connecting { waiting: Vec::new(), bytes: 0 };
        let (transport, remote) = (way.transport, way.remote);
        self.streams.insert(flow, Stream { transport, local: None, remote, state, active: now });
        self.by_remote.insert((transport, remote), flow);
        outputs.push_back(Output::Connect { flow, transport, remote });
        Ok(flow)
    }

    fn send_on(
        &mut self,
        now: Instant,
        flow: FlowId,
        message: Waiting,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), SendError> {
        let Some(stream) = self.streams.get_mut(&flow) else { return Err(SendError::Limit) };
        stream.active = now;
        match &mut stream.state {
            StreamState::Open => {
                outputs.push_back(Output::StreamData { flow, payload: message.payload });
                Ok(())
            }
            StreamState::Connecting { bytes, .. }
                if *bytes + message.payload.len() > self.limits.stream_backlog_bytes =>
            {
                Err(SendError::Limit)
            }
            StreamState::Connecting { waiting, bytes } => {
                *bytes += message.payload.len();
                waiting.push(message);
                Ok(())
            }
        }
    }

    /// A stream opened: what waited for it leaves. `Err` asks to close a stream over the limit.
    pub(crate) fn opened(
        &mut self,
        now: Instant,
        flow: FlowId,
        opened: (Transport, SocketAddr, SocketAddr),
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), SendError> {
        let (transport, local, remote) = opened;
        if let Some(stream) = self.streams.get_mut(&flow) {
            stream.local = Some(local);
            stream.active = now;
            if let StreamState::Connecting { waiting, .. } =
                std::mem::replace(&mut stream.state, StreamState::Open)
            {
                let payloads = waiting.into_iter().map(|message| message.payload);
                outputs.extend(payloads.map(|payload| Output::StreamData { flow, payload }));
            }
            return Ok(());
        }
        self.make_room(now, remote, outputs)?;
        let stream = Stream { transport, local: Some(local), remote, state: StreamState::Open, active: now };
        self.streams.insert(flow, stream);
        self.by_remote.insert((transport, remote), flow);
        Ok(())
    }

    fn make_room(
        &mut self,
        now: Instant,
        remote: SocketAddr,
        outputs: &mut VecDeque<Output>,
    ) -> Result<(), SendError> {
        let held = self.streams.values().filter(|stream| stream.remote.ip() == remote.ip()).count();
        if held >= self.limits.streams_per_source {
            return Err(SendError::Limit);
        }
        if self.streams.len() < self.limits.streams {
            return Ok(());
        }
        let oldest = self.streams.iter().min_by_key(|(_, stream)| stream.active);
        let flow = oldest
            .filter(|(_, stream)| now.saturating_duration_since(stream.active) >= EVICTION_AGE)
            .map(|(flow, _)| *flow)
            .ok_or(SendError::Limit)?;
        self.closed(flow);
        outputs.push_back(Output::Close { flow });
        Ok(())
    }

    /// Notes that a stream is alive.
    pub(crate) fn touch(&mut self, now: Instant, flow: FlowId) {
        if let Some(stream) = self.streams.get_mut(&flow) {
            stream.active = now;
        }
    }

    /// Forgets a stream.
    pub(crate) fn closed(&mut self, flow: FlowId) -> Closed {
        let Some(stream) = self.streams.remove(&flow) else { return Closed::default() };
        let key = (stream.transport, stream.remote);
        if self.by_remote.get(&key) == Some(&flow) {
            self.by_remote.remove(&key);
        }
        match stream.state {
            StreamState::Open => Closed::default(),
            StreamState::Connecting { waiting, .. } => {
                Closed { unsent: waiting.into_iter().filter_map(|message| message.transaction).collect() }
            }
        }
    }
}
