//! Speech and the network's own tones are no digits.

use std::f64::consts::{PI, TAU};

use media::codec::g711::Law;
use media::dtmf::Detector;

const RATE: f64 = 8_000.0;

fn digits(pcm: &[i16]) -> String {
    let (mut detector, mut found) = (Detector::new(8_000), String::new());
    for packet in pcm.chunks(160) {
        detector.handle(packet);
        found.extend(std::iter::from_fn(|| detector.poll()).map(|received| received.digit.as_char()));
    }
    found
}

fn through_mu_law(sample: f64) -> i16 {
    Law::Mu.expand(Law::Mu.compress(sample as i16))
}

/// A resonance, as of the throat: two poles.
#[derive(Default)]
struct Formant([f64; 2]);

impl Formant {
    fn push(&mut self, sample: f64, frequency: f64, bandwidth: f64) -> f64 {
        let radius = (-PI * bandwidth / RATE).exp();
        let (one, two) = (2.0 * radius * (TAU * frequency / RATE).cos(), -radius * radius);
        let next = (1.0 - one - two) * sample + one * self.0[0] + two * self.0[1];
        self.0 = [next, self.0[0]];
        next
    }
}

/// Vowels that glide one into the next at a pitch that rises and falls, with a pause here and there.
fn vowels(pitch: f64, seconds: u32) -> Vec<i16> {
    // Of men's a, e, i, o, u (Peterson and Barney 1952), Hz.
    const VOWELS: [[f64; 3]; 5] = [
        [730.0, 1_090.0, 2_440.0],
        [530.0, 1_840.0, 2_480.0],
        [270.0, 2_290.0, 3_010.0],
        [570.0, 840.0, 2_410.0],
        [300.0, 870.0, 2_240.0],
    ];
    let (mut phase, mut throat, mut formants) = (0.0, 0.0, [(); 3].map(|()| Formant::default()));
    let mut sample = |n: u32| {
        let s = f64::from(n) / RATE;
        phase += pitch * (1.0 + 0.25 * (1.7 * s).sin()) / RATE;
        let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
        phase -= pulse;
        let (at, glide) = ((s * 4.0) as usize, (s * 4.0).fract());
        let (from, to) = (VOWELS[at % 5], VOWELS[(at * 3 + 1) % 5]);
        let is_pause = at % 7 == 6;
        // The throat's pulses are dull, the more so the higher.
        throat = 0.9 * throat + if is_pause { 0.0 } else { pulse * 20_000.0 };
        let mut sound = throat;
        for (index, formant) in formants.iter_mut().enumerate() {
            let frequency = from[index] + (to[index] - from[index]) * glide;
            sound = formant.push(sound, frequency, 70.0 + 30.0 * index as f64);
        }
        through_mu_law(sound)
    };
    (0..seconds * 8_000).map(&mut sample).collect()
}

#[test]
fn the_demo_phones_voice() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../gateway/server/src/demo/voice");
    let mut clips = 0;
    for clip in std::fs::read_dir(folder).unwrap() {
        let path = clip.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "ulaw") {
            let codes = std::fs::read(&path).unwrap();
            let pcm: Vec<_> = codes.iter().map(|code| Law::Mu.expand(*code)).collect();
            assert_eq!(digits(&pcm), "", "in {}", path.display());
            clips += 1;
        }
    }
    assert!(clips >= 13);
}

#[test]
fn vowels_of_men_women_and_children() {
    for pitch in [85.0, 110.0, 140.0, 175.0, 210.0, 260.0, 310.0] {
        assert_eq!(digits(&vowels(pitch, 3)), "", "at {pitch} Hz");
    }
}

#[test]
fn tones_of_the_network() {
    // Dial, ringback and busy tone of North America and Europe (ITU-T E.180), fax (CNG, CED), 1 kHz.
    for pair in
        [[350.0, 440.0], [440.0, 480.0], [480.0, 620.0], [425.0, 425.0], [1_100.0, 2_100.0], [1_000.0; 2]]
    {
        let tone = |n: u32| pair.map(|frequency| 7_000.0 * (TAU * frequency * f64::from(n) / RATE).sin());
        let pcm: Vec<_> = (0..8_000).map(|n| through_mu_law(tone(n).iter().sum())).collect();
        assert_eq!(digits(&pcm), "", "{pair:?}");
    }
}
