use super::report::{REPORT_BLOCK_LEN, ReportBlock, SENDER_INFO_LEN, SenderInfo};
use super::voip::VoipMetrics;
use super::{BYE, CNAME, EXTENDED_REPORT, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION, VERSION};

const HEADER_LEN: usize = 4;

/// Why bytes are not RTCP, or cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RtcpError {
    /// A packet is longer than what is left.
    #[error("packet too short")]
    TooShort,
    /// Not version 2.
    #[error("not version 2")]
    Version,
    /// The padding does not fit.
    #[error("padding exceeds packet")]
    Padding,
    /// The buffer to write to is too short, or a value too long for its field.
    #[error("output buffer too small")]
    BufferTooSmall,
}

/// A packet of a compound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Packet<'a> {
    /// From one that sends.
    SenderReport { ssrc: u32, info: SenderInfo, blocks: ReportBlocks<'a> },
    /// From one that only receives.
    ReceiverReport { ssrc: u32, blocks: ReportBlocks<'a> },
    /// The first source's CNAME, if it has one.
    SourceDescription { ssrc: u32, cname: Option<&'a [u8]> },
    /// The first source named leaves.
    Bye { ssrc: u32 },
    /// The first block of VoIP metrics in an extended report (RFC 3611), if there is one.
    ExtendedReport { ssrc: u32, voip: Option<VoipMetrics> },
    /// Anything else, also when it is one of the above cut short.
    Other { packet_type: u8 },
}

/// The packets of one datagram. Reduced-size ones (RFC 5506) are taken too.
#[derive(Clone, Copy, Debug)]
pub struct Compound<'a> {
    rest: &'a [u8],
}

impl<'a> Compound<'a> {
    /// Checks that lengths, versions and padding fit together.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, RtcpError> {
        if bytes.is_empty() {
            return Err(RtcpError::TooShort);
        }
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = split(rest)?.1;
        }
        Ok(Self { rest: bytes })
    }
}

impl<'a> Iterator for Compound<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Packet<'a>> {
        let (raw, rest) = split(self.rest).ok()?;
        self.rest = rest;
        Some(raw.interpret().unwrap_or(Packet::Other { packet_type: raw.packet_type }))
    }
}

/// The report blocks of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportBlocks<'a> {
    blocks: &'a [[u8; REPORT_BLOCK_LEN]],
}

impl Iterator for ReportBlocks<'_> {
    type Item = ReportBlock;

    fn next(&mut self) -> Option<ReportBlock> {
        let (block, rest) = self.blocks.split_first()?;
        self.blocks = rest;
        Some(ReportBlock::parse(block))
    }
}

/// A packet taken out of its frame.
#[derive(Clone, Copy)]
struct Raw<'a> {
    count: usize,
    packet_type: u8,
    body: &'a [u8],
}

fn split(bytes: &[u8]) -> Result<(Raw<'_>, &[u8]), RtcpError> {
    let ([first, packet_type, high, low], rest) =
        bytes.split_first_chunk::<HEADER_LEN>().ok_or(RtcpError::TooShort)?;
    if first >> 6 != VERSION {
        return Err(RtcpError::Version);
    }
    let len = usize::from(u16::from_be_bytes([*high, *low])) * 4;
    let (body, rest) = rest.split_at_checked(len).ok_or(RtcpError::TooShort)?;
    let body = if first & 0x20 == 0 { body } else { strip_padding(body)? };
    Ok((Raw { count: usize::from(first & 0x1F), packet_type: *packet_type, body }, rest))
}

fn strip_padding(body: &[u8]) -> Result<&[u8], RtcpError> {
    let padding = usize::from(*body.last().ok_or(RtcpError::Padding)?);
    match body.len().checked_sub(padding) {
        Some(len) if padding > 0 => Ok(&body[..len]),
        _ => Err(RtcpError::Padding),
    }
}

impl<'a> Raw<'a> {
    fn interpret(&self) -> Option<Packet<'a>> {
        let (ssrc, rest) = self.body.split_first_chunk()?;
        let ssrc = u32::from_be_bytes(*ssrc);
        Some(match self.packet_type {
            SENDER_REPORT => {
                let (info, rest) = rest.split_first_chunk::<SENDER_INFO_LEN>()?;
                Packet::SenderReport { ssrc, info: SenderInfo::parse(info), blocks: self.blocks(rest)? }
            }
            RECEIVER_REPORT => Packet::ReceiverReport { ssrc, blocks: self.blocks(rest)? },
            SOURCE_DESCRIPTION if self.count > 0 => Packet::SourceDescription { ssrc, cname: cname(rest) },
            BYE if self.count > 0 => Packet::Bye { ssrc },
            EXTENDED_REPORT => Packet::ExtendedReport { ssrc, voip: VoipMetrics::find(rest) },
            packet_type => Packet::Other { packet_type },
        })
    }

    /// What follows the blocks is an extension of some profile.
    fn blocks(&self, bytes: &'a [u8]) -> Option<ReportBlocks<'a>> {
        let blocks = bytes.as_chunks().0.get(..self.count)?;
        Some(ReportBlocks { blocks })
    }
}

fn cname(mut items: &[u8]) -> Option<&[u8]> {
    while let [kind @ 1..=255, len, rest @ ..] = items {
        let (text, after) = rest.split_at_checked(usize::from(*len))?;
        if *kind == CNAME {
            return Some(text);
        }
        items = after;
    }
    None
}
