//! Concealment for codecs that bring none of their own. Where what comes behind a loss is known, as it is when a packet
//! brings the loss to light, the voice's period glides from one side to the other; else the last period is repeated
//! and fades away, in the manner of G.711 Appendix I but without its delay.

mod cycle;
mod pitch;

use cycle::{Bridge, Mirror, Side};
use pitch::{Search, VOICED};

const PITCH_MS_MIN: f32 = 2.5;
const PITCH_MS_MAX: f32 = 15.0;
const WINDOW_MS: f32 = 20.0;
/// Full strength up to here, silence from there.
const FADE_FROM_MS: f32 = 10.0;
const FADE_TO_MS: f32 = 60.0;
/// As far as this from known sound, a bridge holds.
const BRIDGE_MS: f32 = 30.0;
/// Blended into the sound that comes after a loss.
const MERGE_MS_MIN: f32 = 4.0;
const MERGE_MS_MAX: f32 = 10.0;

/// Guesses lost sound from what came before and what comes behind.
#[derive(Debug)]
pub struct Concealer {
    per_ms: f32,
    search: Search,
    history: Box<[i16]>,
    period: Box<[f32]>,
    behind: Box<[f32]>,
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
        let (shortest, longest) = (samples(PITCH_MS_MIN), samples(PITCH_MS_MAX));
        let search = Search { shortest, longest, window: samples(WINDOW_MS), per_ms };
        Self {
            per_ms,
            search,
            history: vec![0; samples(PITCH_MS_MAX + WINDOW_MS)].into(),
            period: vec![0.0; longest].into(),
            behind: vec![0.0; longest].into(),
            loss: None,
        }
    }

    /// Takes note of good sound. What was made up before it without knowing it is blended into its start.
    pub fn accept(&mut self, pcm: &mut [i16]) {
        if let Some(mut loss) = self.loss.take() {
            self.merge(&mut loss, pcm);
        }
        self.remember(pcm);
    }

    /// Fills `pcm` in place of lost sound; tells its length.
    pub fn conceal(&mut self, pcm: &mut [i16]) -> usize {
        let mut loss = self.loss.unwrap_or_else(|| self.begin());
        for sample in pcm.iter_mut() {
            *sample = self.next(&mut loss) as i16;
        }
        self.loss = Some(loss);
        self.remember(pcm);
        pcm.len()
    }

    /// As [`Concealer::conceal`], but takes no note of it.
    pub(super) fn guess(&mut self, pcm: &mut [i16]) {
        let mut loss = self.loss.unwrap_or_else(|| self.begin());
        for sample in pcm.iter_mut() {
            *sample = self.next(&mut loss) as i16;
        }
    }

    /// Fills `pcm` in place of lost sound that was followed by `next`; tells its length. [`Concealer::accept`] `next`
    /// afterwards.
    pub fn conceal_before(&mut self, next: &[i16], pcm: &mut [i16]) -> usize {
        if next.is_empty() || self.loss.is_some() {
            return self.conceal(pcm);
        }
        let period = self.search.of_end(&self.history);
        let step = period.map_or(0.0, |period| self.cut_before(period));
        let behind = self.cut_behind(period, next);
        let bridge = Bridge::new(self.side_before(period), self.side_behind(behind, next), pcm.len());
        let quarter = (period.unwrap_or(0) / 4) as f32;
        for (at, sample) in pcm.iter_mut().enumerate() {
            let step = step * (1.0 - at as f32 / quarter).max(0.0);
            *sample = (bridge.sample(at) + step) as i16;
        }
        self.fade_middle(pcm);
        self.remember(pcm);
        pcm.len()
    }

    fn side_before(&self, period: Option<usize>) -> Side<'_> {
        match period {
            Some(period) => Side::Voiced(&self.period[..period]),
            None => Side::Noise(Mirror::Before(&self.history[self.search.longest..])),
        }
    }

    fn side_behind<'a>(&'a self, period: Option<usize>, next: &'a [i16]) -> Side<'a> {
        match period {
            Some(period) => Side::Voiced(&self.behind[..period]),
            None => Side::Noise(Mirror::Behind(next)),
        }
    }

    /// The period of the start of `pcm`, if it is voiced.
    pub(crate) fn period_of(&self, pcm: &[i16]) -> Option<usize> {
        self.search.of_start(pcm, None)
    }

    fn fade_middle(&self, pcm: &mut [i16]) {
        let len = pcm.len();
        for (at, sample) in pcm.iter_mut().enumerate() {
            let ms = at.min(len - 1 - at) as f32 / self.per_ms;
            let gain = ((FADE_TO_MS - ms) / (FADE_TO_MS - BRIDGE_MS)).clamp(0.0, 1.0);
            *sample = (f32::from(*sample) * gain) as i16;
        }
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

    fn begin(&mut self) -> Loss {
        let period = self.search.of_end(&self.history).unwrap_or(self.search.longest);
        Loss { period, made: 0, step: self.cut_before(period) }
    }

    /// Cuts the period out of the history; its last quarter glides to what came before its first sample, so that it can
    /// follow itself. Tells by how much its first sample misses the last good one.
    fn cut_before(&mut self, period: usize) -> f32 {
        let end = self.history.len();
        let quarter = period / 4;
        for (at, sample) in self.period[..period].iter_mut().enumerate() {
            let last = f32::from(self.history[end - period + at]);
            let glide = (at + quarter + 1).saturating_sub(period) as f32 / (quarter + 1) as f32;
            let before = f32::from(self.history[(end + at).saturating_sub(2 * period)]);
            *sample = last + (before - last) * glide;
        }
        f32::from(self.history[end - 1]) - f32::from(self.history[end - period - 1])
    }

    /// Cuts a period out of the start of what comes behind, or fills up what is too short with the period before;
    /// `None` if that is no voice.
    fn cut_behind(&mut self, before: Option<usize>, next: &[i16]) -> Option<usize> {
        if let Some(period) = self.search.of_start(next, before) {
            bend_behind(&mut self.behind, period, next);
            return Some(period);
        }
        let period = before?;
        let known = next.len().min(period);
        let (phase, likeness) = cycle::place(&self.period[..period], &next[..known]);
        if likeness < VOICED {
            return None;
        }
        for (at, sample) in self.behind[..period].iter_mut().enumerate() {
            *sample = match next.get(at) {
                Some(sample) => f32::from(*sample),
                None => self.period[(phase + at) % period],
            };
        }
        Some(period)
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
}

/// Copies the first period of `next`; its last quarter is bent so that its start can follow.
fn bend_behind(into: &mut [f32], period: usize, next: &[i16]) {
    let quarter = period / 4;
    let step = f32::from(next[0]) - next.get(period).map_or(0.0, |sample| f32::from(*sample));
    for (at, (sample, from)) in into[..period].iter_mut().zip(next).enumerate() {
        let glide = (at + quarter + 1).saturating_sub(period) as f32 / (quarter + 1) as f32;
        *sample = f32::from(*from) + step * glide;
    }
}
