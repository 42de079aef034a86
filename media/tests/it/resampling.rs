//! Between sampling rates: what both can hold keeps its level, all else is taken out.

use std::f64::consts::TAU;

use media::codec::CodecError;
use media::resample::Resampler;

use crate::tone::{AMPLITUDE, Tone, amplitude};

const RATES: [u32; 3] = [8_000, 16_000, 48_000];
/// What the filter takes to swing in, at any rate.
const SETTLING_MS: usize = 20;

/// What is listened to holds whole periods of each multiple.
const STEP_HZ: f64 = 12.5;

/// The nearest frequency whose periods fit.
fn fitting(frequency: f64) -> f64 {
    (frequency / STEP_HZ).round() * STEP_HZ
}

/// A tenth of a second of a tone at another rate, without its beginning.
fn converted(frequency: f64, from: u32, to: u32) -> Vec<i16> {
    let pcm = Tone::new(frequency, from).frame(from as usize / 10);
    let mut resampler = Resampler::new(from, to).unwrap();
    let mut out = vec![0; resampler.output_max(pcm.len())];
    let made = resampler.process(&pcm, &mut out);
    assert_eq!(made, to as usize / 10, "{from} to {to}");
    out.split_off(SETTLING_MS * to as usize / 1000)
}

/// Over the tone that went in.
fn level_db(pcm: &[i16]) -> f64 {
    let power = pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / pcm.len() as f64;
    10.0 * (power.max(1e-3) / (AMPLITUDE * AMPLITUDE / 2.0)).log10()
}

fn pairs() -> impl Iterator<Item = (u32, u32)> {
    let all = RATES.into_iter().flat_map(|from| RATES.map(|to| (from, to)));
    all.filter(|(from, to)| from != to).chain([(44_100, 8_000), (11_025, 16_000)])
}

#[test]
fn the_pass_band_is_flat() {
    for (from, to) in pairs() {
        let edge = 0.425 * f64::from(from.min(to));
        for step in 1..=9 {
            let frequency = fitting(edge * f64::from(step) / 9.0);
            let db = 20.0 * (amplitude(&converted(frequency, from, to), frequency, to) / AMPLITUDE).log10();
            assert!(db.abs() < 0.5, "{frequency:.0} Hz from {from} to {to}: {db:.2} dB");
        }
    }
}

#[test]
fn what_would_alias_is_sixty_db_down() {
    for (from, to) in pairs().filter(|(from, to)| from > to) {
        let (low, high) = (f64::from(to) / 2.0, f64::from(from) / 2.0);
        for step in 0..15 {
            let frequency = low + (high - low) * (f64::from(step) + 0.05) / 15.0;
            let db = level_db(&converted(frequency, from, to));
            assert!(db < -60.0, "{frequency:.0} Hz from {from} to {to}: {db:.1} dB");
        }
    }
}

/// A tone's mirror images and all else that is not the tone.
#[test]
fn nothing_is_added() {
    for (from, to) in pairs() {
        for part in [0.1, 0.25, 0.4, 0.425] {
            let frequency = fitting(part * f64::from(from.min(to)));
            let out = converted(frequency, from, to);
            let rest = level_db(&without(&out, frequency, to));
            assert!(rest < -60.0, "{frequency:.0} Hz from {from} to {to}: {rest:.1} dB of other sound");
        }
    }
}

/// Takes a tone out.
fn without(pcm: &[i16], frequency: f64, rate: u32) -> Vec<i16> {
    let angle = |at: usize| TAU * frequency * at as f64 / f64::from(rate);
    let part = |wave: fn(f64) -> f64| {
        let products = pcm.iter().enumerate().map(|(at, sample)| f64::from(*sample) * wave(angle(at)));
        products.sum::<f64>() * 2.0 / pcm.len() as f64
    };
    let (sine, cosine) = (part(f64::sin), part(f64::cos));
    let left = |(at, sample): (usize, &i16)| {
        (f64::from(*sample) - sine * angle(at).sin() - cosine * angle(at).cos()).round() as i16
    };
    pcm.iter().enumerate().map(left).collect()
}

#[test]
fn pieces_of_any_length_make_the_same_sound() {
    for (from, to) in pairs() {
        let pcm = Tone::new(440.0, from).frame(5_000);
        let mut resampler = Resampler::new(from, to).unwrap();
        let mut whole = vec![0; resampler.output_max(pcm.len())];
        let made = resampler.process(&pcm, &mut whole);
        whole.truncate(made);

        let (mut resampler, mut pieces, mut rest) = (Resampler::new(from, to).unwrap(), Vec::new(), &pcm[..]);
        for len in [0, 1, 7, 80, 441, 961, 2_000].into_iter().cycle() {
            let (piece, behind) = rest.split_at(len.min(rest.len()));
            let mut out = vec![0; resampler.output_max(len)];
            let made = resampler.process(piece, &mut out);
            pieces.extend_from_slice(&out[..made]);
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        assert_eq!(pieces, whole, "{from} to {to}");
    }
}

#[test]
fn no_sample_is_too_many_and_none_too_few() {
    let mut resampler = Resampler::new(44_100, 8_000).unwrap();
    let (pcm, mut out) = ([0; 882], [0; 161]);
    let made: usize = (0..50 * 2).map(|_| resampler.process(&pcm, &mut out)).sum();
    assert_eq!(made, 8_000 * 2);
}

#[test]
fn loud_sound_is_cut_not_wrapped() {
    let square: Vec<i16> = (0..1_600).map(|n| if n / 40 % 2 == 0 { i16::MAX } else { i16::MIN }).collect();
    let mut out = [0; 3_200];
    Resampler::new(8_000, 16_000).unwrap().process(&square, &mut out);
    let flips = out.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) > 60_000).count();
    assert_eq!(flips, 0);
}

#[test]
fn same_rate_is_left_alone() {
    let pcm = Tone::new(3_999.0, 8_000).frame(160);
    let mut out = [0; 160];
    assert_eq!(Resampler::new(8_000, 8_000).unwrap().process(&pcm, &mut out), 160);
    assert_eq!(pcm, out);
}

#[test]
fn odd_rates_are_refused() {
    for (from, to) in [(0, 8_000), (8_000, 0), (0, 0), (8_001, 8_000), (48_000, 47_999), (u32::MAX, 8_000)] {
        assert_eq!(Resampler::new(from, to).unwrap_err(), CodecError::SamplingRate, "{from} to {to}");
    }
}
