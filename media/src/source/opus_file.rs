//! Ogg Opus files (RFC 7845), mono and stereo.

use std::sync::Arc;

use bytes::Bytes;

use super::AudioError;
use crate::codec::opus::OpusDecoder;
use crate::codec::{Decoder, PACKET_MS_MAX};
use crate::gain;
use crate::ogg::{Packets, next_page};

/// Positions count at this rate, whatever the sound was (RFC 7845 §4).
const CLOCK: u64 = 48_000;
/// What a decoder is given before the sound that one wants (RFC 7845 §4.6).
const PRE_ROLL: u64 = CLOCK * 80 / 1_000;
/// Between two places that are kept to be found at once.
const MARK_INTERVAL: u64 = CLOCK;
const HEADER_LEN: usize = 19;

/// A file, and where in it to find what.
#[derive(Clone, Debug)]
pub(super) struct OpusFile {
    bytes: Bytes,
    serial: u32,
    /// Left out at the start, and the position where the sound ends.
    pre_skip: u64,
    end: u64,
    gain_db: f32,
    marks: Arc<[Mark]>,
}

/// A page that begins with a packet's beginning.
#[derive(Clone, Copy, Debug)]
struct Mark {
    position: u64,
    page: usize,
}

struct Head {
    pre_skip: u64,
    gain_db: f32,
}

impl Head {
    /// RFC 7845 §5.1; mapping family 0 only.
    fn parse(packet: &[u8]) -> Result<Self, AudioError> {
        let head = packet.first_chunk::<HEADER_LEN>().filter(|head| head.starts_with(b"OpusHead"));
        let head = head.ok_or(AudioError::Malformed)?;
        if head[8] & 0xF0 != 0 {
            return Err(AudioError::Coding);
        }
        if !(1..=2).contains(&head[9]) || head[18] != 0 {
            return Err(AudioError::Channels);
        }
        let pre_skip = u16::from_le_bytes([head[10], head[11]]).into();
        let gain_db = f32::from(i16::from_le_bytes([head[16], head[17]])) / 256.0;
        Ok(Self { pre_skip, gain_db })
    }
}

impl OpusFile {
    /// Reads the headers, and each page's position.
    pub(super) fn parse(bytes: &Bytes) -> Result<Self, AudioError> {
        let (start, page) =
            next_page(bytes, 0).filter(|(_, page)| page.is_first()).ok_or(AudioError::Malformed)?;
        let (serial, audio) = (page.serial, page.end);
        let mut packets = Packets::new(serial, start);
        let head = Head::parse(packets.next(bytes).ok_or(AudioError::Malformed)?)?;
        let tags = packets.next(bytes).ok_or(AudioError::Malformed)?;
        if !tags.starts_with(b"OpusTags") {
            return Err(AudioError::Malformed);
        }
        let (marks, end) = marks(bytes, serial, audio);
        let Head { pre_skip, gain_db } = head;
        let is_empty = marks.is_empty() || end <= pre_skip;
        if is_empty {
            Err(AudioError::Empty)
        } else {
            Ok(Self { bytes: bytes.clone(), serial, pre_skip, end, gain_db, marks })
        }
    }

    /// Samples at 48 kHz.
    pub(super) fn len(&self) -> u64 {
        self.end - self.pre_skip
    }
}

/// Places from the first sound on, and where it ends.
fn marks(bytes: &[u8], serial: u32, from: usize) -> (Arc<[Mark]>, u64) {
    let (mut marks, mut position, mut at) = (Vec::<Mark>::new(), None, from);
    while let Some((start, page)) = next_page(bytes, at) {
        at = page.end;
        if page.serial != serial {
            continue;
        }
        // The page on which the tags end has position 0.
        if let Some(before) = position.filter(|_| !page.is_continued())
            && marks.last().is_none_or(|mark: &Mark| before >= mark.position + MARK_INTERVAL)
        {
            marks.push(Mark { position: before, page: start });
        }
        position = page.position().or(position);
    }
    (marks.into(), position.unwrap_or(0))
}

/// Reads a file at 8 or 16 kHz.
pub(super) struct OpusReader {
    file: OpusFile,
    packets: Packets,
    decoder: OpusDecoder,
    rate: u32,
    /// Of the next packet, at 48 kHz, and of what is wanted next.
    position: u64,
    wanted: u64,
    /// What was decoded, and how much of it was used.
    decoded: Box<[i16]>,
    start: usize,
    len: usize,
}

impl OpusReader {
    pub(super) fn new(file: OpusFile, rate: u32) -> Option<Self> {
        let decoder = OpusDecoder::new(rate).ok()?;
        let packets = Packets::new(file.serial, 0);
        let decoded = vec![0; (PACKET_MS_MAX * rate / 1_000) as usize].into();
        let mut reader =
            Self { file, packets, decoder, rate, position: 0, wanted: 0, decoded, start: 0, len: 0 };
        reader.seek(0);
        Some(reader)
    }

    pub(super) fn rate(&self) -> u32 {
        self.rate
    }

    /// Goes to a sample at the reader's rate, counted from the beginning of the sound.
    pub(super) fn seek(&mut self, sample: u64) {
        self.wanted = (self.file.pre_skip + self.in_file(sample)).min(self.file.end);
        let from = self.wanted.saturating_sub(PRE_ROLL);
        let after = self.file.marks.partition_point(|mark| mark.position <= from);
        if let Some(mark) = self.file.marks.get(after.saturating_sub(1)) {
            self.position = mark.position;
            self.packets.seek(mark.page);
        }
        (self.start, self.len) = (0, 0);
    }

    /// Reads on; tells how many samples, which are less than asked for at the end only.
    pub(super) fn read(&mut self, pcm: &mut [i16]) -> usize {
        let mut read = 0;
        while read < pcm.len() {
            if self.start == self.len && !self.decode() {
                break;
            }
            let ready = &self.decoded[self.start..self.len];
            let len = ready.len().min(pcm.len() - read);
            pcm[read..read + len].copy_from_slice(&ready[..len]);
            self.start += len;
            read += len;
        }
        read
    }

    /// Decodes packets up to the first that holds something wanted.
    fn decode(&mut self) -> bool {
        (self.start, self.len) = (0, 0);
        while self.wanted < self.file.end {
            let Some(packet) = self.packets.next(&self.file.bytes) else { return false };
            let Ok(samples) = self.decoder.samples(packet) else { continue };
            let begin = self.position;
            self.position += samples as u64 * CLOCK / u64::from(self.rate);
            if self.position + PRE_ROLL <= self.wanted {
                continue;
            }
            if self.decoder.decode(packet, &mut self.decoded).is_err() {
                self.decoded[..samples].fill(0);
            }
            if self.position > self.wanted {
                self.cut(begin, samples);
                return self.start < self.len;
            }
        }
        false
    }

    /// Leaves out what of a packet lies before what is wanted or beyond the end.
    fn cut(&mut self, begin: u64, samples: usize) {
        let end = self.position.min(self.file.end);
        self.start = self.in_reader(self.wanted.saturating_sub(begin)).min(samples);
        self.len = self.in_reader(end.saturating_sub(begin)).clamp(self.start, samples);
        self.wanted = end;
        if self.file.gain_db != 0.0 {
            gain::amplify(&mut self.decoded[self.start..self.len], self.file.gain_db);
        }
    }

    fn in_file(&self, samples: u64) -> u64 {
        samples.saturating_mul(CLOCK) / u64::from(self.rate)
    }

    fn in_reader(&self, samples: u64) -> usize {
        (samples * u64::from(self.rate) / CLOCK) as usize
    }
}
