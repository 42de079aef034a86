//! Every timer of the endpoint in one ordered structure.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::time::Instant;

/// Deadlines by key; starting a key again moves it.
#[derive(Debug)]
pub(crate) struct Schedule<K> {
    queue: BTreeSet<(Instant, K)>,
    deadlines: BTreeMap<K, Instant>,
}

impl<K: Copy + Ord> Schedule<K> {
    pub(crate) fn new() -> Self {
        Self { queue: BTreeSet::new(), deadlines: BTreeMap::new() }
    }

    pub(crate) fn start(&mut self, key: K, at: Instant) {
        if let Some(before) = self.deadlines.insert(key, at) {
            self.queue.remove(&(before, key));
        }
        self.queue.insert((at, key));
    }

    pub(crate) fn is_running(&self, key: K) -> bool {
        self.deadlines.contains_key(&key)
    }

    /// When a running timer fires.
    pub(crate) fn deadline(&self, key: K) -> Option<Instant> {
        self.deadlines.get(&key).copied()
    }

    pub(crate) fn stop(&mut self, key: K) {
        if let Some(at) = self.deadlines.remove(&key) {
            self.queue.remove(&(at, key));
        }
    }

    /// Lets a timer go on under another key.
    pub(crate) fn rename(&mut self, from: K, to: K) {
        if let Some(at) = self.deadlines.get(&from).copied() {
            self.stop(from);
            self.start(to, at);
        }
    }

    pub(crate) fn stop_range(&mut self, keys: RangeInclusive<K>) {
        let running: Vec<K> = self.deadlines.range(keys).map(|(key, _)| *key).collect();
        running.into_iter().for_each(|key| self.stop(key));
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.queue.first().map(|(at, _)| *at)
    }

    /// Takes the earliest timer that is due.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<K> {
        let (at, key) = *self.queue.first()?;
        if at > now {
            return None;
        }
        self.stop(key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_restarted_key_moves_and_a_range_stops() {
        let zero = Instant::now();
        let at = |ms| zero + Duration::from_millis(ms);
        let mut schedule = Schedule::new();
        schedule.start(1, at(10));
        schedule.start(2, at(20));
        schedule.start(3, at(30));
        schedule.start(1, at(25));
        assert_eq!(schedule.next(), Some(at(20)));
        assert_eq!(schedule.pop_due(at(19)), None);
        assert_eq!(schedule.pop_due(at(20)), Some(2));
        schedule.stop_range(0..=1);
        assert_eq!(schedule.pop_due(at(100)), Some(3));
        assert_eq!(schedule.next(), None);
    }
}
