//! A lost packet is not heard as a hole: what is put in its place is like what was lost.

use std::f32::consts::TAU;

use media::CodecKind;
use media::codec::{Decoder, Encoder, decoder, encoder};
use media::gain::Level;

/// Packets of 20 ms, every `LOSS`th lost.
const LOSS: usize = 10;

fn tone(rate: u32, samples: usize) -> Vec<i16> {
    let sine = |n: usize, hertz: f32| (n as f32 * hertz * TAU / rate as f32).sin();
    // A voice's pitch with two overtones.
    (0..samples)
        .map(|n| (6_000.0 * (sine(n, 140.0) + 0.5 * sine(n, 280.0) + 0.3 * sine(n, 700.0))) as i16)
        .collect()
}

fn packets(encoder: &mut dyn Encoder, pcm: &[i16]) -> Vec<Vec<u8>> {
    let samples = encoder.rate() as usize / 50;
    let mut out = [0; 1_500];
    let encode = |part: &[i16]| {
        let len = encoder.encode(part, &mut out).expect("20 ms");
        out[..len].to_vec()
    };
    pcm.chunks_exact(samples).map(encode).collect()
}

#[derive(Clone, Copy)]
enum Repair {
    Concealment,
    Redundancy,
}

fn hear(decoder: &mut dyn Decoder, packets: &[Vec<u8>], repair: Option<Repair>) -> Vec<i16> {
    let samples = decoder.rate() as usize / 50;
    let mut heard = vec![0; samples * packets.len()];
    let mut frames = heard.chunks_exact_mut(samples);
    for (at, packet) in packets.iter().enumerate() {
        let frame = frames.next().expect("one each");
        match repair.filter(|_| at % LOSS == LOSS - 1) {
            None => assert_eq!(decoder.decode(packet, frame), Ok(samples)),
            Some(Repair::Concealment) => assert_eq!(decoder.conceal(frame), samples),
            Some(Repair::Redundancy) => {
                let next = packets.get(at + 1).expect("the last is not lost");
                assert_eq!(decoder.decode_fec(next, frame), Ok(samples));
            }
        }
    }
    heard
}

/// Energy of the difference in the lost packets over that of the sound, dB.
fn error_db(whole: &[i16], repaired: &[i16], samples: usize) -> f32 {
    let (mut error, mut sound) = (1.0, 1.0);
    let frames = whole.chunks(samples).zip(repaired.chunks(samples)).skip(LOSS * 2);
    for (at, (whole, repaired)) in frames.enumerate() {
        if at % LOSS == LOSS - 1 {
            for (whole, repaired) in whole.iter().zip(repaired) {
                error += (f32::from(*whole) - f32::from(*repaired)).powi(2);
                sound += f32::from(*whole).powi(2);
            }
        }
    }
    10.0 * (error / sound).log10()
}

#[test]
fn a_steady_voice_goes_on() {
    for (kind, rate, limit) in
        [(CodecKind::Pcmu, 8_000, -10.0), (CodecKind::Pcma, 8_000, -10.0), (CodecKind::G722, 16_000, -10.0)]
    {
        let pcm = tone(rate, rate as usize * 2 + rate as usize / 50);
        let packets = packets(&mut *encoder(kind, rate).unwrap(), &pcm);
        let whole = hear(&mut *decoder(kind, rate).unwrap(), &packets, None);
        let repaired = hear(&mut *decoder(kind, rate).unwrap(), &packets, Some(Repair::Concealment));
        let error = error_db(&whole, &repaired, rate as usize / 50);
        assert!(error < limit, "{kind:?} at {rate}: {error} dB");
    }
}

