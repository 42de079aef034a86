//! From a request URI to the contacts it means (RFC 3261 §16.5, RFC 5626 §7, RFC 5627 §6.1).

use std::sync::Arc;
use std::time::Instant;

use super::{Aor, Binding, BindingRef, FlowState, LocationTable, Registrar};
use crate::message::{Scheme, Uri};
use crate::transport::Transport;

/// Whom a request URI means now.
#[derive(Clone, Debug)]
pub enum Located {
    /// Nobody: another domain's, or a GRUU that is not valid (404).
    Unknown,
    /// A name of ours without bindings now; whether the user exists is the owner's to know (404 or 480).
    Offline,
    /// The best first: groups of one preference, whose instances may be tried at the same time.
    At(Vec<Vec<Location>>),
}

/// One instance's contact, and its others in case the flow has died.
#[derive(Clone, Debug)]
pub struct Location {
    /// Whose binding it is.
    pub aor: Aor,
    /// The binding.
    pub binding: Arc<Binding>,
    /// The same instance by other flows or older contacts, latest first: each is tried only if the one before
    /// it ended with 408 or 430 (RFC 5626 §7, RFC 5627 §6.1).
    pub others: Vec<Arc<Binding>>,
}

impl Location {
    /// The binding's name, for [`Registrar::flow_failed`].
    pub fn binding_ref(&self) -> BindingRef {
        BindingRef { aor: self.aor.clone(), id: self.binding.id }
    }
}

impl<L: LocationTable> Registrar<L> {
    /// Whether the host of the URI is a domain of ours.
    pub fn serves(&self, uri: &Uri) -> bool {
        uri.is_sip() && self.config.domains.iter().any(|domain| domain.matches(&uri.host))
    }

    /// The contacts that a request URI means.
    pub fn locate(&self, now: Instant, uri: &Uri) -> Located {
        if !self.serves(uri) {
            return Located::Unknown;
        }
        let (aor, instance) = if uri.params.contains("gr") {
            let Some(meant) = self.dereference(uri) else { return Located::Unknown };
            (meant.aor, Some(meant.instance))
        } else {
            let Some(aor) = Aor::of(uri) else { return Located::Unknown };
            (aor, None)
        };
        let bindings = self.table.bindings(&aor);
        let usable = |binding: &&Arc<Binding>| {
            binding.is_current(now)
                && binding.flow_state == FlowState::Alive
                && instance.as_deref().is_none_or(|instance| binding.instance() == Some(instance))
                && (uri.scheme != Scheme::Sips || is_secure(binding))
        };
        let mut usable: Vec<Arc<Binding>> = bindings.iter().filter(usable).cloned().collect();
        usable.sort_by_key(|binding| std::cmp::Reverse((binding.q, binding.updated)));
        groups(&aor, usable)
    }
}

/// RFC 5630 §4: a `sips` request goes only where TLS goes all the way.
fn is_secure(binding: &Binding) -> bool {
    let has_secure_flow = matches!(binding.flow.transport, Transport::Tls | Transport::Wss);
    binding.contact.uri.scheme == Scheme::Sips || (has_secure_flow && binding.path.is_empty())
}

/// One location an instance, in groups of one preference.
fn groups(aor: &Aor, bindings: Vec<Arc<Binding>>) -> Located {
    let mut groups: Vec<Vec<Location>> = Vec::new();
    for binding in bindings {
        if let Some(known) = binding.instance().and_then(|instance| of_instance(&mut groups, instance)) {
            known.others.push(binding);
            continue;
        }
        let q = binding.q;
        let location = Location { aor: aor.clone(), binding, others: Vec::new() };
        match groups.last_mut() {
            Some(group) if group.iter().any(|other| other.binding.q == q) => group.push(location),
            Some(_) | None => groups.push(vec![location]),
        }
    }
    if groups.is_empty() { Located::Offline } else { Located::At(groups) }
}

fn of_instance<'a>(groups: &'a mut [Vec<Location>], instance: &str) -> Option<&'a mut Location> {
    groups.iter_mut().flatten().find(|location| location.binding.instance() == Some(instance))
}
