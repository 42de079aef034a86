//! Pages of one stream, in order.

use super::{CAPTURE, FIRST, HEADER_LEN, crc};

const LAST: u8 = 4;
const SEGMENTS_MAX: usize = 255;

/// Where a page is in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    First,
    Within,
    Last,
}

/// Collects whole packets into pages; none is cut in two, so that each page can be read alone.
#[derive(Debug)]
pub(crate) struct PageWriter {
    serial: u32,
    sequence: u32,
    /// Samples at 48 kHz up to the last packet taken.
    position: u64,
    lacing: Vec<u8>,
    body: Vec<u8>,
}

impl PageWriter {
    pub(crate) fn new(serial: u32) -> Self {
        Self { serial, sequence: 0, position: 0, lacing: Vec::with_capacity(SEGMENTS_MAX), body: Vec::new() }
    }

    /// Takes a packet that lasts for so many samples at 48 kHz. A page that has no room for it goes to `out` before.
    pub(crate) fn add(&mut self, packet: &[u8], samples: u64, out: &mut Vec<u8>) {
        let segments = packet.len() / 255 + 1;
        if self.lacing.len() + segments > SEGMENTS_MAX {
            self.finish(Place::Within, out);
        }
        self.lacing.extend(std::iter::repeat_n(255, segments - 1));
        self.lacing.push((packet.len() % 255) as u8);
        self.body.extend_from_slice(packet);
        self.position += samples;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lacing.is_empty()
    }

    /// Writes the page that was collected (RFC 3533 §6).
    pub(crate) fn finish(&mut self, place: Place, out: &mut Vec<u8>) {
        let start = out.len();
        let flags = match place {
            Place::First => FIRST,
            Place::Within => 0,
            Place::Last => LAST,
        };
        out.extend_from_slice(CAPTURE);
        out.extend_from_slice(&[0, flags]);
        out.extend_from_slice(&self.position.to_le_bytes());
        out.extend_from_slice(&self.serial.to_le_bytes());
        out.extend_from_slice(&self.sequence.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.push(self.lacing.len() as u8);
        debug_assert_eq!(out.len() - start, HEADER_LEN);
        out.append(&mut self.lacing);
        out.append(&mut self.body);
        let sum = crc(0, &out[start..]);
        out[start + 22..start + 26].copy_from_slice(&sum.to_le_bytes());
        self.sequence += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Packets, next_page};
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let (mut writer, mut out) = (PageWriter::new(7), Vec::new());
        let packets: Vec<Vec<u8>> = (0..300).map(|n| vec![n as u8; n * 3]).collect();
        for packet in &packets {
            writer.add(packet, 960, &mut out);
        }
        writer.finish(Place::Last, &mut out);
        let mut reader = Packets::new(7, 0);
        for packet in &packets {
            assert_eq!(reader.next(&out), Some(&packet[..]));
        }
        let (mut at, mut position) = (0, None);
        while let Some((_, page)) = next_page(&out, at) {
            (at, position) = (page.end, page.position());
        }
        assert_eq!((at, position), (out.len(), Some(300 * 960)));
    }
}
