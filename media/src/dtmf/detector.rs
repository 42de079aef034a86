//! Digits as tones in the sound, found by the rules of ITU-T Q.24.

use std::f32::consts::TAU;
use std::time::Duration;

use super::goertzel::{Bank, Complex, FREQUENCIES, ROWS, STEPS_PER_S, Window, response};
use super::{Digit, Received};

/// Event codes by row and column (ITU-T Q.23 §6).
const KEYPAD: [[u8; 4]; 4] = [[1, 2, 3, 12], [4, 5, 6, 13], [7, 8, 9, 14], [10, 0, 11, 15]];
/// Mean square of a sine of 0 dBm0: 3.17 dB below the loudest of mu-law (ITU-T G.711 table 2a).
const POWER_0_DBM0: f32 = 2.487e8;
/// The stronger tone has this at least, -29 dBm0: Q.24 wants -25, and -29 refused at one operator.
const POWER_MIN: f32 = POWER_0_DBM0 * 1.26e-3;
/// The high group may be 4 dB stronger and 8 dB weaker (Q.24 table 1); 2.5 dB of room, as a tone 1.5 %
/// off loses 1.5 dB in the window.
const TWIST_MAX: f32 = 4.47;
const TWIST_MIN: f32 = 0.089;
/// The next best of a group is this much weaker, 6 dB.
const RIVAL_MAX: f32 = 0.25;
/// The share of all power that is in the two tones: what noise of 15 dB and 1.5 % leave, with room.
const SHARE_MIN: f32 = 0.68;
/// The same of the whole digit, once what being off tune took away is made good.
const SHARE_MEAN_MIN: f32 = 0.88;
/// How much of what the tones turn from window to window goes the same way: speech wavers.
const STEADY_MIN: f32 = 0.97;
/// Speech has harmonics; of a tone, the second is weaker by 10 dB at least.
const HARMONIC_MAX: f32 = 0.1;
/// A harmonic nearer than this to the other tone would be taken for it, Hz.
const HARMONIC_DISTANCE: f32 = 300.0;
/// Q.24 accepts 1.5 % and refuses 3.5 %.
const OFF_TUNE_MAX: f32 = 0.025;
/// Windows of 15 ms, 5 ms apart, that hold the pair: a tone of 40 ms fills 6, one of 23 ms 4.
const HITS_MIN: u32 = 5;
/// Windows without the pair that end a digit: a pause of 40 ms makes 8, a break of 10 ms 3.
const MISSES_MAX: u32 = 5;

/// Finds digits in linear sound, and tells each once, when it has ended.
#[derive(Debug)]
pub struct Detector {
    bank: Bank,
    current: Option<Tone>,
    ready: [Option<Received>; 4],
}

/// Indices of frequencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pair {
    row: usize,
    column: usize,
}

/// A pair that sounds, perhaps a digit.
#[derive(Clone, Copy, Debug)]
struct Tone {
    pair: Pair,
    /// Steps from the first window with it to the last.
    span: u32,
    /// Windows in a row, now and at most.
    run: u32,
    longest: u32,
    misses: u32,
    /// Both tones in the window before, when that had them.
    before: Option<[Complex; 2]>,
    /// The sum of how both turn from window to window: the angles tell how far they are off.
    drift: [Complex; 2],
    /// What the drifts' lengths would be if each turn were like the others.
    straight: [f32; 2],
    /// Sums of the tones' powers and of all power.
    powers: [f32; 2],
    power: f32,
}

impl Detector {
    /// Makes one for sound of `rate` samples per second, 8000 or more.
    pub fn new(rate: u32) -> Self {
        Self { bank: Bank::new(rate), current: None, ready: [None; 4] }
    }

    /// Takes the sound that comes next; [`Detector::poll`] afterwards.
    pub fn handle(&mut self, mut pcm: &[i16]) {
        while !pcm.is_empty() {
            let taken = self.bank.push(pcm);
            if let Some(window) = self.bank.take() {
                self.judge(&window);
            }
            pcm = &pcm[taken..];
        }
    }

    /// Sound was lost; what it held is unknown, so a digit under way goes on.
    pub fn handle_loss(&mut self, lost: Duration) {
        self.bank.interrupt();
        if let Some(tone) = &mut self.current {
            tone.before = None;
            tone.span += (lost.as_secs_f32() * STEPS_PER_S as f32) as u32;
        }
    }

    /// Nothing more comes for now: a digit under way has ended.
    pub fn finish(&mut self) {
        self.bank.interrupt();
        if let Some(tone) = self.current.take() {
            self.tell(&tone);
        }
    }

    /// Whether a digit may be under way.
    pub fn is_hearing(&self) -> bool {
        self.current.is_some()
    }

    /// The next digit that has ended.
    pub fn poll(&mut self) -> Option<Received> {
        self.ready.iter_mut().find_map(Option::take)
    }

