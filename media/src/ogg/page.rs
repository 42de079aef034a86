//! One page, found and checked.

use super::{CAPTURE, CONTINUED, FIRST, HEADER_LEN, NO_POSITION, crc};

/// A page whose sum is right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page<'a> {
    flags: u8,
    position: u64,
    /// Which of the streams that lie side by side.
    pub(crate) serial: u32,
    /// Lengths of the parts of its packets; below 255 a packet ends.
    pub(crate) lacing: &'a [u8],
    pub(crate) body: &'a [u8],
    /// Where the next one may begin.
    pub(crate) end: usize,
}

impl<'a> Page<'a> {
    pub(crate) fn is_continued(&self) -> bool {
        self.flags & CONTINUED != 0
    }

    pub(crate) fn is_first(&self) -> bool {
        self.flags & FIRST != 0
    }

    /// Samples at 48 kHz up to the end of the last packet that ends here; `None` if none does.
    pub(crate) fn position(&self) -> Option<u64> {
        (self.position != NO_POSITION).then_some(self.position)
    }

    /// The page at `start`, which [`next_page`] has found before.
    pub(crate) fn at(bytes: &'a [u8], start: usize) -> Option<Self> {
        Self::parse(bytes, start).map(|(page, _)| page)
    }

    /// With the sum that it should have.
    fn parse(bytes: &'a [u8], start: usize) -> Option<(Self, u32)> {
        let page = bytes.get(start..)?;
        let header = page.first_chunk::<HEADER_LEN>()?;
        if !header.starts_with(CAPTURE) || header[4] != 0 {
            return None;
        }
        let segments = usize::from(header[26]);
        let lacing = page.get(HEADER_LEN..HEADER_LEN + segments)?;
        let body_start = HEADER_LEN + segments;
        let body_len: usize = lacing.iter().map(|len| usize::from(*len)).sum();
        let body = page.get(body_start..body_start + body_len)?;
        let sum = header[22..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let end = start + body_start + body_len;
        let position = header[6..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let serial = header[14..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        Some((Self { flags: header[5], position, serial, lacing, body, end }, sum))
    }
}

/// The first whole page at or after `from`, and where it begins. Damaged ones are passed over.
pub(crate) fn next_page(bytes: &[u8], from: usize) -> Option<(usize, Page<'_>)> {
    let mut start = from;
    loop {
        let rest = bytes.get(start..)?;
        start += rest.windows(CAPTURE.len()).position(|window| window == CAPTURE)?;
        if let Some((page, sum)) = Page::parse(bytes, start)
            && sum_of(&bytes[start..page.end]) == sum
        {
            return Some((start, page));
        }
        start += 1;
    }
}

/// Over the whole page, the place of the sum itself taken for 0.
fn sum_of(page: &[u8]) -> u32 {
    let (head, rest) = page.split_at(22);
    crc(crc(crc(0, head), &[0; 4]), &rest[4..])
}
