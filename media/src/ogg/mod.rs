//! The Ogg container (RFC 3533) as far as Opus in it needs (RFC 7845).
//!
//! Written here because the crates there are read from streams and allocate for each packet; a prompt lies in memory
//! and is read by many calls at once.

mod packets;
mod page;
mod write;

pub(crate) use packets::Packets;
pub(crate) use page::{Page, next_page};
pub(crate) use write::{PageWriter, Place};

const CAPTURE: &[u8; 4] = b"OggS";
const HEADER_LEN: usize = 27;
const CONTINUED: u8 = 1;
const FIRST: u8 = 2;
/// What a page says in place of a position when no packet ends on it.
const NO_POSITION: u64 = u64::MAX;

static CRC: [u32; 256] = crc_table();

/// RFC 3533 §6: polynomial 0x04c11db7, neither reflected nor inverted.
const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut value = (index as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 0x8000_0000 != 0 { (value << 1) ^ 0x04c1_1db7 } else { value << 1 };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

fn crc(sum: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(sum, |sum, byte| (sum << 8) ^ CRC[usize::from((sum >> 24) as u8 ^ byte)])
}
