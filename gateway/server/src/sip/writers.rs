//! The writers of all streams, and how many streams of each kind there are.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use sip_stack::transport::{FlowId, Transport};

use super::writer::Writer;

/// Dropping a stream's writer closes it.
#[derive(Default)]
pub(super) struct Writers {
    by_flow: HashMap<FlowId, (Transport, Writer)>,
    open: BTreeMap<Transport, usize>,
}

impl Writers {
    pub(super) fn insert(&mut self, flow: FlowId, transport: Transport, writer: Writer) {
        self.remove(flow);
        self.by_flow.insert(flow, (transport, writer));
        *self.open.entry(transport).or_default() += 1;
    }

    pub(super) fn remove(&mut self, flow: FlowId) {
        let Some((transport, _)) = self.by_flow.remove(&flow) else { return };
        if let Some(open) = self.open.get_mut(&transport) {
            *open -= 1;
        }
    }

    /// Queues bytes; says how many the peer has not taken yet.
    pub(super) fn write(&self, flow: FlowId, payload: Bytes) -> Option<usize> {
        self.by_flow.get(&flow).map(|(_, writer)| writer.write(payload))
    }

    /// How many are open, by transport.
    pub(super) const fn open(&self) -> &BTreeMap<Transport, usize> {
        &self.open
    }
}
