//! How long a voice's period is.

/// Values of a coarse copy of the sound, a quarter of a millisecond each.
const COARSE: usize = 140;
/// What is taken for voiced: below, a repeated period would buzz.
pub(super) const VOICED: f32 = 0.5;
/// Compared at the least.
const WINDOW_MS_MIN: f32 = 4.0;

/// The bounds of a search, in samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search {
    pub(super) shortest: usize,
    pub(super) longest: usize,
    /// How much is compared.
    pub(super) window: usize,
    pub(super) per_ms: f32,
}

impl Search {
    /// The period of the end of `pcm`, which holds the longest and a window more; `None` if it is not voiced.
    pub(super) fn of_end(&self, pcm: &[i16]) -> Option<usize> {
        let step = pcm.len() / COARSE;
        let coarse = coarse(pcm, step);
        let window = COARSE - self.longest / step;
        let lags = (self.shortest / step)..=(self.longest / step);
        let near = step * best(lags, |lag| coarse_likeness(&coarse, window, lag))?.0;
        let lags = near.saturating_sub(step - 1).max(self.shortest)..=(near + step - 1).min(self.longest);
        let start = pcm.len() - self.window;
        let likeness = |lag: usize| likeness(&pcm[start..], &pcm[start - lag..pcm.len() - lag]);
        best(lags, likeness).filter(|found| found.1 > VOICED).map(|found| found.0)
    }

    /// The period of the start of `pcm`, where that is long enough to tell, and not far from `near`.
    pub(super) fn of_start(&self, pcm: &[i16], near: Option<usize>) -> Option<usize> {
        let window_min = (WINDOW_MS_MIN * self.per_ms) as usize;
        let longest = self.longest.min(pcm.len().saturating_sub(window_min));
        let compare = |lag: usize| {
            let window = self.window.min(pcm.len() - lag);
            likeness(&pcm[..window], &pcm[lag..lag + window])
        };
        let lags = match near {
            Some(near) if near > longest => return None,
            Some(near) => (near * 3 / 4).max(self.shortest)..=(near * 4 / 3).min(longest),
            None => self.shortest..=longest,
        };
        best(lags, compare).filter(|found| found.1 > VOICED).map(|found| found.0)
    }
}

/// Each `step` samples as one, at 12 bits, so that sums of products fit 32.
fn coarse(pcm: &[i16], step: usize) -> [i32; COARSE] {
    let mut coarse = [0; COARSE];
    for (mean, part) in coarse.iter_mut().zip(pcm.chunks_exact(step)) {
        let sum: i32 = part.iter().map(|sample| i32::from(*sample)).sum();
        *mean = sum / step as i32 / 16;
    }
    coarse
}

/// Normalized correlation.
fn likeness(one: &[i16], other: &[i16]) -> f32 {
    let (mut product, mut energy, mut other_energy) = (0i64, 0i64, 0i64);
    for (one, other) in one.iter().zip(other) {
        let (one, other) = (i64::from(*one), i64::from(*other));
        product += one * other;
        energy += one * one;
        other_energy += other * other;
    }
    product as f32 / (energy as f32 * other_energy as f32).max(1.0).sqrt()
}

fn best(lags: impl Iterator<Item = usize>, likeness: impl Fn(usize) -> f32) -> Option<(usize, f32)> {
    lags.map(|lag| (lag, likeness(lag))).max_by(|one, other| one.1.total_cmp(&other.1))
}

/// As [`likeness`], but for the window's own energy, which is the same at each lag.
fn coarse_likeness(coarse: &[i32; COARSE], window: usize, lag: usize) -> f32 {
    let start = COARSE - window;
    let (mut product, mut energy) = (0i32, 1i32);
    for (one, other) in coarse[start..].iter().zip(&coarse[start - lag..COARSE - lag]) {
        product += one * other;
        energy += other * other;
    }
    product as f32 / (energy as f32).sqrt()
}
