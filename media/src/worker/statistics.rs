//! How well a peer's packets arrive (RFC 3550 §6.4.1, appendix A.8).

use std::time::Instant;

use super::Stats;
use crate::gain::{Level, SILENCE_DBOV};

#[derive(Debug, Default)]
pub(super) struct Reception {
    received: u64,
    pub(super) lost: u64,
    pub(super) repaired: u64,
    pub(super) level: Level,
    /// The loudest that the peer itself told in this interval, dBov.
    told_level: Option<i8>,
    transit: Option<Transit>,
    /// Seconds.
    jitter: f32,
}

#[derive(Clone, Copy, Debug)]
struct Transit {
    at: Instant,
    timestamp: u32,
    clock: u32,
}

impl Reception {
    pub(super) fn note(&mut self, at: Instant, timestamp: u32, clock: u32) {
        self.received += 1;
        let transit = Transit { at, timestamp, clock };
        if let Some(former) = self.transit.replace(transit).filter(|former| former.clock == clock) {
            let sent = timestamp.wrapping_sub(former.timestamp).cast_signed() as f32 / clock as f32;
            let spread = (at.saturating_duration_since(former.at).as_secs_f32() - sent).abs();
            // A second is no jitter but a pause.
            if spread < 1.0 {
                self.jitter += (spread - self.jitter) / 16.0;
            }
        }
    }

    pub(super) fn note_level(&mut self, level: Option<i8>) {
        self.told_level = self.told_level.max(level);
    }

    pub(super) fn restart(&mut self) {
        self.transit = None;
    }

    /// A second's worth; the level starts anew.
    pub(super) fn stats(&mut self) -> Stats {
        let measured = self.level.take_dbov();
        let told = self.told_level.take().map(f32::from);
        let level_dbov = if measured > SILENCE_DBOV { measured } else { told.unwrap_or(SILENCE_DBOV) };
        Stats {
            packets_received: self.received,
            packets_lost: self.lost,
            packets_repaired: self.repaired,
            jitter_ms: self.jitter * 1000.0,
            level_dbov,
            ..Stats::default()
        }
    }
}
