//! What comes from a browser, before it is decrypted.

use crate::port::Formats;

/// RTP packets since the session opened. str0m does not tell why it drops one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Arrivals {
    came: u64,
    /// Of a payload type that was not agreed.
    pub(crate) unknown: u64,
    /// Decrypted.
    pub(super) heard: u64,
}

impl Arrivals {
    /// A datagram, RTP or not (RFC 7983 §7, RFC 5761 §4). Its payload type is not encrypted.
    pub(super) fn note(&mut self, packet: &[u8], formats: &Formats) {
        let &[first, second, ..] = packet else { return };
        let payload_type = second & 0x7f;
        if !(128..192).contains(&first) || (64..96).contains(&payload_type) {
            return;
        }
        self.came += 1;
        self.unknown += u64::from(!formats.knows(payload_type));
    }

    /// Packets that the keys do not fit.
    pub(crate) fn refused(&self) -> u64 {
        self.came.saturating_sub(self.unknown + self.heard)
    }
}
