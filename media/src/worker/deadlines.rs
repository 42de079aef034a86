//! Which port is due next.

use std::collections::BTreeSet;
use std::time::Instant;

use super::PortId;

/// Ports by deadline. One that moves later stays where it is until it comes up, so that a deadline
/// pushed back with every packet costs nothing.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    queue: BTreeSet<(Instant, PortId)>,
}

impl Deadlines {
    /// `queued` is when the port is in the queue for, if it is.
    pub(super) fn set(&mut self, port: PortId, at: Instant, queued: &mut Option<Instant>) {
        if queued.is_some_and(|queued| queued <= at) {
            return;
        }
        if let Some(former) = queued.replace(at) {
            self.queue.remove(&(former, port));
        }
        self.queue.insert((at, port));
    }

    pub(super) fn remove(&mut self, port: PortId, queued: Option<Instant>) {
        if let Some(at) = queued {
            self.queue.remove(&(at, port));
        }
    }

    /// Takes out the first port that is due.
    pub(super) fn pop(&mut self, now: Instant) -> Option<PortId> {
        let first = *self.queue.first().filter(|(at, _)| *at <= now)?;
        self.queue.remove(&first);
        Some(first.1)
    }

    pub(super) fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(at, _)| *at)
    }
}
