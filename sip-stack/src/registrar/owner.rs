//! What changes bindings besides a REGISTER: time, dead flows and the owner.

use std::sync::Arc;
use std::time::Instant;

use super::{Aor, Binding, BindingEvent, BindingRef, Change, FlowState, LocationTable, Registrar};
use crate::transport::FlowId;

impl<L: LocationTable> Registrar<L> {
    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.table.next_expiry().map(|(at, _)| at)
    }

    /// Removes the bindings that have ended.
    pub fn handle_timeout(&mut self, now: Instant) -> Vec<Change> {
        let mut changes = Vec::new();
        while let Some((_, aor)) = self.table.next_expiry().filter(|(at, _)| *at <= now) {
            changes.extend(self.rewrite(&aor, |binding| match binding.is_current(now) {
                true => Fate::Keep,
                false => Fate::Remove(BindingEvent::Expired),
            }));
        }
        changes
    }

    /// The flow of a binding failed: the binding is set aside until its user agent refreshes it.
    pub fn flow_failed(&mut self, failed: &BindingRef) -> Vec<Change> {
        self.rewrite(&failed.aor, |binding| match binding.id == failed.id {
            true => Fate::SetAside,
            false => Fate::Keep,
        })
    }

    /// A stream closed: every binding that came over it without a proxy between is set aside (RFC 5626 §7).
    pub fn flow_closed(&mut self, flow: FlowId) -> Vec<Change> {
        let aors = self.table.of_flow(flow);
        let over_it = |binding: &Binding| binding.flow.flow == Some(flow) && binding.path.is_empty();
        let fate = |binding: &Binding| if over_it(binding) { Fate::SetAside } else { Fate::Keep };
        aors.iter().flat_map(|aor| self.rewrite(aor, fate)).collect()
    }

    /// Removes all bindings of an address of record on the owner's word.
    pub fn deactivate(&mut self, aor: &Aor) -> Vec<Change> {
        self.rewrite(aor, |_| Fate::Remove(BindingEvent::Deactivated))
    }

    fn rewrite(&mut self, aor: &Aor, fate: impl Fn(&Binding) -> Fate) -> Vec<Change> {
        let (mut kept, mut changes) = (Vec::new(), Vec::new());
        for binding in self.table.bindings(aor).iter() {
            let (after, event) = match fate(binding) {
                Fate::Keep => (Some(Arc::clone(binding)), None),
                Fate::SetAside => (Some(set_aside(binding)), Some(BindingEvent::Probation)),
                Fate::Remove(event) => (None, Some(event)),
            };
            let binding = after.as_ref().unwrap_or(binding);
            changes.extend(event.map(|event| Change {
                aor: aor.clone(),
                binding: Arc::clone(binding),
                event,
            }));
            kept.extend(after);
        }
        self.table.store(aor, kept.into());
        changes
    }
}

/// What becomes of a binding.
enum Fate {
    Keep,
    SetAside,
    Remove(BindingEvent),
}

fn set_aside(binding: &Binding) -> Arc<Binding> {
    Arc::new(Binding { flow_state: FlowState::Failed, ..binding.clone() })
}
