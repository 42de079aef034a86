/// Packets behind the newest that are told apart (RFC 3711 §3.3.2 asks for 64 at least).
const WINDOW: u64 = 128;

/// Which packets have come, so that none is taken twice.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Replay {
    highest: Option<u64>,
    /// The newest is the lowest bit.
    seen: u128,
}

impl Replay {
    pub(super) fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// Whether a packet is new. One behind the window counts as come.
    pub(super) fn is_new(&self, index: u64) -> bool {
        let Some(highest) = self.highest else { return true };
        match highest.checked_sub(index) {
            None => true,
            Some(behind) => behind < WINDOW && self.seen >> behind & 1 == 0,
        }
    }

    /// A packet has come, and was found genuine.
    pub(super) fn note(&mut self, index: u64) {
        let highest = self.highest.unwrap_or(index);
        if index > highest {
            let ahead = u32::try_from(index - highest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0);
        }
        self.highest = Some(highest.max(index));
        let behind = u32::try_from(highest.saturating_sub(index)).unwrap_or(u32::MAX);
        self.seen |= 1u128.checked_shl(behind).unwrap_or(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_each_packet_once_and_none_that_is_too_old() {
        let mut replay = Replay::default();
        for index in [1_000, 1_001, 999, 1_100] {
            assert!(replay.is_new(index));
            replay.note(index);
            assert!(!replay.is_new(index));
        }
        assert!(replay.is_new(1_050) && replay.is_new(973));
        assert!(!replay.is_new(972) && !replay.is_new(0));
        replay.note(1_000_000);
        assert!(!replay.is_new(1_100) && replay.is_new(999_999) && !replay.is_new(1_000_000));
    }
}
