//! Trunks that do not answer: calls pass them over, and pings find out when they do again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sip_stack::RegistrationId;

use crate::ids::TrunkId;

/// How soon a trunk that did not answer is asked whether it is there; each question without an answer doubles it.
const PROBE_FIRST: Duration = Duration::from_secs(5);
/// The longest between two questions.
const PROBE_MAX: Duration = Duration::from_secs(60);
/// A trunk may take calls and leave pings alone: after this time a call finds out.
const BELIEVED_DEAD: Duration = Duration::from_secs(600);

/// What became of something that was sent to a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// A response, whatever it says.
    Life,
    /// No response, no transport, no address.
    Death,
}

#[derive(Debug)]
struct Dead {
    /// When a call last found it so.
    found: Instant,
    next_probe: Instant,
    pause: Duration,
    probe: Option<RegistrationId>,
}

/// The dead; an entry a trunk of the directory, at most.
#[derive(Debug, Default)]
pub(crate) struct Health(BTreeMap<TrunkId, Dead>);

impl Health {
    /// A call met the trunk.
    pub(crate) fn observe(&mut self, now: Instant, trunk: &TrunkId, sign: Sign) {
        if sign == Sign::Life {
            self.0.remove(trunk);
            return;
        }
        let fresh = || Dead { found: now, next_probe: now + PROBE_FIRST, pause: PROBE_FIRST, probe: None };
        self.0.entry(trunk.clone()).or_insert_with(fresh).found = now;
    }

    /// Whether calls pass the trunk over.
    pub(crate) fn is_dead(&self, now: Instant, trunk: &TrunkId) -> bool {
        self.0.get(trunk).is_some_and(|dead| now < dead.found + BELIEVED_DEAD)
    }

    /// When somebody is to be asked.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.0.values().map(|dead| dead.next_probe).min()
    }

    /// A trunk that is to be asked now, under this id.
    pub(super) fn take_due(&mut self, now: Instant, probe: RegistrationId) -> Option<TrunkId> {
        let (trunk, dead) = self.0.iter_mut().find(|(_, dead)| dead.next_probe <= now)?;
        dead.pause = (dead.pause * 2).min(PROBE_MAX);
        dead.next_probe = now + dead.pause;
        dead.probe = Some(probe);
        Some(trunk.clone())
    }

    /// A question is over. 408 and 503 say that the trunk takes no calls, whether it or the endpoint wrote them.
    pub(super) fn answered(&mut self, probe: RegistrationId, code: u16) {
        if !matches!(code, 408 | 503) {
            self.0.retain(|_, dead| dead.probe != Some(probe));
        }
    }

    /// Only these trunks are left.
    pub(super) fn retain(&mut self, is_known: impl Fn(&TrunkId) -> bool) {
        self.0.retain(|trunk, _| is_known(trunk));
    }
}
