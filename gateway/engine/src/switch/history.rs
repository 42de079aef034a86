//! The latest ended calls.

use std::collections::VecDeque;

use crate::call::CallSnapshot;
use crate::ids::CallId;

/// A ring of ended calls, oldest first.
#[derive(Debug)]
pub(super) struct History {
    /// Each with how many events it has told.
    calls: VecDeque<(CallSnapshot, u64)>,
    max: usize,
}

impl History {
    pub(super) fn new(max: usize) -> Self {
        Self { calls: VecDeque::new(), max }
    }

    pub(super) fn push(&mut self, call: CallSnapshot, seq: u64) {
        if self.max == 0 {
            return;
        }
        if self.calls.len() == self.max {
            self.calls.pop_front();
        }
        self.calls.push_back((call, seq));
    }

    /// The latest are asked for most.
    pub(super) fn find(&self, id: CallId) -> Option<&CallSnapshot> {
        self.calls.iter().rev().map(|(call, _)| call).find(|call| call.id == id)
    }

    /// The number of one more event of a call.
    pub(super) fn count_event(&mut self, id: CallId) -> Option<u64> {
        let (_, seq) = self.calls.iter_mut().rev().find(|(call, _)| call.id == id)?;
        *seq += 1;
        Some(*seq)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &CallSnapshot> {
        self.calls.iter().map(|(call, _)| call)
    }
}
