//! A Goertzel bank: how much of each DTMF frequency the last 15 ms hold, anew each 5 ms.

use std::f32::consts::TAU;
use std::ops::{Add, Mul};

/// The low and the high group (ITU-T Q.23 §6), Hz.
pub(super) const FREQUENCIES: [f32; 8] = [697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0];
/// How many of them are in the low group.
pub(super) const ROWS: usize = 4;
/// Windows a second; each begins one step after the former.
pub(super) const STEPS_PER_S: u32 = 200;
/// The window: three steps, the middle one counted twice, so that a tone shows little at the
/// frequencies of the other group (23 dB down and more; 13 without).
const WEIGHTS: [f32; 3] = [1.0, 2.0, 1.0];
const WEIGHT: f32 = 4.0;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Complex {
    pub(super) re: f32,
    pub(super) im: f32,
}

impl Complex {
    fn turn(angle: f32) -> Self {
        Self { re: angle.cos(), im: angle.sin() }
    }

    pub(super) fn conjugate(self) -> Self {
        Self { im: -self.im, ..self }
    }

    pub(super) fn scaled(self, factor: f32) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }

    pub(super) fn norm(self) -> f32 {
        self.re * self.re + self.im * self.im
    }

    pub(super) fn angle(self) -> f32 {
        self.im.atan2(self.re)
    }
}

impl Add for Complex {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Mul for Complex {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

/// What one window holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    /// Of each frequency; the square of a value is the power (mean square) of a tone there. The phase
    /// counts from where a tone of just that frequency would stand, so it stays as long as one sounds.
    pub(super) bins: [Complex; 8],
    /// Mean square of all the sound.
    pub(super) power: f32,
}

/// The share of a tone's power that a window shows, if the tone turns by `angle` within a step.
pub(super) fn response(angle: f32) -> f32 {
    let half = (angle / 2.0).abs().max(1e-3);
    (half.sin() / half * half.cos().powi(2)).powi(2)
}

/// See the module.
#[derive(Debug)]
pub(super) struct Bank {
    rate: f32,
    coefficients: [f32; 8],
    /// The recursion's last two values.
    state: [[f32; 8]; 2],
    /// How far each frequency turns within a sample and a step.
    per_sample: [Complex; 8],
    per_step: [Complex; 8],
    /// The sum of those steps so far; nought again each second, as all are whole Hertz.
    turned: [Complex; 8],
    turns: u32,
    steps: [Window; 3],
    /// Steps since the beginning or the last interruption, up to those of a window.
    ready: usize,
    /// The sound of the window, oldest first; the last step is being filled.
    sound: Box<[f32]>,
    filled: usize,
}

impl Bank {
    pub(super) fn new(rate: u32) -> Self {
        let step = (rate / STEPS_PER_S) as usize;
        let rate = rate as f32;
        let angles = FREQUENCIES.map(|frequency| TAU * frequency / rate);
        Self {
            rate,
            coefficients: angles.map(|angle| 2.0 * angle.cos()),
            state: [[0.0; 8]; 2],
            per_sample: angles.map(|angle| Complex::turn(-angle)),
            per_step: angles.map(|angle| Complex::turn(-angle * step as f32)),
            turned: [Complex::turn(0.0); 8],
            turns: 0,
            steps: [Window::default(); 3],
            ready: 0,
            sound: vec![0.0; 3 * step].into(),
            filled: 0,
        }
    }

    /// What comes next does not join on to what came.
    pub(super) fn interrupt(&mut self) {
        (self.state, self.filled, self.ready) = ([[0.0; 8]; 2], 0, 0);
    }

    /// Samples of a step.
    pub(super) fn step(&self) -> usize {
        self.sound.len() / 3
    }

    /// Takes sound up to the end of a step; tells how much.
    pub(super) fn push(&mut self, pcm: &[i16]) -> usize {
        let taken = pcm.len().min(self.step() - self.filled);
        let at = 2 * self.step() + self.filled;
        let [mut one, mut two] = self.state;
        for (kept, sample) in self.sound[at..].iter_mut().zip(&pcm[..taken]) {
            *kept = f32::from(*sample);
            for (index, coefficient) in self.coefficients.iter().enumerate() {
                let next = *kept + coefficient * one[index] - two[index];
                (two[index], one[index]) = (one[index], next);
            }
        }
        self.state = [one, two];
        self.filled += taken;
        taken
    }

    /// The window that ends here, when a step is full.
    pub(super) fn take(&mut self) -> Option<Window> {
        if self.filled < self.step() {
            return None;
        }
        self.steps.rotate_left(1);
        self.steps[2] = self.finish_step();
        self.ready = (self.ready + 1).min(WEIGHTS.len());
        (self.ready == WEIGHTS.len()).then(|| self.window())
    }

    /// Power of a tone of any frequency within the window that was taken last.
    pub(super) fn power_at(&self, frequency: f32) -> f32 {
        let coefficient = 2.0 * (TAU * frequency / self.rate).cos();
        let window = &self.sound[..self.sound.len() - self.step()];
        let (mut one, mut two) = (0.0, 0.0);
        for sample in window {
            (two, one) = (one, sample + coefficient * one - two);
        }
        let samples = window.len() as f32;
        2.0 * (one * one + two * two - coefficient * one * two) / (samples * samples)
    }

    fn finish_step(&mut self) -> Window {
        let step = self.step();
        let power = self.sound[2 * step..].iter().map(|sample| sample * sample).sum();
        self.sound.copy_within(step.., 0);
        self.turn();
        let mut bins = [Complex::default(); 8];
        for (index, bin) in bins.iter_mut().enumerate() {
            let last = Complex { re: self.state[0][index], im: 0.0 };
            let value = last + self.per_sample[index].scaled(-self.state[1][index]);
            *bin = value * self.turned[index];
        }
        (self.state, self.filled) = ([[0.0; 8]; 2], 0);
        Window { bins, power }
    }

    fn turn(&mut self) {
        self.turns = (self.turns + 1) % STEPS_PER_S;
        if self.turns == 0 {
            self.turned = [Complex::turn(0.0); 8];
            return;
        }
        for (turned, step) in self.turned.iter_mut().zip(self.per_step) {
            *turned = *turned * step;
        }
    }

    fn window(&self) -> Window {
        let samples = WEIGHT * self.step() as f32;
        // A sine of amplitude 1 sums up to half a sample's worth each; its power is a half.
        let scale = 2f32.sqrt() / samples;
        let mut window = Window::default();
        for (step, weight) in self.steps.iter().zip(WEIGHTS) {
            window.power += step.power * weight / samples;
            for (sum, bin) in window.bins.iter_mut().zip(step.bins) {
                *sum = *sum + bin.scaled(weight * scale);
            }
        }
        window
    }
}
