//! SRTP around a trunk's packets, both ways.

use super::Dropped;
use crate::sdp::Srtp;
use crate::srtp::{Protector, Reports, SrtpError, Unprotector};

#[derive(Debug)]
pub(super) struct Guard {
    protector: Protector,
    unprotector: Unprotector,
    /// Packets from the peer's address that were not genuine.
    refused: u64,
}

impl Guard {
    pub(super) fn new(srtp: &Srtp) -> Self {
        let (protector, unprotector) = (Protector::new(srtp.local), Unprotector::new(srtp.remote));
        let mut guard = Self { protector, unprotector, refused: 0 };
        guard.set_reports(srtp.reports);
        guard
    }

    /// A new offer or answer may bring other keys. The same ones change nothing.
    pub(super) fn update(&mut self, srtp: &Srtp) {
        if *self.protector.master() != srtp.local {
            self.protector.rekey(srtp.local);
        }
        self.unprotector.rekey(srtp.remote);
        self.set_reports(srtp.reports);
    }

    fn set_reports(&mut self, reports: Reports) {
        self.protector.set_reports(reports);
        self.unprotector.set_reports(reports);
    }

    pub(super) fn seal_rtp(&mut self, packet: &mut [u8], len: usize, sequence: u64) -> Option<usize> {
        self.protector.protect_rtp(packet, len, sequence)
    }

    pub(super) fn seal_rtcp(&mut self, packet: &mut [u8], len: usize) -> Option<usize> {
        self.protector.protect_rtcp(packet, len)
    }

    pub(super) fn open_rtp(&mut self, packet: &mut [u8]) -> Result<usize, Dropped> {
        let opened = self.unprotector.unprotect_rtp(packet);
        self.judge(opened)
    }

    pub(super) fn open_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Dropped> {
        let opened = self.unprotector.unprotect_rtcp(packet);
        self.judge(opened)
    }

    pub(super) fn refused(&self) -> u64 {
        self.refused
    }

    fn judge(&mut self, opened: Result<usize, SrtpError>) -> Result<usize, Dropped> {
        opened.map_err(|error| match error {
            SrtpError::Malformed => Dropped::Malformed,
            SrtpError::Replayed => Dropped::Replayed,
            SrtpError::Unauthenticated => {
                self.refused += 1;
                Dropped::Unauthenticated
            }
        })
    }
}
