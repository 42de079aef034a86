//! Sound made of what is known beside a loss.

use std::f32::consts::PI;

/// How much faster or slower than by itself a voice may go to be met in phase; beyond, it would be heard as a warble.
const STRETCH: std::ops::RangeInclusive<f32> = 0.8..=1.25;
/// Phases at which two periods are compared.
const PHASES: usize = 96;

/// What continues the known sound into the lost.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side<'a> {
    /// A voice's period, again and again.
    Voiced(&'a [f32]),
    /// Noise: what is known, mirrored. Its first sample lies next to the loss.
    Noise(Mirror<'a>),
}

/// Sound read away from the loss, and back again at its end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mirror<'a> {
    Before(&'a [i16]),
    Behind(&'a [i16]),
}

impl Mirror<'_> {
    /// `distance` is 0 next to the known sound.
    fn at(&self, distance: usize) -> f32 {
        let pcm = match self {
            Self::Before(pcm) | Self::Behind(pcm) => pcm,
        };
        let (lap, step) = (distance / pcm.len(), distance % pcm.len());
        let step = if lap % 2 == 0 { step } else { pcm.len() - 1 - step };
        let index = match self {
            Self::Before(_) => pcm.len() - 1 - step,
            Self::Behind(_) => step,
        };
        f32::from(pcm[index])
    }
}

/// What is put between two sides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bridge<'a> {
    before: Side<'a>,
    behind: Side<'a>,
    len: f32,
    tempo: Tempo,
}

/// Periods per sample at both ends, and where in a period the sound behind begins.
#[derive(Clone, Copy, Debug)]
struct Tempo {
    start: f32,
    end: f32,
    phase: f32,
}

impl<'a> Bridge<'a> {
    pub(super) fn new(before: Side<'a>, behind: Side<'a>, len: usize) -> Self {
        let len = len as f32;
        let tempo = match (before, behind) {
            (Side::Voiced(before), Side::Voiced(behind)) => Tempo::joining(before, behind, len),
            (Side::Voiced(period), Side::Noise(_)) | (Side::Noise(_), Side::Voiced(period)) => {
                Tempo::steady(period, len)
            }
            (Side::Noise(_), Side::Noise(_)) => Tempo { start: 0.0, end: 0.0, phase: 0.0 },
        };
        Self { before, behind, len, tempo }
    }

    pub(super) fn sample(&self, at: usize) -> f32 {
        let phase = self.tempo.at(at as f32, self.len);
        let before = match self.before {
            Side::Voiced(period) => read(period, phase),
            Side::Noise(mirror) => mirror.at(at),
        };
        let behind = match self.behind {
            Side::Voiced(period) => read(period, phase - self.tempo.phase),
            Side::Noise(mirror) => mirror.at(self.len as usize - 1 - at),
        };
        let (from, to) = self.weights((at as f32 + 0.5) / self.len);
        before * from + behind * to
    }

    /// What is alike adds up by amplitude, else by power.
    fn weights(&self, part: f32) -> (f32, f32) {
        match (self.before, self.behind) {
            (Side::Voiced(_), Side::Voiced(_)) => (1.0 - part, part),
            _ => ((part * PI / 2.0).cos(), (part * PI / 2.0).sin()),
        }
    }
}

impl Tempo {
    fn steady(period: &[f32], len: f32) -> Self {
        let tempo = 1.0 / period.len() as f32;
        Self { start: tempo, end: tempo, phase: len * tempo }
    }

    /// Gliding from one pitch to the other, and a little faster or slower than that, so that the sound behind is met
    /// where it begins; or in two phases, if it would take more than a little.
    fn joining(before: &[f32], behind: &[f32], len: f32) -> Self {
        let (start, end) = (1.0 / before.len() as f32, 1.0 / behind.len() as f32);
        let natural = (start + end) / 2.0 * len;
        let phase = alignment(before, behind);
        let periods = (natural - phase).round().max(0.0) + phase;
        let stretch = periods / natural;
        if !STRETCH.contains(&stretch) {
            return Self { start, end, phase: natural };
        }
        Self { start: start * stretch, end: end * stretch, phase }
    }

    fn at(&self, at: f32, len: f32) -> f32 {
        self.start * at + (self.end - self.start) * at * at / (2.0 * len)
    }
}

/// Where in `before` the start of `behind` fits best, in parts of a period.
fn alignment(before: &[f32], behind: &[f32]) -> f32 {
    let sampled =
        |period: &[f32]| -> [f32; PHASES] { std::array::from_fn(|at| period[at * period.len() / PHASES]) };
    let (before, behind) = (sampled(before), sampled(behind));
    let likeness = |shift: usize| -> f32 {
        let shifted = before.iter().cycle().skip(shift);
        shifted.zip(&behind).map(|(one, other)| one * other).sum()
    };
    let best = (0..PHASES).max_by(|one, other| likeness(*one).total_cmp(&likeness(*other)));
    best.unwrap_or(0) as f32 / PHASES as f32
}

/// Where in `period` the sound `pcm` fits best, and how well (normalized correlation).
pub(super) fn place(period: &[f32], pcm: &[i16]) -> (usize, f32) {
    let energy: f32 = pcm.iter().map(|sample| f32::from(*sample).powi(2)).sum();
    let likeness = |shift: usize| {
        let (mut product, mut other) = (0.0, 0.0);
        for (one, sample) in period.iter().cycle().skip(shift).zip(pcm) {
            product += one * f32::from(*sample);
            other += one * one;
        }
        product / (energy * other).max(1.0).sqrt()
    };
    let all = (0..period.len()).map(|shift| (shift, likeness(shift)));
    all.max_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or((0, 0.0))
}

/// A period's value at a phase, by a cubic through four samples.
fn read(period: &[f32], phase: f32) -> f32 {
    let position = phase.rem_euclid(1.0) * period.len() as f32;
    let (index, part) = (position as usize, position.fract());
    let sample = |back: usize| period[(index + period.len() - 1 + back) % period.len()];
    let (a, b, c, d) = (sample(0), sample(1), sample(2), sample(3));
    b + 0.5 * part * (c - a + part * (2.0 * a - 5.0 * b + 4.0 * c - d + part * (3.0 * (b - c) + d - a)))
}
