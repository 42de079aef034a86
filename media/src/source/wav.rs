//! WAV files: 8 and 16 bit, G.711, mono and stereo. Written here because the crate there is (hound) knows no G.711 and
//! reads from streams.

use bytes::Bytes;

use super::AudioError;
use crate::codec::g711::Law;

const PCM: u16 = 1;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const EXTENSIBLE: u16 = 0xFFFE;
/// Where the format proper lies in an extensible one: the first two bytes of its sub-format.
const SUB_FORMAT: usize = 24;

/// The sound of a file.
#[derive(Clone, Debug)]
pub(super) struct Wav {
    pub(super) rate: u32,
    coding: Coding,
    channels: usize,
    data: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Unsigned8,
    Signed16,
    G711(Law),
}

impl Coding {
    fn new(format: u16, bits: u16) -> Option<Self> {
        match (format, bits) {
            (PCM, 8) => Some(Self::Unsigned8),
            (PCM, 16) => Some(Self::Signed16),
            (A_LAW, 8) => Some(Self::G711(Law::A)),
            (MU_LAW, 8) => Some(Self::G711(Law::Mu)),
            _ => None,
        }
    }

    fn len(self) -> usize {
        if self == Self::Signed16 { 2 } else { 1 }
    }

    fn sample(self, bytes: &[u8]) -> i16 {
        match (self, bytes) {
            (Self::Signed16, [low, high, ..]) => i16::from_le_bytes([*low, *high]),
            (Self::Unsigned8, [byte, ..]) => (i16::from(*byte) - 128) << 8,
            (Self::G711(law), [byte, ..]) => law.expand(*byte),
            _ => 0,
        }
    }
}

impl Wav {
    /// Finds format and sound among the chunks. A length that reaches beyond the file ends with it: so it is in files
    /// whose writer was cut off.
    pub(super) fn parse(bytes: &Bytes) -> Result<Self, AudioError> {
        if !bytes.starts_with(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
            return Err(AudioError::Malformed);
        }
        let (mut at, mut format) = (12, None);
        while let Some((name, len)) = chunk(bytes, at) {
            let start = at + 8;
            let end = start.saturating_add(len).min(bytes.len());
            match name {
                b"fmt " => format = Some(Format::parse(&bytes[start..end])?),
                b"data" => return format.ok_or(AudioError::Malformed)?.with(bytes.slice(start..end)),
                _ => {}
            }
            at = end.saturating_add(len & 1);
        }
        Err(AudioError::Malformed)
    }

    /// Samples of one channel.
    pub(super) fn len(&self) -> usize {
        self.data.len() / (self.channels * self.coding.len())
    }

    /// Copies what begins at sample `from`, its channels averaged; tells how many samples.
    pub(super) fn read(&self, from: usize, pcm: &mut [i16]) -> usize {
        let frame = self.channels * self.coding.len();
        let rest = self.data.get(from.saturating_mul(frame)..).unwrap_or_default();
        let mut read = 0;
        for (out, frame) in pcm.iter_mut().zip(rest.chunks_exact(frame)) {
            let channels = frame.chunks_exact(self.coding.len());
            let sum: i32 = channels.map(|bytes| i32::from(self.coding.sample(bytes))).sum();
            *out = (sum / self.channels as i32) as i16;
            read += 1;
        }
        read
    }
}

struct Format {
    coding: Coding,
    channels: usize,
    rate: u32,
}

impl Format {
    fn parse(bytes: &[u8]) -> Result<Self, AudioError> {
        let number = |at: usize| Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?));
        let rate =
            bytes.get(4..).and_then(|bytes| bytes.first_chunk()).map(|bytes| u32::from_le_bytes(*bytes));
        let format = match number(0) {
            Some(EXTENSIBLE) => number(SUB_FORMAT),
            format => format,
        };
        let (Some(format), Some(channels), Some(rate), Some(bits)) = (format, number(2), rate, number(14))
        else {
            return Err(AudioError::Malformed);
        };
        let coding = Coding::new(format, bits).ok_or(AudioError::Coding)?;
        if !(1..=2).contains(&channels) {
            return Err(AudioError::Channels);
        }
        Ok(Self { coding, channels: channels.into(), rate })
    }

    fn with(self, data: Bytes) -> Result<Wav, AudioError> {
        let Self { coding, channels, rate } = self;
        Ok(Wav { rate, coding, channels, data })
    }
}

/// Name and length of the chunk at `at`.
fn chunk(bytes: &[u8], at: usize) -> Option<(&[u8; 4], usize)> {
    let header = bytes.get(at..)?.first_chunk::<8>()?;
    let (name, len) = header.split_first_chunk::<4>()?;
    Some((name, u32::from_le_bytes(*len.first_chunk()?) as usize))
}
