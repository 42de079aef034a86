/// Bytes of a header without contributing sources and extension.
pub const HEADER_LEN: usize = 12;

const VERSION: u8 = 2;

/// Why bytes are not an RTP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Shorter than its own header says.
    #[error("packet too short")]
    TooShort,
    /// Not version 2.
    #[error("not version 2")]
    Version,
    /// The padding is longer than the payload, or nought.
    #[error("padding exceeds payload")]
    Padding,
    /// The buffer to write to is too short.
    #[error("output buffer too small")]
    BufferTooSmall,
}

/// The fixed header of RFC 3550 §5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// First packet of a talk spurt, or of a digit.
    pub marker: bool,
    /// 0 to 127.
    pub payload_type: u8,
    /// Goes up by one a packet.
    pub sequence: u16,
    /// Sampling instant of the first sample, in ticks of the codec's RTP clock.
    pub timestamp: u32,
    /// The stream.
    pub ssrc: u32,
}

impl Header {
    /// Writes the header to the start of `out`; tells its length, [`HEADER_LEN`].
    pub fn write(&self, out: &mut [u8]) -> Result<usize, RtpError> {
        let out = out.first_chunk_mut::<HEADER_LEN>().ok_or(RtpError::BufferTooSmall)?;
        out[0] = VERSION << 6;
        out[1] = u8::from(self.marker) << 7 | self.payload_type & 0x7F;
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        Ok(HEADER_LEN)
    }
}

/// A parsed packet: header, and payload without padding, contributing sources or extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The fixed part.
    pub header: Header,
    /// May be empty: peers send that as keep-alive.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Parses a datagram. Any profile's header extension is skipped, also an empty one.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RtpError> {
        let (fixed, rest) = split(bytes)?;
        let payload = if fixed[0] & 0x20 == 0 { rest } else { strip_padding(rest)? };
        Ok(Self { header: parse_header(fixed), payload })
    }

    /// Writes header and payload to the start of `out`; tells the length.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, RtpError> {
        let len = HEADER_LEN + self.payload.len();
        let out = out.get_mut(..len).ok_or(RtpError::BufferTooSmall)?;
        self.header.write(out)?;
        out[HEADER_LEN..].copy_from_slice(self.payload);
        Ok(len)
    }
}

/// What stands in front of the payload, which SRTP leaves readable (RFC 3711 §3.1).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prefix {
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    /// Fixed header, contributing sources and extension.
    pub(crate) len: usize,
}

impl Prefix {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, RtpError> {
        let (fixed, rest) = split(bytes)?;
        let Header { ssrc, sequence, .. } = parse_header(fixed);
        Ok(Self { ssrc, sequence, len: bytes.len() - rest.len() })
    }
}

/// Tells RTCP from RTP on one port, by the packet type (RFC 5761 §4).
pub fn is_rtcp(bytes: &[u8]) -> bool {
    matches!(bytes, [first, 192..=223, ..] if first >> 6 == VERSION)
}

/// The fixed header, and what comes after contributing sources and extension.
fn split(bytes: &[u8]) -> Result<(&[u8; HEADER_LEN], &[u8]), RtpError> {
    let (fixed, rest) = bytes.split_first_chunk::<HEADER_LEN>().ok_or(RtpError::TooShort)?;
    if fixed[0] >> 6 != VERSION {
        return Err(RtpError::Version);
    }
    let sources = usize::from(fixed[0] & 0x0F) * 4;
    let rest = rest.get(sources..).ok_or(RtpError::TooShort)?;
    let rest = if fixed[0] & 0x10 == 0 { rest } else { skip_extension(rest)? };
    Ok((fixed, rest))
}

fn parse_header(fixed: &[u8; HEADER_LEN]) -> Header {
    let [_, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *fixed;
    Header {
        marker: second & 0x80 != 0,
        payload_type: second & 0x7F,
        sequence: u16::from_be_bytes([s0, s1]),
        timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
        ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
    }
}

fn skip_extension(bytes: &[u8]) -> Result<&[u8], RtpError> {
    let ([_, _, high, low], rest) = bytes.split_first_chunk::<4>().ok_or(RtpError::TooShort)?;
    let len = usize::from(u16::from_be_bytes([*high, *low])) * 4;
    rest.get(len..).ok_or(RtpError::TooShort)
}

fn strip_padding(bytes: &[u8]) -> Result<&[u8], RtpError> {
    let padding = usize::from(*bytes.last().ok_or(RtpError::Padding)?);
    match bytes.len().checked_sub(padding) {
        Some(len) if padding > 0 => Ok(&bytes[..len]),
        _ => Err(RtpError::Padding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: Header =
        Header { marker: true, payload_type: 101, sequence: 0xFFFE, timestamp: 7, ssrc: 0x0102_0304 };

    #[test]
    fn skips_sources_extension_and_padding() {
        let mut bytes = vec![0xB1, 0xE5, 0xFF, 0xFE, 0, 0, 0, 7, 1, 2, 3, 4, 9, 9, 9, 9];
        bytes.extend([0xBE, 0xDE, 0, 1, 1, 2, 3, 4]);
        bytes.extend(*b"sound\0\0\x03");
        assert_eq!(Packet::parse(&bytes), Ok(Packet { header: HEADER, payload: b"sound" }));
    }

    #[test]
    fn takes_an_empty_extension() {
        let bytes = [0x90, 0xE5, 0xFF, 0xFE, 0, 0, 0, 7, 1, 2, 3, 4, 0xBE, 0xDE, 0, 0, b'x'];
        assert_eq!(Packet::parse(&bytes), Ok(Packet { header: HEADER, payload: b"x" }));
    }

    #[test]
    fn refuses_what_lies_about_its_length() {
        let mut bytes = [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(Packet::parse(&bytes[..11]), Err(RtpError::TooShort));
        bytes[0] = 0x81;
        assert_eq!(Packet::parse(&bytes), Err(RtpError::TooShort));
        bytes[0] = 0x90;
        assert_eq!(Packet::parse(&bytes), Err(RtpError::TooShort));
        bytes[0] = 0xA0;
        assert_eq!(Packet::parse(&bytes), Err(RtpError::Padding));
        bytes[14] = 4;
        assert_eq!(Packet::parse(&bytes), Err(RtpError::Padding));
        bytes[0] = 0x40;
        assert_eq!(Packet::parse(&bytes), Err(RtpError::Version));
    }

    #[test]
    fn tells_rtcp_by_its_type() {
        assert!(is_rtcp(&[0x80, 200, 0, 0]));
        assert!(is_rtcp(&[0x81, 201]));
        assert!(!is_rtcp(&[0x80, 0x80 | 111, 0, 0]));
        assert!(!is_rtcp(&[0x80, 0]));
        assert!(!is_rtcp(&[]));
    }
}
