//! How long sound has to wait so that most of it comes in time.

use std::time::{Duration, Instant};

/// A bucket of the histogram, and how many there are.
const BUCKET_MS: u64 = 5;
const BUCKETS: usize = 80;
/// The share of packets that may come later than the target.
const LATE_SHARE: f32 = 0.03;
/// What a packet counts for; older ones fade.
const WEIGHT: f32 = 0.02;
/// What is expected of a stream that has only begun: 40 ms.
const FIRST_BUCKET: usize = 7;
/// The quickest way is looked for over one to two of these: longer than any spike, short enough to follow a clock
/// that drifts.
const WINDOW: Duration = Duration::from_secs(5);

/// Watches when packets come against when they were sent.
#[derive(Debug)]
pub(super) struct Delay {
    start: Instant,
    /// Share of packets by how much later than the quickest they came.
    shares: [f32; BUCKETS],
    quickest: Quickest,
}

/// The least difference between arrival and sending, microseconds: of this window and the one before.
#[derive(Clone, Copy, Debug)]
struct Quickest {
    ends: Instant,
    now: i64,
    before: i64,
}

impl Delay {
    pub(super) fn new(now: Instant) -> Self {
        let quickest = Quickest { ends: now + WINDOW, now: i64::MAX, before: i64::MAX };
        let mut shares = [0.0; BUCKETS];
        shares[FIRST_BUCKET] = 1.0;
        Self { start: now, shares, quickest }
    }

    /// A packet came; `sent` is its time by the sender's clock. Tells how much later than the quickest it came.
    pub(super) fn record(&mut self, now: Instant, sent: Duration) -> Duration {
        let arrived = now.saturating_duration_since(self.start);
        let way = arrived.as_micros() as i64 - sent.as_micros() as i64;
        self.quickest.record(now, way);
        let later =
            Duration::from_micros((way - self.quickest.now.min(self.quickest.before)).cast_unsigned());
        let bucket = (later.as_millis() as usize / BUCKET_MS as usize).min(BUCKETS - 1);
        for share in &mut self.shares {
            *share *= 1.0 - WEIGHT;
        }
        self.shares[bucket] += WEIGHT;
        later
    }

    /// The wait after which all but a few have come.
    pub(super) fn target(&self) -> Duration {
        let mut later = 1.0;
        for (at, share) in self.shares.iter().enumerate() {
            later -= share;
            if later <= LATE_SHARE {
                return Duration::from_millis((at as u64 + 1) * BUCKET_MS);
            }
        }
        Duration::from_millis(BUCKETS as u64 * BUCKET_MS)
    }
}

impl Quickest {
    fn record(&mut self, now: Instant, way: i64) {
        if now >= self.ends {
            *self = Self { ends: now + WINDOW, now: i64::MAX, before: self.now };
        }
        self.now = self.now.min(way);
    }
}
