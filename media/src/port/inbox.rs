//! RTP that came in, until the worker has dealt with it.

use std::ops::Range;

use crate::rtp::Header;

/// One packet of an [`Inbox`].
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) header: Header,
    /// What the sender says of its loudness, dBov (RFC 6464).
    pub(crate) level: Option<i8>,
    payload: Range<usize>,
}

/// Packets in order of arrival; its memory is kept from packet to packet.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    packets: Vec<Incoming>,
    bytes: Vec<u8>,
}

impl Inbox {
    pub(crate) fn push(&mut self, header: Header, level: Option<i8>, payload: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(payload);
        self.packets.push(Incoming { header, level, payload: start..self.bytes.len() });
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Incoming, &[u8])> {
        self.packets.iter().map(|packet| (packet, &self.bytes[packet.payload.clone()]))
    }

    pub(crate) fn clear(&mut self) {
        self.packets.clear();
        self.bytes.clear();
    }
}
