//! The SIP endpoint's counters as metrics.

use std::collections::BTreeMap;

use metrics::{Counter, Gauge, counter, gauge};
use sip_stack::{Counters, Transport};

const STREAMS: [Transport; 4] = [Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

/// Handles, made once.
pub struct SipCounters {
    received: Counter,
    sent: Counter,
    malformed: Counter,
    stray: Counter,
    retransmitted: Counter,
    absorbed: Counter,
    limited: Counter,
    timeouts: Counter,
    transport_failures: Counter,
    lost_flows: Counter,
    silent_streams: Counter,
    wrong_peers: Counter,
    streams: [(Transport, Gauge); 4],
}

impl Default for SipCounters {
    fn default() -> Self {
        Self {
            received: counter!("offhook_sip_messages_received_total"),
            sent: counter!("offhook_sip_messages_sent_total"),
            malformed: counter!("offhook_sip_messages_malformed_total"),
            stray: counter!("offhook_sip_messages_stray_total"),
            retransmitted: counter!("offhook_sip_retransmissions_sent_total"),
            absorbed: counter!("offhook_sip_retransmissions_absorbed_total"),
            limited: counter!("offhook_sip_limited_total"),
            timeouts: counter!("offhook_sip_timeouts_total"),
            transport_failures: counter!("offhook_sip_transport_failures_total"),
            lost_flows: counter!("offhook_sip_flows_lost_total"),
            silent_streams: counter!("offhook_sip_streams_silent_total"),
            wrong_peers: counter!("offhook_sip_wrong_peers_total"),
            streams: STREAMS.map(|transport| {
                (transport, gauge!("offhook_sip_streams", "transport" => transport.as_str().to_lowercase()))
            }),
        }
    }
}

impl SipCounters {
    /// Brings the metrics up to the endpoint's counts.
    pub fn publish(&self, counters: &Counters, open: &BTreeMap<Transport, usize>) {
        self.received.absolute(counters.received);
        self.sent.absolute(counters.sent);
        self.malformed.absolute(counters.malformed);
        self.stray.absolute(counters.stray_responses + counters.stray_acks);
        self.retransmitted.absolute(counters.retransmissions_sent);
        self.absorbed.absolute(counters.retransmissions_absorbed);
        self.limited.absolute(
            counters.limited_transactions
                + counters.limited_calls
                + counters.limited_forks
                + counters.limited_streams,
        );
        self.timeouts.absolute(counters.timeouts);
        self.transport_failures.absolute(counters.transport_failures);
        self.lost_flows.absolute(counters.dead_flows);
        self.silent_streams.absolute(counters.silent_streams);
        self.wrong_peers.absolute(counters.wrong_peers);
        for (transport, gauge) in &self.streams {
            gauge.set(open.get(transport).copied().unwrap_or(0) as f64);
        }
    }
}
