//! A recording as Ogg Opus (RFC 7845): each side is a stream of its own, so that neither leaks into the other.

use crate::codec::opus::OpusEncoder;
use crate::codec::{CodecError, Encoder};
use crate::ogg::{PageWriter, Place};

/// Wideband.
pub(super) const RATE: u32 = 16_000;
/// Positions count at this rate, whatever the sound is (RFC 7845 §4).
const CLOCK: u32 = 48_000;
/// What the encoder looks ahead, 6.5 ms, at 48 kHz; left out at the start.
const PRE_SKIP: u16 = 312;
const PACKET_BYTES_MAX: usize = 1_500;
/// Two channels in two streams, none coupled (RFC 7845 §5.1.1.2: family 1 orders them left, right).
const MAPPING: [u8; 5] = [1, 2, 0, 0, 1];
const VENDOR: &[u8] = b"offhook";

/// Encodes both sides packet by packet, and hands out pages.
pub(super) struct OpusFile {
    encoders: [OpusEncoder; 2],
    pages: PageWriter,
    packet: Vec<u8>,
    out: Vec<u8>,
}

impl OpusFile {
    /// Begins with the heads, so that a file that is cut off at once opens.
    pub(super) fn new(serial: u32) -> Result<Self, CodecError> {
        let (mut pages, mut out) = (PageWriter::new(serial), Vec::new());
        pages.add(&head(), 0, &mut out);
        pages.finish(Place::First, &mut out);
        pages.add(&tags(), 0, &mut out);
        pages.finish(Place::Within, &mut out);
        let encoders = [OpusEncoder::new(RATE)?, OpusEncoder::new(RATE)?];
        Ok(Self { encoders, pages, packet: Vec::with_capacity(2 * PACKET_BYTES_MAX), out })
    }

    /// Takes 20 ms of both sides.
    pub(super) fn add(&mut self, sides: [&[i16]; 2]) {
        self.packet.clear();
        let mut space = [0; PACKET_BYTES_MAX];
        for (index, (encoder, pcm)) in self.encoders.iter_mut().zip(sides).enumerate() {
            // An encoder that fails on its own frame length would fail always; the place is kept.
            let len = encoder.encode(pcm, &mut space).unwrap_or(0);
            let packet = &space[..len.max(1)];
            if index == 0 {
                delimit(packet, &mut self.packet);
            } else {
                self.packet.extend_from_slice(packet);
            }
        }
        let samples = sides[0].len() as u64 * u64::from(CLOCK / RATE);
        self.pages.add(&self.packet, samples, &mut self.out);
    }

    /// What was written since the last time.
    pub(super) fn take(&mut self, place: Place) -> Vec<u8> {
        if place == Place::Last || !self.pages.is_empty() {
            self.pages.finish(place, &mut self.out);
        }
        std::mem::take(&mut self.out)
    }
}

/// A packet of one frame with its length told (RFC 6716 appendix B).
fn delimit(packet: &[u8], out: &mut Vec<u8>) {
    let (toc, frame) = packet.split_at(1);
    out.extend_from_slice(toc);
    match frame.len() {
        len @ ..252 => out.push(len as u8),
        len => {
            let low = 252 + (len % 4) as u8;
            out.extend_from_slice(&[low, ((len - usize::from(low)) / 4) as u8]);
        }
    }
    out.extend_from_slice(frame);
}

/// RFC 7845 §5.1.
fn head() -> Vec<u8> {
    let mut head = b"OpusHead\x01\x02".to_vec();
    head.extend_from_slice(&PRE_SKIP.to_le_bytes());
    head.extend_from_slice(&RATE.to_le_bytes());
    head.extend_from_slice(&[0; 2]);
    head.extend_from_slice(&MAPPING);
    head
}

/// RFC 7845 §5.2.
fn tags() -> Vec<u8> {
    let mut tags = b"OpusTags".to_vec();
    tags.extend_from_slice(&(VENDOR.len() as u32).to_le_bytes());
    tags.extend_from_slice(VENDOR);
    tags.extend_from_slice(&0u32.to_le_bytes());
    tags
}
