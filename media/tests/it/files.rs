//! Files of sound, made here.

use bytes::Bytes;
use media::CodecKind;
use media::codec::encoder;

use crate::tone::Tone;

pub(crate) const PCM: u16 = 1;

/// A WAV file around `data`.
pub(crate) fn wav(format: u16, channels: u16, rate: u32, bits: u16, data: &[u8]) -> Bytes {
    let frame = channels * bits / 8;
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((data.len() as u32 + 48).to_le_bytes());
    file.extend(b"WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0");
    file.extend([format.to_le_bytes(), channels.to_le_bytes()].concat());
    file.extend([rate.to_le_bytes(), (rate * u32::from(frame)).to_le_bytes()].concat());
    file.extend([frame.to_le_bytes(), bits.to_le_bytes()].concat());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file.into()
}

/// A tone as 16-bit mono.
pub(crate) fn tone_wav(frequency: f64, rate: u32, ms: u32) -> Bytes {
    let pcm = Tone::new(frequency, rate).frame((rate * ms / 1_000) as usize);
    let data: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    wav(PCM, 1, rate, 16, &data)
}

/// A tone as Ogg Opus, 20 ms a packet and 50 packets a page; 312 samples at 48 kHz are to be left out at its start.
pub(crate) fn tone_opus(frequency: f64, ms: u32) -> Bytes {
    let (mut tone, mut encoder, mut packet) =
        (Tone::new(frequency, 16_000), encoder(CodecKind::Opus, 16_000).unwrap(), [0; 1_500]);
    let mut packets = (0..ms / 20).map(|_| {
        let len = encoder.encode(&tone.frame(320), &mut packet).unwrap();
        packet[..len].to_vec()
    });
    let mut head = b"OpusHead\x01\x01\x38\x01".to_vec();
    head.extend([16_000u32.to_le_bytes().as_slice(), &[0, 0, 0]].concat());
    let mut file = page(0, 2, 0, &[head]);
    file.extend(page(1, 0, 0, &[b"OpusTags\0\0\0\0\0\0\0\0".to_vec()]));
    let (mut number, mut position) = (2, 0);
    loop {
        let some: Vec<_> = packets.by_ref().take(50).collect();
        if some.is_empty() {
            return file.into();
        }
        position += some.len() as u64 * 960;
        file.extend(page(number, 0, position, &some));
        number += 1;
    }
}

fn page(number: u32, flags: u8, position: u64, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut lacing = Vec::new();
    for packet in packets {
        lacing.extend(vec![255; packet.len() / 255]);
        lacing.push((packet.len() % 255) as u8);
    }
    let mut page = b"OggS\0".to_vec();
    page.push(flags);
    page.extend(position.to_le_bytes());
    page.extend([7u32.to_le_bytes(), number.to_le_bytes(), [0; 4]].concat());
    page.push(lacing.len() as u8);
    page.extend(lacing);
    page.extend(packets.concat());
    let sum = crc(&page).to_le_bytes();
    page[22..26].copy_from_slice(&sum);
    page
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = 0u32;
    for byte in bytes {
        sum ^= u32::from(*byte) << 24;
        for _ in 0..8 {
            sum = if sum >> 31 == 1 { (sum << 1) ^ 0x04c1_1db7 } else { sum << 1 };
        }
    }
    sum
}
