//! The VoIP metrics block of extended reports (RFC 3611 §4.7).

/// Bytes of a block, with its head.
pub const VOIP_METRICS_LEN: usize = 36;
const BLOCK_TYPE: u8 = 7;
/// Words after the first (§3).
const BLOCK_WORDS: u16 = 8;
/// "Not available" of levels, ratings and scores.
const UNKNOWN: u8 = 127;
/// So many packets in a row that came end a burst (§4.7.2).
pub const GMIN: u8 = 16;
/// Concealment is there, the jitter buffer is not adaptive (§4.7.6): packets go on as they come.
const RECEIVER: u8 = 0b1110_0000;

/// How a stream sounded since its beginning, as its receiver says.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VoipMetrics {
    /// The stream spoken of.
    pub ssrc: u32,
    /// Share of packets that did not come, 0 to 1.
    pub loss: f32,
    /// Share of packets that came too late.
    pub discarded: f32,
    /// Share lost or late within bursts, and between them.
    pub burst_density: f32,
    /// See above.
    pub gap_density: f32,
    /// Mean lengths, milliseconds.
    pub burst_ms: u16,
    /// See above.
    pub gap_ms: u16,
    /// There and back, milliseconds; 0 while unknown.
    pub round_trip_ms: u16,
    /// What the receiver itself adds, milliseconds.
    pub system_ms: u16,
    /// dBm0.
    pub signal_level: Option<i8>,
    /// The transmission rating R (ITU-T G.107), 0 to 100.
    pub rating: Option<u8>,
    /// Mean opinion score, listening, 1 to 5.
    pub mos_listening: Option<f32>,
    /// Mean opinion score, conversational, 1 to 5.
    pub mos_conversational: Option<f32>,
}

impl VoipMetrics {
    pub(super) fn to_bytes(self) -> [u8; VOIP_METRICS_LEN] {
        let mut bytes = [0; VOIP_METRICS_LEN];
        bytes[0] = BLOCK_TYPE;
        bytes[2..4].copy_from_slice(&BLOCK_WORDS.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.ssrc.to_be_bytes());
        let shares = [self.loss, self.discarded, self.burst_density, self.gap_density];
        bytes[8..12].copy_from_slice(&shares.map(|share| (share * 256.0).clamp(0.0, 255.0) as u8));
        let times = [self.burst_ms, self.gap_ms, self.round_trip_ms, self.system_ms];
        bytes[12..20].copy_from_slice(times.map(u16::to_be_bytes).as_flattened());
        let level = self.signal_level.map_or(UNKNOWN, i8::cast_unsigned);
        bytes[20..24].copy_from_slice(&[level, UNKNOWN, UNKNOWN, GMIN]);
        let score = |score: Option<f32>| score.map_or(UNKNOWN, |score| (score.clamp(1.0, 5.0) * 10.0) as u8);
        let rating = self.rating.map_or(UNKNOWN, |rating| rating.min(100));
        let scores = [score(self.mos_listening), score(self.mos_conversational)];
        bytes[24..28].copy_from_slice(&[rating, UNKNOWN, scores[0], scores[1]]);
        bytes[28] = RECEIVER;
        bytes
    }

    /// The first such block among those of a report.
    pub(super) fn find(mut blocks: &[u8]) -> Option<Self> {
        while let Some(([kind, _, high, low], rest)) = blocks.split_first_chunk::<4>() {
            let len = usize::from(u16::from_be_bytes([*high, *low])) * 4;
            let (body, after) = rest.split_at_checked(len)?;
            match body.first_chunk() {
                Some(body) if *kind == BLOCK_TYPE => return Some(Self::parse(body)),
                Some(_) | None => blocks = after,
            }
        }
        None
    }

    fn parse(body: &[u8; VOIP_METRICS_LEN - 4]) -> Self {
        let share = |at: usize| f32::from(body[at]) / 256.0;
        let time = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
        let known = |at: usize| Some(body[at]).filter(|value| *value != UNKNOWN);
        let score = |at: usize| known(at).map(|score| f32::from(score) / 10.0);
        Self {
            ssrc: u32::from_be_bytes([body[0], body[1], body[2], body[3]]),
            loss: share(4),
            discarded: share(5),
            burst_density: share(6),
            gap_density: share(7),
            burst_ms: time(8),
            gap_ms: time(10),
            round_trip_ms: time(12),
            system_ms: time(14),
            signal_level: known(16).map(u8::cast_signed),
            rating: known(20).filter(|rating| *rating <= 100),
            mos_listening: score(22).filter(|score| (1.0..=5.0).contains(score)),
            mos_conversational: score(23).filter(|score| (1.0..=5.0).contains(score)),
        }
    }
}
