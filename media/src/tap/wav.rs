//! The head of a stereo WAV file of 16 bits.

/// Telephone sound; of what is wider, what a telephone would carry is kept.
pub(super) const RATE: u32 = 8_000;
pub(super) const HEADER_LEN: u64 = 44;
const PCM: u16 = 1;
const CHANNELS: u16 = 2;
const BITS: u16 = 16;

/// As long as `data` bytes of sound make it; 4 GiB and more are told as the most that can be.
pub(super) fn header(rate: u32, data: u64) -> Vec<u8> {
    let data = u32::try_from(data).unwrap_or(u32::MAX).min(u32::MAX - HEADER_LEN as u32);
    let frame = CHANNELS * BITS / 8;
    let mut header = Vec::with_capacity(HEADER_LEN as usize);
    header.extend_from_slice(b"RIFF");
    header.extend_from_slice(&(data + HEADER_LEN as u32 - 8).to_le_bytes());
    header.extend_from_slice(b"WAVEfmt \x10\0\0\0");
    header.extend_from_slice(&PCM.to_le_bytes());
    header.extend_from_slice(&CHANNELS.to_le_bytes());
    header.extend_from_slice(&rate.to_le_bytes());
    header.extend_from_slice(&(rate * u32::from(frame)).to_le_bytes());
    header.extend_from_slice(&frame.to_le_bytes());
    header.extend_from_slice(&BITS.to_le_bytes());
    header.extend_from_slice(b"data");
    header.extend_from_slice(&data.to_le_bytes());
    header
}
