//! The places where a request may go, in order, and what has become of them (RFC 3263 §4.3).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::hop::Locate;
use crate::proxy::Relay;
use crate::resolve::DeadTargets;
use crate::transport::Layer;
use crate::transport::destination::Destination;
use crate::ua::Target;

/// Targets that one request tries.
const ATTEMPTS_MAX: usize = 8;

/// What is left of a request's targets.
#[derive(Clone, Debug)]
pub(crate) struct Itinerary {
    targets: VecDeque<Target>,
    /// Whoever answered last time, at whose address the same stream is used.
    peer: Option<Destination>,
    /// Whom the request's Contact was written for.
    pub(crate) contact: Destination,
    /// What each attempt of a forwarded request is copied from.
    pub(crate) relay: Option<Arc<Relay>>,
    /// The target of the attempt under way; `None` while that is the peer for want of any target.
    pub(crate) current: Option<Target>,
    attempts: usize,
}

impl Itinerary {
    /// Begins with the peer of last time, if it is among the targets.
    pub(crate) fn new(targets: Vec<Target>, locate: Locate) -> Self {
        let Locate { peer, contact, relay, .. } = locate;
        let mut targets = VecDeque::from(targets);
        let is_peer = |target: &Target| peer.is_some_and(|peer| peer.is_at(target));
        if let Some(place) = targets.iter().position(is_peer)
            && let Some(target) = targets.remove(place)
        {
            targets.push_front(target);
        }
        Self { targets, peer, contact, relay, current: None, attempts: 0 }
    }

    /// The next place: the first that is not dead. A request whose targets are all dead tries the one that has
    /// been so the longest.
    pub(crate) fn next(
        &mut self,
        now: Instant,
        dead: &mut DeadTargets,
        layer: &Layer,
    ) -> Option<Destination> {
        while self.attempts < ATTEMPTS_MAX {
            let alive = self.targets.iter().position(|target| !dead.has(now, target));
            let last_resort = || dead.oldest(self.targets.iter()).filter(|_| self.attempts == 0);
            let target = self.targets.remove(alive.or_else(last_resort)?)?;
            let Some(way) = layer.destination(target.transport, target.remote) else { continue };
            dead.probe(now, &target);
            self.attempts += 1;
            self.current = Some(target);
            return Some(self.peer.map_or(way, |peer| way.like(&peer)));
        }
        None
    }

    /// Whether there is another place worth trying instead of waiting for this one.
    pub(crate) fn has_next(&self, now: Instant, dead: &DeadTargets) -> bool {
        self.attempts < ATTEMPTS_MAX && self.targets.iter().any(|target| !dead.has(now, target))
    }

    /// The request stays where it is.
    pub(crate) fn settle(&mut self) {
        self.targets.clear();
    }
}
