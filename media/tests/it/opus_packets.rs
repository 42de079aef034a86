//! Opus at native rate: every duration, level kept, garbage refused.

use media::CodecKind::Opus;
use media::codec::{CodecError, decoder, encoder};
use media::gain::Level;
use proptest::prelude::*;

fn tone(rate: u32, samples: usize) -> Vec<i16> {
    (0..samples)
        .map(|n| ((n as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin() * 8_000.0) as i16)
        .collect()
}

fn level(pcm: &[i16]) -> f32 {
    let mut level = Level::default();
    level.add(pcm);
    level.dbov()
}

#[test]
fn every_duration_goes_through_at_its_level() {
    for rate in [8_000, 16_000] {
        for tenth_ms in [25, 50, 100, 200, 400, 600] {
            let samples = rate as usize * tenth_ms / 10_000;
            let (mut encoder, mut decoder) = (encoder(Opus, rate).unwrap(), decoder(Opus, rate).unwrap());
            assert_eq!(encoder.packet_samples(samples), samples);
            let pcm = tone(rate, samples * 8 * 1_200 / tenth_ms);
            let (mut packet, mut heard) = ([0; 1_500], vec![0; samples * 2]);
            let mut last = Vec::new();
            for part in pcm.chunks(samples) {
                let len = encoder.encode(part, &mut packet).unwrap();
                assert_eq!(decoder.samples(&packet[..len]), Ok(samples), "{tenth_ms} at {rate}");
                assert_eq!(decoder.decode(&packet[..len], &mut heard), Ok(samples), "{tenth_ms} at {rate}");
                last.extend_from_slice(&heard[..samples]);
            }
            let (sent, got) = (level(&pcm), level(&last[last.len() / 2..]));
            assert!((sent - got).abs() < 1.0, "{tenth_ms} at {rate}: {sent} dBov sent, {got} heard");
        }
    }
}

#[test]
fn what_fits_no_packet_is_cut() {
    let encoder = encoder(Opus, 8_000).unwrap();
    assert_eq!([240, 160, 19, 2_000].map(|samples| encoder.packet_samples(samples)), [160, 160, 0, 480]);
}

#[test]
fn the_longest_packet_of_a_peer_is_taken() {
    let frame = {
        let mut packet = [0; 1_500];
        let mut encoder = encoder(Opus, 8_000).unwrap();
        let len = encoder.encode(&tone(8_000, 160), &mut packet).unwrap();
        packet[..len].to_vec()
    };
    // RFC 6716 §3.2.5: code 3 with six frames of variable length, all but the last preceded by it.
    let mut packet = vec![frame[0] | 3, 0x80 | 6];
    packet.extend([(frame.len() - 1) as u8; 5]);
    (0..6).for_each(|_| packet.extend_from_slice(&frame[1..]));
    let mut pcm = [0; 960];
    assert_eq!(decoder(Opus, 8_000).unwrap().decode(&packet, &mut pcm), Ok(960));
    assert!(level(&pcm) > -30.0);
}

#[test]
fn wrong_sizes_are_refused() {
    let mut out = [0; 1_500];
    let mut encoder = encoder(Opus, 8_000).unwrap();
    assert_eq!(encoder.encode(&[0; 100], &mut out), Err(CodecError::FrameDuration));
    assert_eq!(encoder.encode(&[], &mut out), Err(CodecError::FrameDuration));
    assert_eq!(encoder.encode(&[0; 160], &mut []), Err(CodecError::BufferTooSmall));
    let len = encoder.encode(&[0; 160], &mut out).unwrap();
    let mut decoder = decoder(Opus, 8_000).unwrap();
    assert_eq!(decoder.decode(&out[..len], &mut [0; 159]), Err(CodecError::BufferTooSmall));
    assert!(matches!(media::codec::decoder(Opus, 44_100), Err(CodecError::SamplingRate)));
}

#[test]
fn a_stereo_packet_is_mixed_down() {
    // RFC 6716 table 2: configuration 31 with the stereo bit, one frame of silence.
    let mut pcm = [0; 320];
    let mut decoder = decoder(Opus, 16_000).unwrap();
    assert_eq!(decoder.samples(&[31 << 3 | 4, 0, 0]), Ok(320));
    let _ = decoder.decode(&[31 << 3 | 4, 0, 0], &mut pcm);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_is_survived(
        packets in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..120), 0..3u8), 1..20),
        rate in prop_oneof![Just(8_000u32), Just(16_000)],
    ) {
        let mut decoder = decoder(Opus, rate).expect("a rate");
        let mut pcm = vec![0; 1_920];
        for (packet, way) in packets {
            let lost = rate as usize / 50;
            match way {
                0 => drop(decoder.decode_fec(&packet, &mut pcm[..lost])),
                1 => drop(decoder.conceal(&mut pcm[..lost])),
                _ => {}
            }
            if let Ok(samples) = decoder.decode(&packet, &mut pcm) {
                prop_assert_eq!(decoder.samples(&packet), Ok(samples));
            }
        }
    }
}
