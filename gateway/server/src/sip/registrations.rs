//! The registrations that trunks ask for.

use std::collections::BTreeMap;
use std::time::Instant;

use sip_stack::Endpoint;
use sip_stack::ua::{Register, RegistrationId};
use tracing::{info, warn};

/// A trunk that we register with.
#[derive(Clone, Debug)]
pub struct TrunkRegistration {
    /// The trunk's name.
    pub trunk: String,
    /// What to keep registered, at the trunk's present address.
    pub register: Register,
}

/// Trunk by registration, and what it was last told.
#[derive(Default)]
pub(super) struct Registrations {
    by_trunk: BTreeMap<String, (RegistrationId, Register)>,
    next: u64,
}

impl Registrations {
    /// Registers what is new or has moved.
    pub(super) fn update(&mut self, endpoint: &mut Endpoint, now: Instant, wanted: Vec<TrunkRegistration>) {
        for TrunkRegistration { trunk, register } in wanted {
            let current = self.by_trunk.get(&trunk);
            if current.is_some_and(|(_, known)| known.target == register.target) {
                continue;
            }
            if let Some((id, _)) = current {
                // It may be unknown when its last attempt failed for good.
                let _ = endpoint.unregister(now, *id);
            }
            self.next += 1;
            let id = RegistrationId(self.next);
            if let Err(error) = endpoint.register(now, id, register.clone()) {
                warn!(%trunk, %error, "cannot register with the trunk");
            }
            self.by_trunk.insert(trunk, (id, register));
        }
    }

    /// Withdraws all.
    pub(super) fn withdraw(&mut self, endpoint: &mut Endpoint, now: Instant) {
        for (id, _) in std::mem::take(&mut self.by_trunk).into_values() {
            let _ = endpoint.unregister(now, id);
        }
    }

    pub(super) fn succeeded(&self, id: RegistrationId, expires_s: u32) {
        let trunk = self.trunk(id);
        info!(trunk, expires_s, "registered with the trunk");
        metrics::gauge!("offhook_trunk_registered", "trunk" => trunk.to_owned()).set(1.0);
    }

    pub(super) fn failed(&self, id: RegistrationId, code: u16, retry_in_s: u32) {
        let trunk = self.trunk(id);
        warn!(trunk, code, retry_in_s, "the trunk refused our registration");
        metrics::gauge!("offhook_trunk_registered", "trunk" => trunk.to_owned()).set(0.0);
    }

    fn trunk(&self, id: RegistrationId) -> &str {
        let found = self.by_trunk.iter().find(|(_, (known, _))| *known == id);
        found.map_or("", |(trunk, _)| trunk)
    }
}
