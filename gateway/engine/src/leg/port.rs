//! A leg's media port, as the engine sees it.

use bytes::Bytes;
use media::verdict::Verdict;
use media::{PortId, Stats};

use crate::switch::Quality;

/// How far the descriptions of a port have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descriptions {
    /// Asked for; ours is not made yet.
    Opening,
    /// Ours is made as an offer; the peer's answer is missing.
    Offered,
    /// Both are known.
    Complete,
}

/// A leg's media port.
#[derive(Debug)]
pub(crate) struct Port {
    pub(crate) id: PortId,
    pub(crate) descriptions: Descriptions,
    /// Our last description.
    pub(crate) local: Option<Bytes>,
    /// Whether packets can flow.
    pub(crate) connected: bool,
    /// Whether RFC 4733 was negotiated.
    pub(crate) rfc4733: bool,
    pub(crate) quality: Option<Quality>,
    /// Whether the worker was asked to judge it.
    pub(crate) judged: bool,
    pub(crate) verdict: Option<Verdict>,
    totals: Totals,
}

#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    received: u64,
    lost: u64,
}

impl Port {
    pub(crate) fn new(id: PortId) -> Self {
        Self {
            id,
            descriptions: Descriptions::Opening,
            local: None,
            connected: false,
            rfc4733: false,
            quality: None,
            judged: false,
            verdict: None,
            totals: Totals::default(),
        }
    }

    /// Takes the statistics of one more second; the worker counts since the port opened.
    pub(crate) fn measure(&mut self, stats: &Stats) {
        let received = stats.packets_received.saturating_sub(self.totals.received);
        let lost = stats.packets_lost.saturating_sub(self.totals.lost);
        self.totals = Totals { received: stats.packets_received, lost: stats.packets_lost };
        let expected = received + lost;
        self.quality = Some(Quality {
            codec: stats.codec,
            round_trip_ms: stats.round_trip_ms,
            loss: if expected == 0 { 0.0 } else { lost as f32 / expected as f32 },
            jitter_ms: stats.jitter_ms,
            mos: stats.mos,
            remote_mos: stats.remote_mos,
            level_dbov: stats.level_dbov,
            added_delay: stats.added_delay,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_is_that_of_the_last_second() {
        let mut port = Port::new(PortId(1));
        port.measure(&Stats { packets_received: 50, ..Stats::default() });
        port.measure(&Stats { packets_received: 95, packets_lost: 5, ..Stats::default() });
        assert_eq!(port.quality.map(|quality| quality.loss), Some(0.1));
        port.measure(&Stats { packets_received: 95, packets_lost: 5, ..Stats::default() });
        assert_eq!(port.quality.map(|quality| quality.loss), Some(0.0));
    }
}
