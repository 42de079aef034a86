//! Concealment for codecs that bring none of their own: the last pitch period again and again, fading
//! away, in the manner of G.711 Appendix I but without its delay.

const PITCH_MS_MIN: f32 = 5.0;
const PITCH_MS_MAX: f32 = 15.0;
const WINDOW_MS: f32 = 20.0;
/// Full strength up to here, silence from there.
const FADE_FROM_MS: f32 = 10.0;
const FADE_TO_MS: f32 = 60.0;
/// What is taken for voiced: below, a repeated period would buzz, so the longest is taken.
const VOICED: f32 = 0.5;
/// Values of the coarse copy of the history, a quarter of a millisecond each, and those of its window.
const COARSE: usize = 140;
const COARSE_WINDOW: usize = 80;
/// Blended into the sound that comes after a loss.
const MERGE_MS_MIN: f32 = 4.0;
const MERGE_MS_MAX: f32 = 10.0;

/// Guesses lost sound from what came before.
#[derive(Debug)]
pub struct Concealer {
    per_ms: f32,
    history: Box<[i16]>,
    period: Box<[f32]>,
    loss: Option<Loss>,
}

/// A loss under way.
#[derive(Clone, Copy, Debug)]
struct Loss {
    period: usize,
    /// Samples made up so far.
    made: usize,
    /// What is added at first and less and less, so that the first sample follows the last good one.
    step: f32,
}

impl Concealer {
    /// Makes one for a sampling rate.
    pub fn new(rate: u32) -> Self {
        let per_ms = rate as f32 / 1_000.0;
        let samples = |ms: f32| (ms * per_ms) as usize;
        Self {
            per_ms,
            history: vec![0; samples(PITCH_MS_MAX + WINDOW_MS)].into(),
            period: vec![0.0; samples(PITCH_MS_MAX)].into(),
            loss: None,
        }
    }

    /// Takes note of good sound. What was made up before it is blended into its start.
    pub fn accept(&mut self, pcm: &mut [i16]) {
        if let Some(mut loss) = self.loss.take() {
            self.merge(&mut loss, pcm);
        }
        self.remember(pcm);
    }

    /// Fills `pcm` in place of lost sound.
    pub fn conceal(&mut self, pcm: &mut [i16]) -> usize {
        let mut loss = self.loss.unwrap_or_else(|| self.begin());
        for sample in pcm.iter_mut() {
            *sample = self.next(&mut loss) as i16;
        }
        self.loss = Some(loss);
        self.remember(pcm);
        pcm.len()
    }

    fn samples(&self, ms: f32) -> usize {
        (ms * self.per_ms) as usize
    }

    fn remember(&mut self, pcm: &[i16]) {
        let kept = self.history.len().saturating_sub(pcm.len());
        let len = self.history.len();
        self.history.copy_within(len - kept.., 0);
        self.history[kept..].copy_from_slice(&pcm[pcm.len() - (len - kept)..]);
    }

    /// Cuts the period out of the history; its last quarter glides to what came before its first
    /// sample, so that it can follow itself.
    fn begin(&mut self) -> Loss {
        let period = self.pitch();
        let end = self.history.len();
        let quarter = period / 4;
        for (at, sample) in self.period[..period].iter_mut().enumerate() {
            let last = f32::from(self.history[end - period + at]);
            let glide = (at + quarter + 1).saturating_sub(period) as f32 / (quarter + 1) as f32;
            let before = f32::from(self.history[(end + at).saturating_sub(2 * period)]);
            *sample = last + (before - last) * glide;
        }
        let step = f32::from(self.history[end - 1]) - f32::from(self.history[end - period - 1]);
        Loss { period, made: 0, step }
    }

    fn next(&self, loss: &mut Loss) -> f32 {
        let quarter = (loss.period / 4) as f32;
        let made = loss.made as f32;
        let step = loss.step * (1.0 - made / quarter).max(0.0);
        let ms = made / self.per_ms;
        let gain = ((FADE_TO_MS - ms) / (FADE_TO_MS - FADE_FROM_MS)).clamp(0.0, 1.0);
        let sample = self.period[loss.made % loss.period] + step;
        loss.made += 1;
        sample * gain
    }

    fn merge(&self, loss: &mut Loss, pcm: &mut [i16]) {
        let lost_ms = loss.made as f32 / self.per_ms;
        let merge_ms = (MERGE_MS_MIN + lost_ms * 0.4).min(MERGE_MS_MAX);
        let len = self.samples(merge_ms);
        for (at, sample) in pcm.iter_mut().take(len).enumerate() {
            let weight = (at + 1) as f32 / (len + 1) as f32;
            let made_up = self.next(loss);
            *sample = (made_up + (f32::from(*sample) - made_up) * weight) as i16;
        }
    }

    /// The lag at which the history is most like itself: found on a coarse copy, then made exact.
    fn pitch(&self) -> usize {
        let (shortest, longest) = (self.samples(PITCH_MS_MIN), self.samples(PITCH_MS_MAX));
        let step = self.history.len() / COARSE;
        let coarse = self.coarse(step);
        let lags = (shortest / step)..=(longest / step);
        let near =
            step * best(lags, |lag| coarse_likeness(&coarse, lag)).map_or(longest / step, |found| found.0);
        let lags = near.saturating_sub(step - 1).max(shortest)..=(near + step - 1).min(longest);
        best(lags, |lag| self.likeness(lag)).filter(|found| found.1 > VOICED).map_or(longest, |found| found.0)
    }

    /// Each `step` samples as one, at 12 bits, so that sums of products fit 32.
    fn coarse(&self, step: usize) -> [i32; COARSE] {
        let mut coarse = [0; COARSE];
        for (mean, part) in coarse.iter_mut().zip(self.history.chunks_exact(step)) {
            let sum: i32 = part.iter().map(|sample| i32::from(*sample)).sum();
            *mean = sum / step as i32 / 16;
        }
        coarse
    }

    /// Normalized correlation of the last window with what lies `lag` before it.
    fn likeness(&self, lag: usize) -> f32 {
        let end = self.history.len();
        let start = end - self.samples(WINDOW_MS);
        let (mut product, mut energy, mut before_energy) = (0i64, 0i64, 0i64);
        for (one, other) in self.history[start..].iter().zip(&self.history[start - lag..end - lag]) {
            let (one, other) = (i64::from(*one), i64::from(*other));
            product += one * other;
            energy += one * one;
            before_energy += other * other;
        }
        product as f32 / (energy as f32 * before_energy as f32).max(1.0).sqrt()
    }
}

fn best(lags: impl Iterator<Item = usize>, likeness: impl Fn(usize) -> f32) -> Option<(usize, f32)> {
    lags.map(|lag| (lag, likeness(lag))).max_by(|one, other| one.1.total_cmp(&other.1))
}

/// As [`Concealer::likeness`], but for the window's own energy, which is the same at each lag.
fn coarse_likeness(coarse: &[i32; COARSE], lag: usize) -> f32 {
    let start = COARSE - COARSE_WINDOW;
    let (mut product, mut energy) = (0i32, 1i32);
    for (one, other) in coarse[start..].iter().zip(&coarse[start - lag..COARSE - lag]) {
        product += one * other;
        energy += other * other;
    }
    product as f32 / (energy as f32).sqrt()
}
