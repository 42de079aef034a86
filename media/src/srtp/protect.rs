use std::fmt;

use super::transform::{Place, Protocol, Transform};
use super::{MasterKey, Reports};
use crate::rtp::Prefix;

/// The sending side of one stream under one master key.
pub struct Protector {
    master: MasterKey,
    rtp: Transform,
    rtcp: Transform,
    /// Roll-overs of the sequence before the first protected packet: both sides count from there.
    first_cycle: Option<u64>,
    next_rtcp: u32,
    reports: Reports,
}

impl Protector {
    /// Starts with both counters at 0.
    pub fn new(master: MasterKey) -> Self {
        let [rtp, rtcp] = [Protocol::Rtp, Protocol::Rtcp].map(|protocol| Transform::new(&master, protocol));
        Self { master, rtp, rtcp, first_cycle: None, next_rtcp: 0, reports: Reports::Encrypted }
    }

    /// The key in use.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// Sets whether reports are encrypted; they are, to begin with.
    pub fn set_reports(&mut self, reports: Reports) {
        self.reports = reports;
    }

    /// Goes on under another key: the counters stay (RFC 3711 §3.3.1).
    pub fn rekey(&mut self, master: MasterKey) {
        let Self { first_cycle, next_rtcp, reports, .. } = *self;
        *self = Self { first_cycle, next_rtcp, reports, ..Self::new(master) };
    }

    /// Protects the RTP packet in `packet[..len]` in place; tells its new length. `sequence` is extended.
    /// `None` if it is no RTP packet, or `packet` too short for [`EXPANSION_MAX`](super::EXPANSION_MAX) more.
    pub fn protect_rtp(&mut self, packet: &mut [u8], len: usize, sequence: u64) -> Option<usize> {
        let Prefix { ssrc, len: body, .. } = Prefix::parse(packet.get(..len)?).ok()?;
        let cycle = *self.first_cycle.get_or_insert(sequence >> 16);
        let index = sequence.checked_sub(cycle << 16)?;
        self.rtp.seal_rtp(packet, body, len, Place { ssrc, index })
    }

    /// Protects the RTCP compound in `packet[..len]` in place, as [`Protector::protect_rtp`].
    pub fn protect_rtcp(&mut self, packet: &mut [u8], len: usize) -> Option<usize> {
        let ssrc = u32::from_be_bytes(*packet.get(..len)?.get(4..8)?.first_chunk()?);
        let index = u64::from(self.next_rtcp);
        self.next_rtcp = (self.next_rtcp + 1) & 0x7FFF_FFFF;
        match self.reports {
            Reports::Encrypted => self.rtcp.seal_rtcp(packet, len, Place { ssrc, index }),
            Reports::Tagged => self.rtcp.seal_tagged(packet, len, Place { ssrc, index }),
        }
    }
}

impl fmt::Debug for Protector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protector").field("master", &self.master).finish_non_exhaustive()
    }
}
