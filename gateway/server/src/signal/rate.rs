//! A token bucket: so many frames a second on average, twice as many at once.

use std::time::Instant;

/// The bucket.
pub(super) struct Rate {
    per_s: f64,
    left: f64,
    at: Instant,
}

impl Rate {
    pub(super) fn new(per_s: u32, now: Instant) -> Self {
        let per_s = f64::from(per_s);
        Self { per_s, left: 2.0 * per_s, at: now }
    }

    /// Takes one frame's worth; false when there is none.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let refill = now.saturating_duration_since(self.at).as_secs_f64() * self.per_s;
        self.at = now;
        self.left = (self.left + refill).min(2.0 * self.per_s) - 1.0;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_burst_passes_a_flood_does_not() {
        let zero = Instant::now();
        let mut rate = Rate::new(10, zero);
        assert!((0..20).all(|_| rate.take(zero)));
        assert!(!rate.take(zero));
        assert!(rate.take(zero + Duration::from_secs(1)));
    }
}
