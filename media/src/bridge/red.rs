//! Redundant audio towards a browser (RFC 2198): while it reports loss, each packet brings the one before along.

use std::time::{Duration, Instant};

use crate::rtp::{Block, Redundant};

/// In-band FEC, which costs less, is enough for a lower loss.
const ON_LOSS: f32 = 0.03;
const OFF_LOSS: f32 = 0.01;
/// How long the loss has to stay low, as losses come in bursts.
const LINGER: Duration = Duration::from_secs(10);
/// Fits a datagram with all headers on any way.
const PAYLOAD_MAX: usize = 1_200;

/// What a sender keeps for it.
pub(super) struct Red {
    /// When the loss was last too high to go without.
    needed: Option<Instant>,
    before: Before,
    out: [u8; PAYLOAD_MAX],
}

/// The packet before.
struct Before {
    sequence: u64,
    timestamp: u32,
    len: usize,
    payload: [u8; PAYLOAD_MAX],
}

impl Default for Red {
    fn default() -> Self {
        let before = Before { sequence: 0, timestamp: 0, len: 0, payload: [0; PAYLOAD_MAX] };
        Self { needed: None, before, out: [0; PAYLOAD_MAX] }
    }
}

impl Red {
    /// Takes the share (0 to 1) that the browser reports losing.
    pub(super) fn update(&mut self, now: Instant, remote_loss: Option<f32>) {
        let loss = remote_loss.unwrap_or(0.0);
        let is_needed = loss >= ON_LOSS || (self.needed.is_some() && loss > OFF_LOSS);
        if is_needed {
            self.needed = Some(now);
        } else if self.needed.is_some_and(|at| now >= at + LINGER) {
            self.needed = None;
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.needed.is_some()
    }

    /// The payload with the one before it, when there is need; takes note of it for the next.
    pub(super) fn wrap(
        &mut self,
        sequence: u64,
        timestamp: u32,
        payload_type: u8,
        payload: &[u8],
    ) -> Option<&[u8]> {
        let before = &self.before;
        let offset = timestamp.wrapping_sub(before.timestamp);
        let follows = sequence == before.sequence + 1 && before.len > 0;
        let earlier = Block { payload_type, offset, payload: &before.payload[..before.len] };
        let primary = Block { payload_type, offset: 0, payload };
        let written = match self.needed.filter(|_| follows) {
            Some(_) => Redundant::write(&[earlier], &primary, &mut self.out).ok(),
            None => None,
        };
        self.before.remember(sequence, timestamp, payload);
        written.map(|len| &self.out[..len])
    }
}

impl Before {
    fn remember(&mut self, sequence: u64, timestamp: u32, payload: &[u8]) {
        (self.sequence, self.timestamp) = (sequence, timestamp);
        self.len = match self.payload.get_mut(..payload.len()) {
            Some(space) => {
                space.copy_from_slice(payload);
                payload.len()
            }
            None => 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_by_loss_and_off_only_when_it_stays_away() {
        let (mut red, start) = (Red::default(), Instant::now());
        let mut is_on = |seconds, loss| {
            red.update(start + Duration::from_secs(seconds), Some(loss));
            red.is_on()
        };
        assert!(!is_on(0, 0.0) && !is_on(1, 0.02), "FEC is enough");
        assert!(is_on(2, 0.03) && is_on(3, 0.02), "between the thresholds nothing changes");
        assert!(is_on(4, 0.0) && is_on(12, 0.01), "a burst may follow");
        assert!(!is_on(14, 0.0) && !is_on(15, 0.02));
    }

    #[test]
    fn only_neighbours_are_brought_along() {
        let mut red = Red::default();
        red.update(Instant::now(), Some(0.1));
        assert_eq!(red.wrap(7, 960, 111, b"a"), None);
        let wrapped = red.wrap(8, 1_920, 111, b"b").map(<[u8]>::to_vec);
        assert_eq!(wrapped.as_deref(), Some(&b"\xEF\x0F\x00\x01\x6Fab"[..]));
        assert_eq!(red.wrap(10, 2_880, 111, b"c"), None, "a digit was in between");
        assert_eq!(red.wrap(11, 40_000, 111, b"d"), None, "silence was in between");
    }
}
