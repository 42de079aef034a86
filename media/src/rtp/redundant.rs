//! Redundant audio (RFC 2198): a payload that brings earlier ones along.

use super::RtpError;

/// Earlier payloads that one packet may bring; browsers send one or two.
const BLOCKS_MAX: usize = 8;
const MORE: u8 = 0x80;
/// Of a block that is not the last: follow bit and payload type, 14 bits of offset, 10 of length.
const HEADER_LEN: usize = 4;
/// The furthest back that a block may lie, in ticks.
const OFFSET_MAX: u32 = (1 << 14) - 1;
/// The longest payload that may come again.
const LEN_MAX: usize = (1 << 10) - 1;

/// One of the payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// 0 to 127.
    pub payload_type: u8,
    /// How long before the packet's own timestamp it begins, in ticks of the RTP clock, up to 16,383.
    pub offset: u32,
    /// Up to 1,023 bytes.
    pub payload: &'a [u8],
}

/// The earlier payloads of a packet that are of its own payload type, oldest first. The default is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Earlier<'a> {
    payload_type: u8,
    headers: &'a [u8],
    payloads: &'a [u8],
}

impl<'a> Iterator for Earlier<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        loop {
            let (header, headers) = self.headers.split_first_chunk::<HEADER_LEN>()?;
            let (payload_type, offset, len) = fields(*header);
            let (payload, payloads) = self.payloads.split_at_checked(len)?;
            (self.headers, self.payloads) = (headers, payloads);
            if payload_type == self.payload_type {
                return Some(Block { payload_type, offset, payload });
            }
        }
    }
}

/// A payload of redundant audio, taken apart.
#[derive(Clone, Copy, Debug)]
pub struct Redundant<'a> {
    /// What the packet would hold without redundancy; its offset is 0.
    pub primary: Block<'a>,
    /// What came before it.
    pub earlier: Earlier<'a>,
}

impl<'a> Redundant<'a> {
    /// Takes a payload apart. Fails with [`RtpError::TooShort`] if it is shorter than its headers say, or has more
    /// than eight earlier blocks.
    pub fn parse(payload: &'a [u8]) -> Result<Self, RtpError> {
        let (mut headers_len, mut earlier_len) = (0, 0);
        for _ in 0..=BLOCKS_MAX {
            let rest = payload.get(headers_len..).unwrap_or_default();
            let first = rest.first().ok_or(RtpError::TooShort)?;
            if first & MORE == 0 {
                let (headers, rest) = payload.split_at(headers_len);
                let (payloads, own) = rest[1..].split_at_checked(earlier_len).ok_or(RtpError::TooShort)?;
                let primary = Block { payload_type: *first, offset: 0, payload: own };
                return Ok(Self { primary, earlier: Earlier { payload_type: *first, headers, payloads } });
            }
            let header = rest.first_chunk::<HEADER_LEN>().ok_or(RtpError::TooShort)?;
            earlier_len += fields(*header).2;
            headers_len += HEADER_LEN;
        }
        Err(RtpError::TooShort)
    }

    /// Writes `primary` and, before it, `earlier` to the start of `out`; tells the length. Fails with
    /// [`RtpError::BufferTooSmall`] if `out` or a header's field is too small.
    pub fn write(earlier: &[Block<'_>], primary: &Block<'_>, out: &mut [u8]) -> Result<usize, RtpError> {
        let headers_len = earlier.len() * HEADER_LEN + 1;
        let (headers, mut rest) = out.split_at_mut_checked(headers_len).ok_or(RtpError::BufferTooSmall)?;
        for (header, block) in headers.chunks_exact_mut(HEADER_LEN).zip(earlier) {
            header.copy_from_slice(&header_of(block)?);
        }
        headers[headers_len - 1] = primary.payload_type & !MORE;
        let mut len = headers_len;
        for block in earlier.iter().chain([primary]) {
            let (space, behind) =
                rest.split_at_mut_checked(block.payload.len()).ok_or(RtpError::BufferTooSmall)?;
            space.copy_from_slice(block.payload);
            len += block.payload.len();
            rest = behind;
        }
        Ok(len)
    }
}

fn fields(header: [u8; HEADER_LEN]) -> (u8, u32, usize) {
    let word = u32::from_be_bytes(header);
    (header[0] & !MORE, word >> 10 & OFFSET_MAX, word as usize & LEN_MAX)
}

fn header_of(block: &Block<'_>) -> Result<[u8; HEADER_LEN], RtpError> {
    if block.offset > OFFSET_MAX || block.payload.len() > LEN_MAX {
        return Err(RtpError::BufferTooSmall);
    }
    let payload_type = u32::from(block.payload_type | MORE) << 24;
    Ok((payload_type | block.offset << 10 | block.payload.len() as u32).to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(offset: u32, payload: &[u8]) -> Block<'_> {
        Block { payload_type: 111, offset, payload }
    }

    #[test]
    fn what_is_written_is_read() {
        let earlier = [block(1_920, b"older"), block(960, b"")];
        let mut out = [0; 64];
        let len = Redundant::write(&earlier, &block(0, b"now"), &mut out).unwrap();
        assert_eq!(out[..9], [0xEF, 0x1E, 0, 5, 0xEF, 0x0F, 0, 0, 111]);
        let read = Redundant::parse(&out[..len]).unwrap();
        assert_eq!(read.primary, block(0, b"now"));
        assert!(read.earlier.eq(earlier));
    }

    #[test]
    fn other_payload_types_are_passed_over() {
        let other = Block { payload_type: 13, ..block(1_920, b"noise") };
        let mut out = [0; 64];
        let len = Redundant::write(&[other, block(960, b"old")], &block(0, b"now"), &mut out).unwrap();
        assert!(Redundant::parse(&out[..len]).unwrap().earlier.eq([block(960, b"old")]));
    }

    #[test]
    fn a_packet_may_bring_nothing_along() {
        let read = Redundant::parse(&[111, 1, 2]).unwrap();
        assert_eq!((read.primary, read.earlier.count()), (block(0, &[1, 2]), 0));
    }

    #[test]
    fn lies_about_length_are_refused() {
        for bytes in [&[][..], &[0xEF], &[0xEF, 0, 0, 1], &[0xEF, 0, 0, 2, 111, 1], &[0xEF; 200]] {
            assert!(Redundant::parse(bytes).is_err(), "{bytes:?}");
        }
        let nine: Vec<u8> = [[0xEF, 0, 0, 0]; BLOCKS_MAX + 1].concat();
        assert!(Redundant::parse(&[&nine[..], &[111]].concat()).is_err());
    }

    #[test]
    fn what_fits_no_header_is_not_written() {
        let mut out = [0; 2_000];
        let now = block(0, b"now");
        assert!(Redundant::write(&[block(16_384, b"old")], &now, &mut out).is_err());
        assert!(Redundant::write(&[block(960, &[0; 1_024])], &now, &mut out).is_err());
        assert!(Redundant::write(&[block(960, b"old")], &now, &mut out[..10]).is_err());
    }
}
