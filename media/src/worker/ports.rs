//! Which UDP ports of the trunk side are free.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Even ports of a range, given out in turn so that a port rests before it is used again: late
/// packets of the call before find nobody.
#[derive(Debug)]
pub(super) struct UdpPorts {
    range: RangeInclusive<u16>,
    next: u16,
    taken: BTreeSet<u16>,
}

impl UdpPorts {
    pub(super) fn new(range: RangeInclusive<u16>) -> Self {
        let first = range.start().next_multiple_of(2);
        Self { range, next: first, taken: BTreeSet::new() }
    }

    /// The next free pair's lower port.
    pub(super) fn take(&mut self) -> Option<u16> {
        let pairs = (self.range.end() - self.range.start()) / 2 + 1;
        for _ in 0..pairs {
            let port = self.next;
            self.next = self.after(port);
            let fits = self.range.contains(&port) && self.range.contains(&(port | 1));
            if fits && self.taken.insert(port) {
                return Some(port);
            }
        }
        None
    }

    pub(super) fn free(&mut self, port: u16) {
        self.taken.remove(&port);
    }

    fn after(&self, port: u16) -> u16 {
        let next = port.checked_add(2).filter(|next| next < self.range.end());
        next.unwrap_or_else(|| self.range.start().next_multiple_of(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_round_and_runs_out() {
        let mut ports = UdpPorts::new(3001..=3007);
        assert_eq!([ports.take(), ports.take(), ports.take()], [Some(3002), Some(3004), Some(3006)]);
        assert_eq!(ports.take(), None);
        ports.free(3004);
        assert_eq!(ports.take(), Some(3004));
    }
}
