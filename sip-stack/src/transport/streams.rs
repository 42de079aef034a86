//! The streams by id, and by the addresses that they lead to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::Transport;
use super::flow::{FlowId, Stream};
use crate::message::Host;

/// All streams, open and opening.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    by_id: BTreeMap<FlowId, Stream>,
    by_remote: BTreeSet<(Transport, SocketAddr, FlowId)>,
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
}
