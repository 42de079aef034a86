//! The latest ended calls.

use std::collections::VecDeque;

use crate::call::CallSnapshot;
use crate::ids::CallId;

/// A ring of ended calls, oldest first.
#[derive(Debug)]
pub(super) struct History {
    calls: VecDeque<CallSnapshot>,
    max: usize,
}

impl History {
    pub(super) fn new(max: usize) -> Self {
        Self { calls: VecDeque::new(), max }
    }

    pub(super) fn push(&mut self, call: CallSnapshot) {
        if self.max == 0 {
            return;
        }
        if self.calls.len() == self.max {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
    }

    /// The latest are asked for most.
    pub(super) fn find(&self, id: CallId) -> Option<&CallSnapshot> {
        self.calls.iter().rev().find(|call| call.id == id)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &CallSnapshot> {
        self.calls.iter()
    }
}
