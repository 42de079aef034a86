//! Puts packets back in order, waiting no longer than it must.

use std::time::{Duration, Instant};

use crate::port::Incoming;

/// Successors that may wait for a missing packet; one more, and it counts as lost.
const HELD_MAX: usize = 2;
/// A late packet rarely comes later than its successor's successor.
const WAIT: Duration = Duration::from_millis(25);
/// A jump of more than this is a new start, not a loss (RFC 3550 appendix A.1).
const JUMP_MAX: u64 = 3000;

/// A packet that came early.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) sequence: u64,
    pub(crate) incoming: Incoming,
    pub(crate) payload: Vec<u8>,
    due: Instant,
}

/// What to do with a packet that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Take it now.
    Next,
    /// It was put away.
    Early,
    /// Its turn has passed.
    Late,
}

/// The next sequence number, and packets that came before their turn.
#[derive(Debug, Default)]
pub(crate) struct Reorder {
    next: Option<u64>,
    held: Vec<Held>,
    spare: Vec<Vec<u8>>,
}

impl Reorder {
    /// Sorts a packet in.
    pub(crate) fn offer(&mut self, now: Instant, sequence: u64, incoming: &Incoming, payload: &[u8]) -> Order {
        let next = *self.next.get_or_insert(sequence);
        if sequence == next || sequence > next + JUMP_MAX || sequence + JUMP_MAX < next {
            self.next = Some(sequence + 1);
            return Order::Next;
        }
        if sequence < next || self.held.iter().any(|held| held.sequence == sequence) {
            return Order::Late;
        }
        let mut bytes = self.spare.pop().unwrap_or_default();
        bytes.clear();
        bytes.extend_from_slice(payload);
        let held = Held { sequence, incoming: incoming.clone(), payload: bytes, due: now + WAIT };
        let place = self.held.partition_point(|other| other.sequence < sequence);
        self.held.insert(place, held);
        Order::Early
    }

    /// The next packet whose turn it is, and how many are lost before it.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(Held, u64)> {
        let next = self.next?;
        let first = self.held.first()?;
        let in_turn = first.sequence <= next;
        if !in_turn && self.held.len() < HELD_MAX && self.deadline().is_some_and(|due| now < due) {
            return None;
        }
        let held = self.held.remove(0);
        self.next = Some(next.max(held.sequence + 1));
        let lost = held.sequence.saturating_sub(next);
        Some((held, lost))
    }

    /// Gives a packet's memory back.
    pub(crate) fn recycle(&mut self, held: Held) {
        if self.spare.len() < HELD_MAX {
            self.spare.push(held.payload);
        }
    }

    /// When a missing packet counts as lost.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.held.iter().map(|held| held.due).min()
    }

    /// Another stream began.
    pub(crate) fn reset(&mut self) {
        self.next = None;
        self.held.clear();
    }
}
