//! Sound that comes unevenly goes on at an even pace, waiting no longer than the jitter asks for.

use std::time::{Duration, Instant};

use media::jitter::{Smoothed, Smoother};

const RATE: u32 = 8_000;
const MS: Duration = Duration::from_millis(1);
/// The listener takes 20 ms at a time.
const PLAYED: usize = 160;

/// A buzz of 125 Hz for a second and a half, then half a second of silence.
fn speech(at: u64) -> i16 {
    let phase = (at % 64) as i32;
    if at % 16_000 < 12_000 { (phase * 300 - 9_600) as i16 } else { 0 }
}

/// A sender of packets of 20 ms, a way, and a listener.
struct Line {
    start: Instant,
    smoother: Smoother,
    /// The sender's clock against ours: longer than 1 is slow.
    pace: f64,
    sent: u64,
    heard: Vec<i16>,
    /// The longest wait of each second.
    waits: Vec<Duration>,
}

impl Line {
    fn new(pace: f64) -> Self {
        let start = Instant::now();
        let (heard, waits) = Default::default();
        Self { start, smoother: Smoother::new(RATE, start), pace, sent: 0, heard, waits }
    }

    /// Lets `seconds` pass; `way` tells how long the packet of a number takes, `None` if it is not sent.
    fn run(&mut self, seconds: u64, mut way: impl FnMut(u64) -> Option<Duration>) {
        let from = self.heard.len() / PLAYED;
        let mut last = Duration::ZERO;
        let mut next = None;
        for tick in from..from + seconds as usize * 50 {
            let now = 20 * MS * tick as u32;
            loop {
                let (arrives, number) = *next.get_or_insert_with(|| {
                    let number = self.sent;
                    self.sent += 1;
                    let sent = Duration::from_secs_f64(number as f64 * 0.020 * self.pace);
                    // Order is kept: the packets before hold up those behind.
                    last = way(number).map_or(last, |way| last.max(sent + way));
                    (way(number).map_or(sent, |_| last), way(number).map(|_| number))
                });
                if arrives > now {
                    break;
                }
                next = None;
                let Some(number) = number else { continue };
                let pcm: Vec<i16> = (0..160).map(|at| speech(number * 160 + at)).collect();
                self.smoother.insert(self.start + arrives, number * 160 + 1_000_000, &pcm);
            }
            let mut pcm = [0; PLAYED];
            self.smoother.play(self.start + now, &mut pcm);
            self.heard.extend_from_slice(&pcm);
            if tick % 50 == 0 {
                self.waits.push(Duration::ZERO);
            }
            let wait = self.waits.last_mut().unwrap();
            *wait = self.smoother.delay().max(*wait);
        }
        // A packet on its way is sent again by the next run.
        self.sent -= u64::from(next.is_some());
    }

    fn smoothed(&self) -> Smoothed {
        self.smoother.smoothed()
    }

    /// The longest stretch of silence heard, but for the sender's own.
    fn longest_hole(&self) -> Duration {
        let mut longest = 0;
        for part in self.heard.split(|sample| sample.abs() > 50) {
            longest = longest.max(part.len());
        }
        MS * (longest / 8) as u32
    }
}

/// A number from 0 to 1 for each packet.
fn chance(number: u64) -> f64 {
    let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) as u32 as f64 / f64::from(u32::MAX)
}

#[test]
fn an_even_stream_hardly_waits_and_is_left_alone() {
    let mut line = Line::new(1.0);
    line.run(20, |_| Some(30 * MS));
    let Smoothed { late, dropped, shortened, stretched } = line.smoothed();
    assert_eq!((late, dropped), (0, 0));
    assert!(shortened + stretched <= 40 * 8, "{shortened} and {stretched}: only what it waited at first");
    assert!(line.smoother.delay() < 60 * MS, "{:?}", line.smoother.delay());
    // Behind that it is the very sound.
    let heard = &line.heard[line.heard.len() - 20_000..];
    let is_same =
        |shift: u64| heard.iter().enumerate().all(|(at, sample)| *sample == speech(shift + at as u64));
    assert!((0..16_000).any(is_same));
}

#[test]
fn jitter_of_eighty_milliseconds_is_not_heard() {
    let mut line = Line::new(1.0);
    line.run(60, |number| Some(MS.mul_f64(30.0 + 80.0 * chance(number))));
    let late = line.smoothed().late;
    assert!(late < 60, "{late} of 3,000");
    assert!(line.waits[10..].iter().all(|wait| *wait < 180 * MS), "{:?}", line.waits);
    assert!(line.longest_hole() < 560 * MS, "{:?}", line.longest_hole());
    assert_eq!(line.smoothed().dropped, 0);
}

#[test]
fn the_wait_follows_the_jitter_down_again() {
    let mut line = Line::new(1.0);
    line.run(20, |number| Some(MS.mul_f64(30.0 + 80.0 * chance(number))));
    let before = line.smoother.delay();
    line.run(20, |_| Some(30 * MS));
    let after = line.smoother.delay();
    assert!(before > 70 * MS && after < 60 * MS, "{before:?}, then {after:?}");
}

/// For 300 ms nothing comes, then all of it at once.
#[test]
fn a_spike_costs_no_word_and_is_made_up_for() {
    let mut line = Line::new(1.0);
    line.run(10, |_| Some(30 * MS));
    let spike = |number: u64| 30 + 300u64.saturating_sub(20 * (number.max(510) - 510));
    line.run(20, |number| Some(MS * if number < 510 { 30 } else { spike(number) as u32 }));
    assert_eq!(line.smoothed().dropped, 0);
    assert!(line.waits[10] > 200 * MS, "{:?}", line.waits);
    assert!(line.waits[25..].iter().all(|wait| *wait < 60 * MS), "{:?}", line.waits);
}

#[test]
fn silence_that_is_not_sent_is_no_loss() {
    let mut line = Line::new(1.0);
    line.run(60, |number| (number % 100 < 75).then_some(30 * MS));
    assert_eq!((line.smoothed().late, line.smoothed().dropped), (0, 0));
    assert!(line.smoother.delay() < 70 * MS);
}

/// Two hundred millionths are more than clocks of telephones are off.
#[test]
fn an_hour_of_clocks_that_differ() {
    for pace in [1.000_2, 0.999_8] {
        let mut line = Line::new(pace);
        line.run(3_600, |number| Some(MS.mul_f64(30.0 + 10.0 * chance(number))));
        let Smoothed { late, dropped, shortened, stretched } = line.smoothed();
        assert!(late <= 2 && dropped == 0, "{late} late, {dropped} dropped at {pace}");
        assert!(line.waits[10..].iter().all(|wait| *wait < 80 * MS), "{:?}", line.waits.iter().max());
        let (drift, net) =
            ((3_600.0 * f64::from(RATE) * (pace - 1.0)) as i64, stretched as i64 - shortened as i64);
        assert!((drift - net).abs() < 1_000, "{net} samples, where the clocks are {drift} apart");
        assert!(line.longest_hole() < 540 * MS, "{:?}", line.longest_hole());
    }
}
