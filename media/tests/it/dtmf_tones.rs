//! Digits in sound, by the rules of ITU-T Q.24, through mu-law.

use std::f64::consts::TAU;
use std::time::Duration;

use media::codec::g711::Law;
use media::dtmf::{Detector, Digit, Received};

const RATE: f64 = 8_000.0;
/// Peak of a sine of 0 dBm0 (ITU-T G.711: the loudest, 32124, is 3.17 dBm0).
const PEAK_0_DBM0: f64 = 22_300.0;
const ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f64; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
pub(crate) const KEYS: &str = "123A456B789C*0#D";

/// How a key sounds.
#[derive(Clone, Copy)]
pub(crate) struct Press {
    /// Of the stronger tone, dBm0.
    pub(crate) level: f64,
    /// High group over low group, dB.
    pub(crate) twist: f64,
    /// How far the low and the high group are off, percent.
    pub(crate) off: [f64; 2],
    pub(crate) tone_ms: f64,
    pub(crate) pause_ms: f64,
    /// Power of the tones over that of white noise, dB.
    pub(crate) snr: Option<f64>,
}

pub(crate) const PLAIN: Press =
    Press { level: -8.0, twist: 0.0, off: [0.0; 2], tone_ms: 70.0, pause_ms: 70.0, snr: None };

/// White noise of a seed, uniform.
struct Noise(u64);

impl Noise {
    /// Mean square 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 / f64::from(1u32 << 31) * 2.0 - 1.0) * 3f64.sqrt()
    }
}

impl Press {
    fn peaks(self) -> [f64; 2] {
        let peak = |level: f64| PEAK_0_DBM0 * 10f64.powf(level / 20.0);
        [peak(self.level - self.twist.max(0.0)), peak(self.level + self.twist.min(0.0))]
    }

    fn noise_rms(self) -> f64 {
        let power: f64 = self.peaks().iter().map(|peak| peak * peak / 2.0).sum();
        self.snr.map_or(0.0, |snr| (power / 10f64.powf(snr / 10.0)).sqrt())
    }

    /// The keys one after the other, as mu-law; the pause of each comes first.
    pub(crate) fn sound(self, keys: &str) -> Vec<u8> {
        let (mut noise, mut said) = (Noise(keys.len() as u64), Vec::new());
        let rms = self.noise_rms();
        let mut say = |sample: f64| said.push(Law::Mu.compress((sample + rms * noise.next()) as i16));
        for key in keys.chars() {
            let at = KEYS.find(key).unwrap();
            let [low, high] = self.peaks();
            let angle = |frequency: f64, off: f64| TAU * frequency * (1.0 + off / 100.0) / RATE;
            let (row, column) = (angle(ROWS[at / 4], self.off[0]), angle(COLUMNS[at % 4], self.off[1]));
            (0..(self.pause_ms * 8.0) as u32).for_each(|_| say(0.0));
            (0..(self.tone_ms * 8.0) as u32)
                .map(f64::from)
                .for_each(|n| say(low * (row * n).sin() + high * (column * n + 1.0).sin()));
        }
        (0..800).for_each(|_| say(0.0));
        said
    }

    fn heard(self, keys: &str) -> String {
        listen(&self.sound(keys)).iter().map(|received| received.digit.as_char()).collect()
    }

    #[track_caller]
    fn assert_heard(self) {
        assert_eq!(self.heard(KEYS), KEYS);
    }

    #[track_caller]
    fn assert_refused(self) {
        assert_eq!(self.heard(KEYS), "");
    }
}

fn listen(codes: &[u8]) -> Vec<Received> {
    let pcm: Vec<_> = codes.iter().map(|code| Law::Mu.expand(*code)).collect();
    let (mut detector, mut found) = (Detector::new(8_000), Vec::new());
    for packet in pcm.chunks(160) {
        detector.handle(packet);
        found.extend(std::iter::from_fn(|| detector.poll()));
    }
    detector.finish();
    found.extend(detector.poll());
    found
}

