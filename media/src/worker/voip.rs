//! What is told of a stream to a peer that asks for VoIP metrics (RFC 3611 §4.7).

use std::time::{Duration, Instant};

use super::entry::Entry;
use super::losses::Loss;
use crate::emodel::Impairments;
use crate::port::Port;
use crate::rtcp::VoipMetrics;

/// A full-scale square wave is so much above 0 dBm0 (ITU-T G.711: a sine of full scale is 3.17).
const DBM0_OF_0_DBOV: f32 = 6.18;

impl Entry {
    /// What the next report says, if one is due in which the peer wants them.
    pub(super) fn voip_metrics(&self, now: Instant) -> Option<VoipMetrics> {
        let Port::Rtp(port) = &self.port else { return None };
        if !port.owes_voip_metrics(now) {
            return None;
        }
        let reception = self.inbound.heard();
        let bursts = self.inbound.stage.bursts.summary();
        let lost = reception.lost() as f32 / (reception.lost() + reception.received()).max(1) as f32;
        let loss = Loss { share: bursts.missing, burst_ratio: 1.0 };
        let impairments = self.impairments(loss, reception.jitter())?;
        let heard = Impairments { round_trip: Duration::ZERO, jitter: Duration::ZERO, ..impairments };
        let packet_ms = port.formats()?.ptime_ms as f32;
        let delay = self.inbound.delays.whole().map_or(Duration::ZERO, |delay| delay.p50);
        Some(VoipMetrics {
            ssrc: reception.ssrc()?,
            loss: lost,
            discarded: (bursts.missing - lost).max(0.0),
            burst_density: bursts.burst_density,
            gap_density: bursts.gap_density,
            burst_ms: (bursts.burst_packets * packet_ms) as u16,
            gap_ms: (bursts.gap_packets * packet_ms) as u16,
            round_trip_ms: ms(impairments.round_trip),
            system_ms: ms(delay),
            signal_level: Some((self.level_dbov + DBM0_OF_0_DBOV) as i8),
            rating: Some(impairments.rating().clamp(0.0, 100.0) as u8),
            mos_listening: Some(heard.mos()),
            mos_conversational: Some(impairments.mos()),
        })
    }
}

fn ms(time: Duration) -> u16 {
    u16::try_from(time.as_millis()).unwrap_or(u16::MAX)
}