    fn judge(&mut self, window: &Window) {
        let Some(pair) = self.pair(window) else { return self.miss() };
        if self.current.is_some_and(|tone| tone.pair != pair) {
            self.finish_tone();
        }
        self.current.get_or_insert_with(|| Tone::new(pair)).hit(window);
    }

    fn miss(&mut self) {
        if let Some(tone) = &mut self.current {
            tone.miss();
            if tone.misses == MISSES_MAX {
                self.finish_tone();
            }
        }
    }

    fn finish_tone(&mut self) {
        if let Some(tone) = self.current.take() {
            self.tell(&tone);
        }
    }

    fn tell(&mut self, tone: &Tone) {
        let free = self.ready.iter_mut().find(|slot| slot.is_none());
        if let (Some(received), Some(free)) = (tone.received(), free) {
            *free = Some(received);
        }
    }

    /// The pair that a window holds, if little else is in it.
    fn pair(&self, window: &Window) -> Option<Pair> {
        let power = window.bins.map(Complex::norm);
        let row = strongest(&power[..ROWS])?;
        let column = strongest(&power[ROWS..])? + ROWS;
        let (low, high) = (power[row], power[column]);
        let is_loud = low.max(high) >= POWER_MIN;
        let is_balanced = high <= low * TWIST_MAX && high >= low * TWIST_MIN;
        let is_pure = low + high >= window.power * SHARE_MIN;
        let pair = Pair { row, column };
        (is_loud && is_balanced && is_pure && !self.has_harmonics(pair, low, high)).then_some(pair)
    }

    fn has_harmonics(&self, pair: Pair, low: f32, high: f32) -> bool {
        let (row, column) = (FREQUENCIES[pair.row], FREQUENCIES[pair.column]);
        let has = |frequency: f32, power| self.bank.power_at(2.0 * frequency) > power * HARMONIC_MAX;
        has(column, high) || ((2.0 * row - column).abs() >= HARMONIC_DISTANCE && has(row, low))
    }
}

impl Tone {
    fn new(pair: Pair) -> Self {
        let (drift, zero) = ([Complex::default(); 2], [0.0; 2]);
        let (before, straight, powers, power) = (None, zero, zero, 0.0);
        Self { pair, span: 0, run: 0, longest: 0, misses: 0, before, drift, straight, powers, power }
    }

    fn hit(&mut self, window: &Window) {
        let tones = [window.bins[self.pair.row], window.bins[self.pair.column]];
        let before = self.before.replace(tones);
        for (index, tone) in tones.into_iter().enumerate() {
            self.powers[index] += tone.norm();
            if let Some(before) = before {
                let turn = tone * before[index].conjugate();
                self.drift[index] = self.drift[index] + turn;
                self.straight[index] += turn.norm().sqrt();
            }
        }
        self.power += window.power;
        self.span += self.misses + 1;
        self.misses = 0;
        self.run += 1;
        self.longest = self.longest.max(self.run);
    }

    fn miss(&mut self) {
        self.misses += 1;
        self.run = 0;
        self.before = None;
    }

    /// The digit that it was, if it was one.
    fn received(&self) -> Option<Received> {
        let is_digit = self.longest >= HITS_MIN && self.is_steady() && self.is_in_tune() && self.is_pure();
        if !is_digit {
            return None;
        }
        let digit = Digit::from_code(KEYPAD[self.pair.row][self.pair.column - ROWS]).ok()?;
        // A window counts while two thirds of it hold the tone.
        let duration = Duration::from_secs(1) * (self.span + 1) / STEPS_PER_S;
        Some(Received { digit, duration })
    }

    fn is_steady(&self) -> bool {
        let lengths = self.drift.map(|drift| drift.norm().sqrt());
        lengths.iter().zip(self.straight).all(|(length, straight)| *length >= straight * STEADY_MIN)
    }

    fn is_in_tune(&self) -> bool {
        let off = |drift: Complex| drift.angle() / TAU * STEPS_PER_S as f32;
        let [low, high] = self.drift.map(off);
        low.abs() <= FREQUENCIES[self.pair.row] * OFF_TUNE_MAX
            && high.abs() <= FREQUENCIES[self.pair.column] * OFF_TUNE_MAX
    }

    fn is_pure(&self) -> bool {
        let whole = self.powers.iter().zip(self.drift).map(|(power, drift)| power / response(drift.angle()));
        whole.sum::<f32>() >= self.power * SHARE_MEAN_MIN
    }
}

/// The strongest of a group, if the others are much weaker.
fn strongest(group: &[f32]) -> Option<usize> {
    let (best, power) = group.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1))?;
    let rivals = group.iter().enumerate().filter(|(index, _)| *index != best);
    rivals.map(|(_, rival)| *rival).all(|rival| rival <= power * RIVAL_MAX).then_some(best)
}
