//! Where bindings lie.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use super::{Aor, Binding};
use crate::transport::FlowId;

/// All bindings of an address of record, as one value: replacing it is what makes a REGISTER atomic.
pub type Bindings = Arc<[Arc<Binding>]>;

/// The location service of RFC 3261 §10.2: a map from addresses of record to bindings.
///
/// A table only keeps; the rules are the [`Registrar`](super::Registrar)'s. One that nodes share answers from its
/// local copy and carries [`Change`](super::Change)s between the nodes.
pub trait LocationTable {
    /// The bindings of an address of record; none is an empty list.
    fn bindings(&self, aor: &Aor) -> Bindings;

    /// Replaces them; an empty list forgets the address of record.
    fn store(&mut self, aor: &Aor, bindings: Bindings);

    /// How many addresses of record have bindings.
    fn len(&self) -> usize;

    /// Whether none has.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The address of record with a binding of this [`session`](Binding::session).
    fn of_session(&self, session: u64) -> Option<Aor>;

    /// The addresses of record with bindings that came over this stream.
    fn of_flow(&self, flow: FlowId) -> Vec<Aor>;

    /// The address of record whose binding ends first, and when.
    fn next_expiry(&self) -> Option<(Instant, Aor)>;
}

/// The location table of one node.
#[derive(Debug, Default)]
pub struct Memory {
    bindings: BTreeMap<Aor, Bindings>,
    deadlines: BTreeSet<(Instant, Aor)>,
    sessions: BTreeMap<u64, Aor>,
    flows: BTreeMap<FlowId, BTreeSet<Aor>>,
}

impl Memory {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    fn index(&mut self, aor: &Aor, bindings: &Bindings) {
        if let Some(first) = first_expiry(bindings) {
            self.deadlines.insert((first, aor.clone()));
        }
        for binding in bindings.iter() {
            if let Some(session) = binding.session {
                self.sessions.insert(session, aor.clone());
            }
            if let Some(flow) = binding.flow.flow {
                self.flows.entry(flow).or_default().insert(aor.clone());
            }
        }
    }

    fn unindex(&mut self, aor: &Aor, bindings: &Bindings) {
        if let Some(first) = first_expiry(bindings) {
            self.deadlines.remove(&(first, aor.clone()));
        }
        for binding in bindings.iter() {
            if let Some(session) = binding.session {
                self.sessions.remove(&session);
            }
            let Some(flow) = binding.flow.flow else { continue };
            if let Some(aors) = self.flows.get_mut(&flow) {
                aors.remove(aor);
                if aors.is_empty() {
                    self.flows.remove(&flow);
                }
            }
        }
    }
}

fn first_expiry(bindings: &Bindings) -> Option<Instant> {
    bindings.iter().map(|binding| binding.expires).min()
}

impl LocationTable for Memory {
    fn bindings(&self, aor: &Aor) -> Bindings {
        self.bindings.get(aor).cloned().unwrap_or_default()
    }

    fn store(&mut self, aor: &Aor, bindings: Bindings) {
        if let Some(before) = self.bindings.remove(aor) {
            self.unindex(aor, &before);
        }
        if !bindings.is_empty() {
            self.index(aor, &bindings);
            self.bindings.insert(aor.clone(), bindings);
        }
    }

    fn len(&self) -> usize {
        self.bindings.len()
    }

    fn of_session(&self, session: u64) -> Option<Aor> {
        self.sessions.get(&session).cloned()
    }

    fn of_flow(&self, flow: FlowId) -> Vec<Aor> {
        self.flows.get(&flow).into_iter().flatten().cloned().collect()
    }

    fn next_expiry(&self) -> Option<(Instant, Aor)> {
        self.deadlines.first().cloned()
    }
}