/// Its phase may drift, and so only the level is looked at.
#[test]
fn opus_goes_on_at_its_level() {
    for rate in [8_000, 16_000] {
        let samples = rate as usize / 50;
        let pcm = speech_like(rate, samples * 101);
        let packets = packets(&mut *encoder(CodecKind::Opus, rate).unwrap(), &pcm);
        let repaired =
            hear(&mut *decoder(CodecKind::Opus, rate).unwrap(), &packets, Some(Repair::Concealment));
        let level = |frames: &mut dyn Iterator<Item = &[i16]>| {
            let mut level = Level::default();
            frames.for_each(|frame| level.add(frame));
            level.dbov()
        };
        let sent = level(&mut pcm.chunks(samples));
        let made_up = level(&mut repaired.chunks(samples).skip(LOSS - 1).step_by(LOSS));
        assert!((sent - made_up).abs() < 4.0, "{made_up} at {rate}, where {sent} was sent");
    }
}

#[test]
fn redundancy_brings_back_what_was_said() {
    for rate in [8_000, 16_000] {
        let mut opus = encoder(CodecKind::Opus, rate).unwrap();
        opus.set_loss_percent(20);
        let pcm = speech_like(rate, rate as usize * 4 + rate as usize / 50);
        let packets = packets(&mut *opus, &pcm);
        let listener = decoder(CodecKind::Opus, rate).unwrap();
        let carrying = packets.iter().skip(5).filter(|packet| listener.carries_fec(packet)).count();
        assert!(carrying * 2 > packets.len(), "{carrying} of {}", packets.len());

        let samples = rate as usize / 50;
        let whole = hear(&mut *decoder(CodecKind::Opus, rate).unwrap(), &packets, None);
        let error = |repair| {
            let repaired = hear(&mut *decoder(CodecKind::Opus, rate).unwrap(), &packets, Some(repair));
            error_db(&whole, &repaired, samples)
        };
        let (with, without) = (error(Repair::Redundancy), error(Repair::Concealment));
        assert!(with < without - 2.0, "{with} dB with, {without} dB without");
    }
}

/// A pitch that glides and a strength that swells, so that repeating the past is not enough.
fn speech_like(rate: u32, samples: usize) -> Vec<i16> {
    let mut phase = 0.0f32;
    let sample = |n: usize| {
        let time = n as f32 / rate as f32;
        phase += (150.0 + 60.0 * (time * 9.0).sin()) / rate as f32;
        let buzz: f32 = (1..12).map(|harmonic| (phase * TAU * harmonic as f32).sin() / harmonic as f32).sum();
        (4_000.0 * buzz * (0.6 + 0.4 * (time * 23.0).sin())) as i16
    };
    (0..samples).map(sample).collect()
}

#[test]
fn a_long_loss_fades_to_silence() {
    for (kind, rate) in [(CodecKind::Pcma, 8_000), (CodecKind::G722, 16_000)] {
        let mut decoder = decoder(kind, rate).unwrap();
        hear(&mut *decoder, &packets(&mut *encoder(kind, rate).unwrap(), &tone(rate, rate as usize)), None);
        let mut frame = vec![0; rate as usize / 50];
        let levels: Vec<_> = (0..5)
            .map(|_| {
                decoder.conceal(&mut frame);
                let mut level = Level::default();
                level.add(&frame);
                level.dbov()
            })
            .collect();
        assert!(levels[0] > -18.0, "{levels:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0]), "{levels:?}");
        assert!(levels[4] < -100.0, "{levels:?}");
    }
}

#[test]
fn no_click_where_sound_stops_and_starts() {
    let pcm = tone(8_000, 8_160);
    let steepest = pcm.windows(2).map(|pair| pair[1].abs_diff(pair[0])).max().unwrap();
    let packets = packets(&mut *encoder(CodecKind::Pcmu, 8_000).unwrap(), &pcm);
    let repaired = hear(&mut *decoder(CodecKind::Pcmu, 8_000).unwrap(), &packets, Some(Repair::Concealment));
    let jump = repaired.windows(2).map(|pair| pair[1].abs_diff(pair[0])).max().unwrap();
    assert!(jump < steepest * 2, "{jump}, where the sound itself has {steepest}");
}
