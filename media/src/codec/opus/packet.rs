//! What the head of an Opus packet tells (RFC 6716 §3), without decoding it.

use super::super::CodecError;

const FRAMES_MAX: usize = 48;

/// A packet taken apart as far as concealment needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    toc: u8,
    frames: usize,
    first: &'a [u8],
}

impl<'a> Packet<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, CodecError> {
        let (toc, rest) = bytes.split_first().ok_or(CodecError::Malformed)?;
        let (frames, first) = match toc & 3 {
            0 => (1, rest),
            1 if rest.len() % 2 == 0 => (2, &rest[..rest.len() / 2]),
            1 => return Err(CodecError::Malformed),
            2 => (2, prefixed_frame(rest)?.0),
            _ => arbitrary_frames(rest)?,
        };
        let packet = Self { toc: *toc, frames, first };
        if packet.duration_us() > 120_000 {
            return Err(CodecError::Malformed);
        }
        Ok(packet)
    }

    /// Of the whole packet, microseconds.
    pub(super) fn duration_us(&self) -> u32 {
        self.frame_us() * self.frames as u32
    }

    /// Of one frame, microseconds (RFC 6716 table 2).
    pub(super) fn frame_us(&self) -> u32 {
        let config = self.toc >> 3;
        match config {
            0..=11 => [10_000, 20_000, 40_000, 60_000][usize::from(config & 3)],
            12..=15 => [10_000, 20_000][usize::from(config & 1)],
            _ => [2_500, 5_000, 10_000, 20_000][usize::from(config & 3)],
        }
    }

    /// The first frame, which alone may carry redundancy for the packet before.
    pub(super) fn first_frame(&self) -> &'a [u8] {
        self.first
    }

    /// The TOC byte of a packet that holds the first frame alone.
    pub(super) fn single_frame_toc(&self) -> u8 {
        self.toc & !3
    }

    /// Tells whether the first frame has SILK's redundancy flag set (RFC 6716 §4.2.3).
    pub(super) fn carries_fec(&self) -> bool {
        let Some(head) = self.first.first() else { return false };
        if self.toc & 0x80 != 0 {
            return false;
        }
        let silk_frames = (self.frame_us() / 20_000).max(1);
        let mid = head >> (7 - silk_frames) & 1;
        let is_stereo = self.toc & 4 != 0;
        let side = if is_stereo { head >> (6 - 2 * silk_frames.min(3)) & 1 } else { 0 };
        mid | side != 0
    }
}

/// A frame with its length before it (RFC 6716 §3.2.1), and what follows.
fn prefixed_frame(bytes: &[u8]) -> Result<(&[u8], &[u8]), CodecError> {
    let (len, rest) = frame_len(bytes)?;
    rest.split_at_checked(len).ok_or(CodecError::Malformed)
}

fn frame_len(bytes: &[u8]) -> Result<(usize, &[u8]), CodecError> {
    match bytes {
        [low @ 252..=255, high, rest @ ..] => Ok((usize::from(*high) * 4 + usize::from(*low), rest)),
        [len @ 0..=251, rest @ ..] => Ok((usize::from(*len), rest)),
        _ => Err(CodecError::Malformed),
    }
}

/// Code 3: the number of frames, and the first of them (RFC 6716 §3.2.5).
fn arbitrary_frames(bytes: &[u8]) -> Result<(usize, &[u8]), CodecError> {
    let (count, rest) = bytes.split_first().ok_or(CodecError::Malformed)?;
    let frames = usize::from(count & 0x3F);
    if frames == 0 || frames > FRAMES_MAX {
        return Err(CodecError::Malformed);
    }
    let rest = if count & 0x40 == 0 { rest } else { strip_padding(rest)? };
    if count & 0x80 == 0 {
        return match rest.len() % frames {
            0 => Ok((frames, &rest[..rest.len() / frames])),
            _ => Err(CodecError::Malformed),
        };
    }
    first_of_variable(frames, rest)
}

fn first_of_variable(frames: usize, bytes: &[u8]) -> Result<(usize, &[u8]), CodecError> {
    let (mut rest, mut first, mut total) = (bytes, None, 0);
    for _ in 1..frames {
        let (len, after) = frame_len(rest)?;
        first.get_or_insert(len);
        total += len;
        rest = after;
    }
    if total > rest.len() {
        return Err(CodecError::Malformed);
    }
    Ok((frames, &rest[..first.unwrap_or(rest.len())]))
}

fn strip_padding(bytes: &[u8]) -> Result<&[u8], CodecError> {
    let (mut rest, mut padding) = (bytes, 0);
    loop {
        let (more, after) = rest.split_first().ok_or(CodecError::Malformed)?;
        rest = after;
        if *more < 255 {
            padding += usize::from(*more);
            break;
        }
        padding += 254;
    }
    let len = rest.len().checked_sub(padding).ok_or(CodecError::Malformed)?;
    Ok(&rest[..len])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_follow_the_table() {
        for (config, us) in [(0, 10_000), (3, 60_000), (11, 60_000), (13, 20_000), (16, 2_500), (31, 20_000)]
        {
            assert_eq!(Packet::parse(&[config << 3, 0]).map(|p| p.duration_us()), Ok(us));
        }
        assert_eq!(Packet::parse(&[16 << 3 | 3, 48]).map(|p| p.duration_us()), Ok(120_000));
    }

    #[test]
    fn the_first_frame_is_found_in_each_code() {
        let first = |bytes: &'static [u8]| Packet::parse(bytes).map(|p| p.first_frame());
        assert_eq!(first(b"\x08abc"), Ok(&b"abc"[..]));
        assert_eq!(first(b"\x09abcd"), Ok(&b"ab"[..]));
        assert_eq!(first(b"\x0a\x01abcd"), Ok(&b"a"[..]));
        assert_eq!(first(b"\x0b\x02abcd"), Ok(&b"ab"[..]));
        assert_eq!(first(b"\x0b\xC2\x01\x03abcd\0"), Ok(&b"abc"[..]));
    }

    #[test]
    fn garbage_is_refused() {
        for bytes in
            [&b""[..], b"\x09abc", b"\x0a", b"\x0a\xFF", b"\x0a\x05a", b"\x0b", b"\x0b\x00", b"\x0b\x3F"]
        {
            assert_eq!(Packet::parse(bytes), Err(CodecError::Malformed), "{bytes:?}");
        }
        assert_eq!(Packet::parse(b"\x1b\x03abc"), Err(CodecError::Malformed), "180 ms");
        assert_eq!(Packet::parse(b"\x0b\x41\xFF\xFFabc"), Err(CodecError::Malformed), "padding");
    }
}
