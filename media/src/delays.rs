//! How long packets were in here, as a histogram of fixed size.

use std::time::Duration;

/// Buckets of each octave: a figure is at most an eighth too high.
const STEPS: u32 = 8;
const STEP_BITS: u32 = 3;
/// Everything from half a second on is one bucket.
const OCTAVES: u32 = 16;
const BUCKETS: usize = (STEPS * (OCTAVES + 1)) as usize;

/// What half of the packets, and 99 of 100, did not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddedDelay {
    /// The median.
    pub p50: Duration,
    /// The 99th percentile.
    pub p99: Duration,
}

/// Delays of one direction, of the last second and of the whole call.
#[derive(Debug, Default)]
pub(crate) struct Delays {
    second: Histogram,
    whole: Histogram,
}

#[derive(Debug)]
struct Histogram {
    counts: [u32; BUCKETS],
    total: u32,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; BUCKETS], total: 0 }
    }
}

impl Delays {
    pub(crate) fn add(&mut self, delay: Duration) {
        self.second.add(delay);
        self.whole.add(delay);
    }

    /// Of the time since the last call; `None` without a packet.
    pub(crate) fn take_second(&mut self) -> Option<AddedDelay> {
        std::mem::take(&mut self.second).summary()
    }

    pub(crate) fn whole(&self) -> Option<AddedDelay> {
        self.whole.summary()
    }
}

impl Histogram {
    fn add(&mut self, delay: Duration) {
        let us = u32::try_from(delay.as_micros()).unwrap_or(u32::MAX);
        let count = &mut self.counts[bucket_of(us)];
        *count = count.saturating_add(1);
        self.total = self.total.saturating_add(1);
    }

    fn summary(&self) -> Option<AddedDelay> {
        (self.total > 0).then(|| AddedDelay { p50: self.percentile(50), p99: self.percentile(99) })
    }

    fn percentile(&self, percent: u64) -> Duration {
        let wanted = (u64::from(self.total) * percent).div_ceil(100);
        let mut sum = 0;
        let found = self.counts.iter().position(|count| {
            sum += u64::from(*count);
            sum >= wanted
        });
        Duration::from_micros(end_of(found.unwrap_or(BUCKETS - 1)))
    }
}

/// The first eight microseconds have a bucket each, then each octave has eight.
fn bucket_of(us: u32) -> usize {
    if us < STEPS {
        return us as usize;
    }
    let shift = us.ilog2() - STEP_BITS;
    let step = (us >> shift) - STEPS;
    ((STEPS * (shift + 1) + step) as usize).min(BUCKETS - 1)
}

/// Where a bucket ends, microseconds.
fn end_of(bucket: usize) -> u64 {
    let (octave, step) = (bucket as u64 / u64::from(STEPS), bucket as u64 % u64::from(STEPS));
    if octave == 0 { step + 1 } else { (u64::from(STEPS) + step + 1) << (octave - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_an_eighth_too_high_at_most() {
        for us in (0..500_000).step_by(37) {
            let end = end_of(bucket_of(us));
            assert!(end > u64::from(us) && end <= u64::from(us) + u64::from(us) / 8 + 1, "{us}: {end}");
        }
        assert_eq!((bucket_of(u32::MAX), end_of(BUCKETS - 1)), (BUCKETS - 1, 524_288));
    }

    #[test]
    fn a_late_packet_in_fifty_shows_in_the_tail_only() {
        let mut delays = Delays::default();
        assert_eq!(delays.take_second(), None);
        (0..98).for_each(|_| delays.add(Duration::from_micros(100)));
        (0..2).for_each(|_| delays.add(Duration::from_millis(10)));
        let second = delays.take_second().unwrap();
        assert_eq!(second.p50, Duration::from_micros(104));
        assert!(second.p99 >= Duration::from_millis(10), "{second:?}");
        assert_eq!((delays.take_second(), delays.whole()), (None, Some(second)));
    }
}