#[test]
fn each_key_from_loud_to_soft() {
    for level in [0.0, -5.0, -10.0, -15.0, -20.0, -25.0] {
        Press { level, ..PLAIN }.assert_heard();
        Press { level, snr: Some(15.0), ..PLAIN }.assert_heard();
    }
    Press { level: -32.0, ..PLAIN }.assert_refused();
}

#[test]
fn twist_within_four_and_eight_db() {
    for twist in [4.0, -8.0] {
        for snr in [None, Some(15.0)] {
            Press { twist, snr, ..PLAIN }.assert_heard();
            Press { twist, snr, off: [1.5, -1.5], level: -25.0, ..PLAIN }.assert_heard();
        }
    }
    Press { twist: 9.0, ..PLAIN }.assert_refused();
    Press { twist: -13.0, ..PLAIN }.assert_refused();
}

#[test]
fn frequencies_within_one_and_a_half_percent() {
    for snr in [None, Some(15.0)] {
        for off in [[1.5, 1.5], [-1.5, -1.5], [1.5, -1.5], [-1.5, 1.5]] {
            Press { off, snr, ..PLAIN }.assert_heard();
        }
        for off in [[3.5, 0.0], [-3.5, 0.0], [0.0, 3.5], [0.0, -3.5], [3.5, 3.5], [-3.5, -3.5]] {
            Press { off, snr, ..PLAIN }.assert_refused();
        }
    }
}

#[test]
fn forty_milliseconds_but_not_twenty_three() {
    for snr in [None, Some(15.0)] {
        let short = Press { tone_ms: 40.0, pause_ms: 40.0, snr, ..PLAIN };
        // 40.125: each begins elsewhere in its step.
        for pause_ms in [40.0, 40.125, 41.5] {
            Press { pause_ms, ..short }.assert_heard();
            Press { pause_ms, off: [1.5, -1.5], ..short }.assert_heard();
            Press { pause_ms, tone_ms: 23.0, ..short }.assert_refused();
        }
        assert_eq!(short.heard("1111222233"), "1111222233");
    }
}

#[test]
fn a_break_of_ten_milliseconds_is_no_pause() {
    let halves = Press { tone_ms: 50.0, pause_ms: 10.0, snr: Some(15.0), ..PLAIN };
    assert_eq!(halves.heard("55"), "5");
}

#[test]
fn how_long_a_key_was_held() {
    for tone_ms in [40.0, 100.0, 333.0] {
        for received in listen(&Press { tone_ms, ..PLAIN }.sound("159D")) {
            let ms = received.duration.as_secs_f64() * 1_000.0;
            assert!((ms - tone_ms).abs() <= 5.0, "{ms} ms of {tone_ms}");
        }
    }
}

#[test]
fn sound_at_sixteen_kilohertz() {
    let mut detector = Detector::new(16_000);
    let at = |n: i32, frequency: f64| 6_000.0 * (TAU * frequency * f64::from(n) / 16_000.0).sin();
    let pcm: Vec<_> = (0..1_600).map(|n| (at(n, 941.0) + at(n, 1477.0)) as i16).collect();
    detector.handle(&pcm);
    assert!(detector.is_hearing());
    detector.handle(&[0; 800]);
    assert!(!detector.is_hearing());
    let found = detector.poll().unwrap();
    assert_eq!((found.digit, found.duration.as_millis()), (Digit::try_from('#').unwrap(), 100));
    assert_eq!(detector.poll(), None);
}

#[test]
fn a_lost_packet_neither_splits_nor_doubles() {
    let said = Press { tone_ms: 120.0, ..PLAIN }.sound("77");
    let pcm: Vec<_> = said.iter().map(|code| Law::Mu.expand(*code)).collect();
    for lost in 0..pcm.len() / 160 {
        let (mut detector, mut found) = (Detector::new(8_000), String::new());
        for (at, packet) in pcm.chunks(160).enumerate() {
            match at == lost {
                true => detector.handle_loss(Duration::from_millis(20)),
                false => detector.handle(packet),
            }
            found.extend(std::iter::from_fn(|| detector.poll()).map(|received| received.digit.as_char()));
        }
        assert_eq!(found, "77", "without packet {lost}");
    }
}
