//! Which answers were taken before: a window of counts for each nonce in use (RFC 7616 §3.4.5, `nc`).
//!
//! Only a right answer makes an entry, so that strangers cannot fill the table. When it is full, the nonce
//! issued first is forgotten, and whatever is as old as that is stale from then on: forgetting never lets a
//! replay through.

use std::collections::BTreeMap;
use std::time::Duration;

/// The counts behind the highest one that may still come, out of order.
const WINDOW: u32 = 64;

/// A nonce by its issue: seconds, and the number that tells nonces of one second apart.
pub(super) type Issue = (u64, u64);

/// The nonces in use.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    nonces_max: usize,
    seen: BTreeMap<Issue, Window>,
    forgotten: Option<Issue>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    highest: u32,
    /// Bit `n` is the count `highest - n`.
    taken: u64,
}

/// Whether an answer is the first of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    First,
    Again,
}

impl Replay {
    pub(super) const fn new(nonces_max: usize) -> Self {
        Self { nonces_max, seen: BTreeMap::new(), forgotten: None }
    }

    /// Takes the count of a right answer; without a count the nonce is good for one answer.
    pub(super) fn take(&mut self, issue: Issue, count: Option<u32>) -> Use {
        if let Some(window) = self.seen.get_mut(&issue) {
            return count.map_or(Use::Again, |count| window.take(count));
        }
        if self.forgotten.is_some_and(|forgotten| issue <= forgotten) {
            return Use::Again;
        }
        if self.seen.len() >= self.nonces_max {
            self.forgotten = self.seen.pop_first().map(|(first, _)| first).max(self.forgotten);
        }
        self.seen.insert(issue, Window { highest: count.unwrap_or(u32::MAX), taken: 1 });
        Use::First
    }

    /// Forgets nonces that are too old to be taken anyway.
    pub(super) fn expire(&mut self, now: Duration, lifetime: Duration) {
        let oldest = now.saturating_sub(lifetime).as_secs();
        while self.seen.first_key_value().is_some_and(|((issued, _), _)| *issued < oldest) {
            self.seen.pop_first();
        }
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.seen.len()
    }
}

impl Window {
    fn take(&mut self, count: u32) -> Use {
        if let Some(ahead) = count.checked_sub(self.highest).filter(|ahead| *ahead > 0) {
            self.taken = self.taken.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = count;
            return Use::First;
        }
        let behind = self.highest - count;
        if behind >= WINDOW || self.taken >> behind & 1 == 1 {
            return Use::Again;
        }
        self.taken |= 1 << behind;
        Use::First
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_taken_once_in_any_order() {
        let mut replay = Replay::new(8);
        for (count, expected) in [
            (1, Use::First),
            (1, Use::Again),
            (3, Use::First),
            (2, Use::First),
            (2, Use::Again),
            (200, Use::First),
            (3, Use::Again),
            (137, Use::First),
            (136, Use::Again),
            (u32::MAX, Use::First),
            (200, Use::Again),
        ] {
            assert_eq!(replay.take((0, 0), Some(count)), expected, "{count}");
        }
    }

    #[test]
    fn a_nonce_without_counts_is_good_once() {
        let mut replay = Replay::new(8);
        assert_eq!(replay.take((0, 0), None), Use::First);
        assert_eq!(replay.take((0, 0), None), Use::Again);
        assert_eq!(replay.take((0, 0), Some(1)), Use::Again);
    }

    #[test]
    fn what_was_forgotten_is_not_taken_again() {
        let mut replay = Replay::new(2);
        for second in 0..5 {
            assert_eq!(replay.take((second, 0), Some(1)), Use::First);
        }
        assert_eq!(replay.len(), 2);
        for second in 0..5 {
            assert_eq!(replay.take((second, 0), Some(1)), Use::Again);
        }
        replay.expire(Duration::from_secs(100), Duration::from_secs(10));
        assert_eq!(replay.len(), 0);
    }
}
