//! What a worker is told once, at its start.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use crate::port::{Certificate, Dropped};

/// The settings of one [`Worker`](super::Worker).
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// The bound address of each [`Socket::Browsers`](super::Socket), in the same order.
    pub browser_addrs: Vec<SocketAddr>,
    /// Public addresses told to browsers instead of the bound ones of the same IP version (the
    /// port stays); the bound ones are told where this names none of their version.
    pub advertised: Vec<IpAddr>,
    /// Ports of the trunk side; an even one carries RTP, the next one RTCP.
    pub rtp_ports: RangeInclusive<u16>,
    /// What the worker refuses beyond.
    pub limits: Limits,
    /// The DTLS certificate that every browser sees; share one among workers.
    pub certificate: Certificate,
}

impl WorkerConfig {
    /// The address that browsers are told for each socket. The nth advertised address of an IP
    /// version stands for the nth socket of that version that is not loopback; the last for the rest.
    pub(crate) fn candidates(&self) -> Vec<SocketAddr> {
        let mut used = [0, 0];
        let mut candidates = Vec::with_capacity(self.browser_addrs.len());
        for bound in &self.browser_addrs {
            let same_version = self.advertised.iter().filter(|ip| ip.is_ipv4() == bound.is_ipv4());
            let count = &mut used[usize::from(bound.is_ipv4())];
            let advertised = same_version.take(*count + 1).last();
            let replaced = advertised.filter(|_| !bound.ip().is_loopback());
            *count += usize::from(replaced.is_some());
            candidates.push(SocketAddr::new(replaced.copied().unwrap_or(bound.ip()), bound.port()));
        }
        candidates
    }
}

/// Upper bounds of what peers can make a worker hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Ports of both kinds together; more are refused as [`Refusal::Busy`](super::Refusal::Busy).
    pub ports: usize,
    /// Remote addresses remembered for one browser (candidates that passed a check).
    pub addresses_per_port: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { ports: 1000, addresses_per_port: 16 }
    }
}

/// What a worker dropped and why, since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Datagrams on a browser socket that belong to no session.
    pub unknown_source: u64,
    /// Datagrams that are no STUN, DTLS, RTP or RTCP that parses.
    pub malformed: u64,
    /// RTP or RTCP on a trunk port from an address that was not signalled.
    pub foreign_rtp: u64,
    /// SRTP or SRTCP from the right address that its keys do not fit.
    pub unauthenticated: u64,
    /// SRTP or SRTCP that had come before.
    pub replayed: u64,
    /// Packets that a codec could not decode.
    pub undecodable: u64,
    /// Ports refused for [`Limits::ports`] or for lack of a free UDP port.
    pub refused_ports: u64,
    /// Datagrams written.
    pub packets_sent: u64,
    /// Datagrams read.
    pub packets_received: u64,
}

impl Counters {
    pub(super) fn count(&mut self, dropped: Dropped) {
        let counter = match dropped {
            Dropped::Malformed => &mut self.malformed,
            Dropped::Foreign => &mut self.foreign_rtp,
            Dropped::Unauthenticated => &mut self.unauthenticated,
            Dropped::Replayed => &mut self.replayed,
        };
        *counter += 1;
    }
}
