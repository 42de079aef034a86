//! A media worker's counters as metrics.

use media::Counters;
use metrics::{Counter, counter};

/// Handles, made once, for one worker.
pub struct MediaCounters {
    received: Counter,
    sent: Counter,
    unknown_source: Counter,
    malformed: Counter,
    foreign_rtp: Counter,
    unauthenticated: Counter,
    replayed: Counter,
    undecodable: Counter,
    refused_ports: Counter,
    oversized: Counter,
    unsent: Counter,
    events_dropped: Counter,
}

impl MediaCounters {
    /// The handles of worker `index`.
    pub fn new(index: u16) -> Self {
        let worker = index.to_string();
        let dropped = |why: &'static str| counter!("offhook_media_packets_dropped_total", "worker" => worker.clone(), "why" => why);
        Self {
            received: counter!("offhook_media_packets_received_total", "worker" => worker.clone()),
            sent: counter!("offhook_media_packets_sent_total", "worker" => worker.clone()),
            unknown_source: dropped("unknown-source"),
            malformed: dropped("malformed"),
            foreign_rtp: dropped("foreign-rtp"),
            unauthenticated: dropped("unauthenticated"),
            replayed: dropped("replayed"),
            undecodable: dropped("undecodable"),
            oversized: dropped("oversized"),
            unsent: dropped("unsent"),
            refused_ports: counter!("offhook_media_ports_refused_total", "worker" => worker.clone()),
            events_dropped: counter!("offhook_media_events_dropped_total", "worker" => worker.clone()),
        }
    }

    /// A packet longer than any of a call.
    pub fn oversized(&self) {
        self.oversized.increment(1);
    }

    /// A packet that the kernel did not take.
    pub fn unsent(&self) {
        self.unsent.increment(1);
    }

    /// Statistics, or a digit of a flood, that the calls had no room for.
    pub fn event_dropped(&self) {
        self.events_dropped.increment(1);
    }

    /// Brings the metrics up to the worker's counts.
    pub fn publish(&self, counters: &Counters) {
        self.received.absolute(counters.packets_received);
        self.sent.absolute(counters.packets_sent);
        self.unknown_source.absolute(counters.unknown_source);
        self.malformed.absolute(counters.malformed);
        self.foreign_rtp.absolute(counters.foreign_rtp);
        self.unauthenticated.absolute(counters.unauthenticated);
        self.replayed.absolute(counters.replayed);
        self.undecodable.absolute(counters.undecodable);
        self.refused_ports.absolute(counters.refused_ports);
    }
}
