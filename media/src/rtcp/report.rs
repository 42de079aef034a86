use super::Ntp;

/// Bytes of a [`SenderInfo`].
pub const SENDER_INFO_LEN: usize = 20;
/// Bytes of a [`ReportBlock`].
pub const REPORT_BLOCK_LEN: usize = 24;

/// What a sender says of its stream (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SenderInfo {
    /// When the report was sent.
    pub ntp: Ntp,
    /// The same instant on the stream's RTP clock.
    pub rtp_timestamp: u32,
    /// Sent since the stream began.
    pub packets: u32,
    /// Payload only.
    pub octets: u32,
}

/// What a receiver says of a stream (RFC 3550 §6.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportBlock {
    /// The stream spoken of.
    pub ssrc: u32,
    /// Lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Lost since the stream began; negative with duplicates. Holds 24 bits.
    pub cumulative_lost: i32,
    /// With the count of roll-overs above.
    pub highest_sequence: u32,
    /// Interarrival jitter in RTP clock ticks.
    pub jitter: u32,
    /// [`Ntp::middle`] of the last sender report, 0 for none.
    pub last_sr: u32,
    /// Since that came, in 1/65,536 s.
    pub delay_since_last_sr: u32,
}

impl SenderInfo {
    pub(super) fn parse(bytes: &[u8; SENDER_INFO_LEN]) -> Self {
        let [high, low, rtp_timestamp, packets, octets] = words(bytes);
        let ntp = Ntp(u64::from(high) << 32 | u64::from(low));
        Self { ntp, rtp_timestamp, packets, octets }
    }

    pub(super) fn to_bytes(self) -> [u8; SENDER_INFO_LEN] {
        let Self { ntp: Ntp(ntp), rtp_timestamp, packets, octets } = self;
        bytes([(ntp >> 32) as u32, ntp as u32, rtp_timestamp, packets, octets])
    }
}

impl ReportBlock {
    pub(super) fn parse(bytes: &[u8; REPORT_BLOCK_LEN]) -> Self {
        let [ssrc, lost, highest_sequence, jitter, last_sr, delay_since_last_sr] = words(bytes);
        // Shifted up and down again to spread the sign of 24 bits over 32.
        let cumulative_lost = (lost << 8).cast_signed() >> 8;
        let fraction_lost = (lost >> 24) as u8;
        Self { ssrc, fraction_lost, cumulative_lost, highest_sequence, jitter, last_sr, delay_since_last_sr }
    }

    pub(super) fn to_bytes(self) -> [u8; REPORT_BLOCK_LEN] {
        let lost = self.cumulative_lost.clamp(-0x80_0000, 0x7F_FFFF).cast_unsigned() & 0xFF_FFFF;
        bytes([
            self.ssrc,
            u32::from(self.fraction_lost) << 24 | lost,
            self.highest_sequence,
            self.jitter,
            self.last_sr,
            self.delay_since_last_sr,
        ])
    }
}

fn words<const N: usize>(bytes: &[u8]) -> [u32; N] {
    let mut words = [0; N];
    for (word, chunk) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_be_bytes(*chunk);
    }
    words
}

fn bytes<const WORDS: usize, const BYTES: usize>(words: [u32; WORDS]) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    for (chunk, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *chunk = word.to_be_bytes();
    }
    bytes
}
