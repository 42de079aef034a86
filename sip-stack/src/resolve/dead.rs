//! Targets that failed lately, and when they are worth another try (RFC 3263 §4.3).
//!
//! A target that comes back is not met by everybody at once: one request finds out, the others go on elsewhere
//! until it has (the care that RFC 5390 §4 asks of overload).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::ua::Target;

/// Failed targets remembered; beyond, the one that failed longest ago is forgotten.
const DEAD_TARGETS_MAX: usize = 1024;
/// How long a target is passed over after its first failure; doubled by each further one.
pub(crate) const DEAD_FIRST: Duration = Duration::from_secs(30);
/// The longest that our own experience makes us wait.
pub(crate) const DEAD_MAX: Duration = Duration::from_secs(600);
/// The longest Retry-After that is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
/// How long the request that finds out may take: timer B.
const PROBE: Duration = Duration::from_secs(32);

#[derive(Clone, Copy, Debug)]
struct Dead {
    failed: Instant,
    until: Instant,
    failures: u32,
}

/// The targets.
#[derive(Debug, Default)]
pub(crate) struct DeadTargets(BTreeMap<Target, Dead>);

impl DeadTargets {
    /// A target did not answer, or asked not to be tried for a while.
    pub(crate) fn fail(&mut self, now: Instant, target: Target, retry_after: Option<Duration>) {
        let failures = self.0.get(&target).map_or(0, |dead| dead.failures).saturating_add(1);
        let grown = DEAD_FIRST.saturating_mul(1 << (failures - 1).min(16)).min(DEAD_MAX);
        let pause = retry_after.map_or(grown, |asked| asked.min(RETRY_AFTER_MAX));
        if self.0.len() >= DEAD_TARGETS_MAX && !self.0.contains_key(&target) {
            self.forget_oldest();
        }
        self.0.insert(target, Dead { failed: now, until: now + pause, failures });
    }

    /// A target answered.
    pub(crate) fn revive(&mut self, target: &Target) {
        self.0.remove(target);
    }

    /// Whether a target is to be passed over.
    pub(crate) fn has(&self, now: Instant, target: &Target) -> bool {
        self.0.get(target).is_some_and(|dead| now < dead.until)
    }

    /// A request goes to this target; if it was dead, others wait for what becomes of that.
    pub(crate) fn probe(&mut self, now: Instant, target: &Target) {
        if let Some(dead) = self.0.get_mut(target) {
            dead.until = dead.until.max(now + PROBE);
        }
    }

    /// The place of the target that failed longest ago.
    pub(crate) fn oldest<'a>(&self, targets: impl Iterator<Item = &'a Target>) -> Option<usize> {
        let failed = |target: &Target| self.0.get(target).map(|dead| dead.failed);
        targets.enumerate().min_by_key(|(_, target)| failed(target)).map(|(place, _)| place)
    }

    fn forget_oldest(&mut self) {
        let oldest = self.0.iter().min_by_key(|(_, dead)| dead.failed).map(|(target, _)| *target);
        if let Some(target) = oldest {
            self.0.remove(&target);
        }
    }
}
