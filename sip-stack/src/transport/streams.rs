//! The streams by id, and by the addresses that they lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::Transport;
use super::flow::{FlowId, Stream, StreamState};
use super::keep_alive::Pinging;
use crate::message::Host;
use crate::transaction::TransactionId;

/// All streams, open and opening.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    by_id: BTreeMap<FlowId, Stream>,
    by_remote: BTreeSet<(Transport, SocketAddr, FlowId)>,
    /// Accepted, and nothing whole has come yet.
    half_open: BTreeSet<FlowId>,
}

impl Streams {
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    pub(crate) fn get(&self, flow: FlowId) -> Option<&Stream> {
        self.by_id.get(&flow)
    }

    pub(crate) fn get_mut(&mut self, flow: FlowId) -> Option<&mut Stream> {
        self.by_id.get_mut(&flow)
    }

    pub(crate) fn insert(&mut self, flow: FlowId, stream: Stream) {
        self.by_remote.insert((stream.transport, stream.remote, flow));
        self.by_id.insert(flow, stream);
    }

    pub(crate) fn remove(&mut self, flow: FlowId) -> Option<Stream> {
        let stream = self.by_id.remove(&flow)?;
        self.half_open.remove(&flow);
        for address in [Some(stream.remote), stream.alias].into_iter().flatten() {
            self.by_remote.remove(&(stream.transport, address, flow));
        }
        Some(stream)
    }

    /// Notes that a stream leads to a second address.
    pub(crate) fn set_alias(&mut self, flow: FlowId, address: SocketAddr) {
        if let Some(stream) = self.by_id.get_mut(&flow) {
            stream.alias = Some(address);
            self.by_remote.insert((stream.transport, address, flow));
        }
    }

    /// A stream to this address whose peer is `wanted`; the newest one.
    pub(crate) fn leading_to(
        &self,
        transport: Transport,
        address: SocketAddr,
        wanted: Option<&Host>,
    ) -> Option<FlowId> {
        let keys = (transport, address, FlowId(0))..=(transport, address, FlowId(u64::MAX));
        let mut flows = self.by_remote.range(keys).rev().map(|(.., flow)| *flow);
        flows.find(|flow| self.get(*flow).is_some_and(|stream| stream.reaches(wanted)))
    }

    /// How many streams lead to one machine.
    pub(crate) fn held_by(&self, ip: IpAddr) -> usize {
        self.by_id.values().filter(|stream| stream.remote.ip() == ip).count()
    }

    /// The stream that has been silent for longest without a request of ours waiting on it, and since when.
    pub(crate) fn most_silent(&self) -> Option<(FlowId, Instant)> {
        let idle = self.by_id.iter().filter(|(_, stream)| stream.transactions.is_empty());
        idle.min_by_key(|(_, stream)| stream.active).map(|(flow, stream)| (*flow, stream.active))
    }

    /// What a stream speaks.
    pub(crate) fn transport_of(&self, flow: FlowId) -> Option<Transport> {
        self.get(flow).map(|stream| stream.transport)
    }

    /// Whether it was asked for and is not there.
    pub(crate) fn is_opening(&self, flow: FlowId) -> bool {
        self.get(flow).is_some_and(|stream| matches!(stream.state, StreamState::Connecting { .. }))
    }

    /// Notes that a stream is alive.
    pub(crate) fn touch(&mut self, now: Instant, flow: FlowId) {
        if let Some(stream) = self.get_mut(flow) {
            stream.active = now;
        }
    }

    /// When a byte last came or went.
    pub(crate) fn active_since(&self, flow: FlowId) -> Option<Instant> {
        self.get(flow).map(|stream| stream.active)
    }

    /// Notes that a stranger's stream is there, and has to bring something.
    pub(crate) fn await_message(&mut self, flow: FlowId) {
        self.half_open.insert(flow);
    }

    /// Notes that a stream has brought something whole; true if that was awaited.
    pub(crate) fn hear(&mut self, flow: FlowId) -> bool {
        self.half_open.remove(&flow)
    }

    /// Whether an accepted stream has brought nothing yet.
    pub(crate) fn is_half_open(&self, flow: FlowId) -> bool {
        self.half_open.contains(&flow)
    }

    /// The oldest of the streams that have brought nothing yet, if there are more than `max`.
    pub(crate) fn surplus(&self, max: usize) -> Option<FlowId> {
        self.half_open.first().copied().filter(|_| self.half_open.len() > max)
    }

    /// How a stream is kept alive.
    pub(crate) fn pinging(&self, flow: FlowId) -> Option<Pinging> {
        self.get(flow)?.pinging
    }

    pub(crate) fn set_pinging(&mut self, flow: FlowId, pinging: Pinging) {
        if let Some(stream) = self.get_mut(flow) {
            stream.pinging = Some(pinging);
        }
    }

    /// A client transaction has no more business with its stream.
    pub(crate) fn release(&mut self, flow: FlowId, transaction: TransactionId) {
        if let Some(stream) = self.get_mut(flow) {
            stream.transactions.remove(&transaction);
        }
    }
}
