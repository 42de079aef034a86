//! The packets of one stream, one after the other.

use super::{Page, next_page};

/// The longest packet that Opus has reason for: 48 frames of 1275 bytes and their lengths (RFC 6716 §3.2). What is
/// longer is left out.
const PACKET_LEN_MAX: usize = 61_440 + 256;

/// Walks through a file. The bytes are the caller's at each call, so that many can read the same.
#[derive(Debug)]
pub(crate) struct Packets {
    serial: u32,
    /// Where the page at hand begins, and its next part.
    page: usize,
    /// The last page whose sum was found right.
    checked: Option<usize>,
    segment: usize,
    /// Bytes of its body before that part.
    offset: usize,
    packet: Vec<u8>,
    reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    Packet,
    /// Its beginning is missing, or it is too long.
    Rubbish,
}

impl Packets {
    /// Begins at the page at `page`.
    pub(crate) fn new(serial: u32, page: usize) -> Self {
        let packet = Vec::with_capacity(2048);
        Self { serial, page, checked: None, segment: 0, offset: 0, packet, reading: Reading::Packet }
    }

    /// Goes to the page at `page`.
    pub(crate) fn seek(&mut self, page: usize) {
        (self.page, self.segment, self.offset, self.reading) = (page, 0, 0, Reading::Packet);
        self.packet.clear();
    }

    /// The next whole packet; `None` at the end of the file.
    pub(crate) fn next(&mut self, bytes: &[u8]) -> Option<&[u8]> {
        if self.segment == 0 {
            self.packet.clear();
        }
        let mut begun = false;
        loop {
            let (start, page) = self.find(bytes)?;
            if start != self.page {
                (self.page, self.segment, self.offset) = (start, 0, 0);
                // Something between was damaged.
                self.reading = Reading::Rubbish;
            }
            if page.serial != self.serial || self.segment >= page.lacing.len() {
                (self.page, self.segment, self.offset) = (page.end, 0, 0);
                continue;
            }
            if self.segment == 0 {
                self.join(page.is_continued(), begun);
            } else if !begun {
                self.packet.clear();
            }
            begun = true;
            if self.take(page.lacing, page.body) {
                return Some(&self.packet);
            }
        }
    }

    fn find<'a>(&mut self, bytes: &'a [u8]) -> Option<(usize, Page<'a>)> {
        if self.checked == Some(self.page) {
            return Some((self.page, Page::at(bytes, self.page)?));
        }
        let found = next_page(bytes, self.page)?;
        self.checked = Some(found.0);
        Some(found)
    }

    /// Decides whether what lies at the start of a page goes on with what was read so far.
    fn join(&mut self, is_continued: bool, begun: bool) {
        match (is_continued, begun) {
            (true, true) => {}
            (true, false) => self.reading = Reading::Rubbish,
            (false, _) => {
                self.packet.clear();
                self.reading = Reading::Packet;
            }
        }
    }

    /// Takes parts of one page until a good packet ends.
    fn take(&mut self, lacing: &[u8], body: &[u8]) -> bool {
        while let Some(len) = lacing.get(self.segment).map(|len| usize::from(*len)) {
            let part = body.get(self.offset..self.offset + len).unwrap_or_default();
            self.segment += 1;
            self.offset += len;
            if self.packet.len() + len > PACKET_LEN_MAX {
                self.reading = Reading::Rubbish;
            }
            if self.reading == Reading::Packet {
                self.packet.extend_from_slice(part);
            }
            if len < 255 {
                if self.reading == Reading::Packet {
                    return true;
                }
                self.packet.clear();
                self.reading = Reading::Packet;
            }
        }
        false
    }
}
