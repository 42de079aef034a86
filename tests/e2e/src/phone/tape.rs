//! What an RTP socket received, and how it would have sounded.

use super::codec::Codec;
use super::digit::{self, CLOCK_HZ, Digit};
use crate::tone::Sound;
use media::codec::CodecError;
use std::time::{Duration, Instant};

/// Packets kept: four minutes at 50 a second.
const PACKETS_MAX: usize = 12_000;
/// How late against the first a packet may come and still be played in its place: a phone's jitter
/// buffer.
const PLAYOUT_DELAY: Duration = Duration::from_millis(200);
const HEADER_BYTES: usize = 12;

#[derive(Debug, Clone)]
struct Packet {
    at: Instant,
    payload_type: u8,
    sequence: u16,
    timestamp: u32,
    ssrc: u32,
    payload: Vec<u8>,
}

/// Packets in order of arrival.
#[derive(Debug, Default)]
pub(super) struct Tape {
    packets: Vec<Packet>,
}

impl Tape {
    /// Keeps a packet; says whether it was RTP.
    pub(super) fn record(&mut self, at: Instant, bytes: &[u8]) -> bool {
        let Some(packet) = parse(at, bytes) else {
            return false;
        };
        if self.packets.len() < PACKETS_MAX {
            self.packets.push(packet);
        }
        true
    }

    /// How many packets of a payload type came.
    pub(super) fn count(&self, payload_type: u8) -> usize {
        self.of(payload_type).count()
    }

    /// How many sources (SSRCs) spoke.
    pub(super) fn sources(&self) -> usize {
        let mut sources: Vec<u32> = self.packets.iter().map(|packet| packet.ssrc).collect();
        sources.sort_unstable();
        sources.dedup();
        sources.len()
    }

    /// Key presses among the packets of a payload type.
    pub(super) fn digits(&self, payload_type: u8) -> Vec<Digit> {
        let packets = self.of(payload_type);
        digit::gather(packets.map(|packet| (packet.timestamp, &packet.payload[..])))
    }

    /// The sound a phone would have played: each packet at its timestamp, silence where a packet
    /// is missing, and where it came too late to be played in its place.
    pub(super) fn sound(&self, codec: Codec) -> Result<Sound, CodecError> {
        let mut packets = self.played(codec);
        packets.sort_by_key(|(ticks, packet)| (*ticks, packet.sequence));
        packets.dedup_by_key(|(ticks, _)| *ticks);
        let samples_per_tick = (codec.rate() / CLOCK_HZ) as usize;
        let mut decoder = codec.earpiece()?;
        let mut samples = Vec::new();
        for (ticks, packet) in packets {
            // Overlaps by a tick where a clock was rounded: what is there already stays.
            samples.resize(samples.len().max(ticks * samples_per_tick), 0);
            samples.extend(decoder.decode(&packet.payload));
        }
        Ok(Sound { rate: codec.rate(), samples })
    }

    fn of(&self, payload_type: u8) -> impl Iterator<Item = &Packet> {
        self.packets.iter().filter(move |packet| packet.payload_type == payload_type)
    }

    /// Audio packets with their place in what is played, in clock ticks.
    ///
    /// A packet that comes too late makes the phone wait: it and all after it are played that much later.
    fn played(&self, codec: Codec) -> Vec<(usize, &Packet)> {
        let Some(first) = self.of(codec.payload_type()).next() else {
            return Vec::new();
        };
        let mut clock = 0.0;
        let placed = self.of(codec.payload_type()).filter_map(|packet| {
            let ticks = packet.timestamp.wrapping_sub(first.timestamp).cast_signed();
            let spoken = f64::from(ticks) / f64::from(CLOCK_HZ);
            let late = packet.at.duration_since(first.at).as_secs_f64() - spoken - clock;
            if late > PLAYOUT_DELAY.as_secs_f64() {
                clock += late;
            }
            let place = f64::from(ticks) + clock * f64::from(CLOCK_HZ);
            Some((usize::try_from(place as i64).ok()?, packet))
        });
        placed.collect()
    }
}

/// Reads an RTP packet without CSRCs or extension (RFC 3550 §5.1); RTCP is left aside (RFC 5761 §4).
fn parse(at: Instant, bytes: &[u8]) -> Option<Packet> {
    let header = bytes.get(..HEADER_BYTES)?;
    let is_rtcp = (192..=223).contains(&header[1]);
    if header[0] >> 6 != 2 || is_rtcp {
        return None;
    }
    let contributors = usize::from(header[0] & 0x0f);
    let payload = bytes.get(HEADER_BYTES + 4 * contributors..)?;
    Some(Packet {
        at,
        payload_type: header[1] & 0x7f,
        sequence: u16::from_be_bytes([header[2], header[3]]),
        timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
        ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
        payload: payload.to_vec(),
    })
}
