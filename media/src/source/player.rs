//! Plays a source: again and again, louder or softer, with pauses, and without clicks.

use std::time::Duration;

use super::reader::Reader;
use super::{PlayControl, PlaySettings, Repeat, Source};
use crate::resample::Resampler;

/// Samples read at a time.
const BLOCK: usize = 80;
/// The most that a rate can be raised: 8 to 48 kHz.
const RAISE_MAX: usize = 6;
const VOLUME_DB_MIN: f32 = -60.0;
const VOLUME_DB_MAX: f32 = 20.0;

/// Whether more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Going,
    /// Nothing was left; what was filled in is silence.
    Over,
}

/// What becomes of the sound next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    Play,
    Pause,
    Stop,
}

/// A source at some rate.
pub(crate) struct Player {
    reader: Reader,
    resampler: Option<Resampler>,
    rate: u32,
    /// Times that are left after this one; `None` is without end.
    left: Option<u32>,
    read_since_start: bool,
    intent: Intent,
    volume: f32,
    /// The factor at the end of the last frame: it glides to the next within one frame.
    factor: f32,
    seek: Option<Duration>,
    ready: [i16; BLOCK * RAISE_MAX],
    start: usize,
    len: usize,
    /// Samples given out, at `rate`.
    played: u64,
}

impl Player {
    /// `None` if the source's rate cannot be brought to `rate`.
    pub(crate) fn new(source: Source, settings: PlaySettings, rate: u32) -> Option<Self> {
        let mut reader = Reader::new(source)?;
        if !settings.from.is_zero() {
            reader.seek(settings.from);
        }
        let resampler = resampler(reader.rate(), rate)?;
        let left = match settings.repeat {
            Repeat::Once => Some(0),
            Repeat::Times(times) => Some(times.saturating_sub(1)),
            Repeat::Forever => None,
        };
        let volume = factor(settings.volume_db);
        Some(Self {
            reader,
            resampler,
            rate,
            left,
            read_since_start: false,
            intent: Intent::Play,
            volume,
            factor: volume,
            seek: None,
            ready: [0; BLOCK * RAISE_MAX],
            start: 0,
            len: 0,
            played: 0,
        })
    }

    /// Sound at another rate from now on; what it had at hand is lost, less than 10 ms.
    pub(crate) fn set_rate(&mut self, rate: u32) {
        if let Some(resampler) = resampler(self.reader.rate(), rate) {
            let played = self.played * u64::from(rate) / u64::from(self.rate.max(1));
            (self.resampler, self.rate, self.played) = (resampler, rate, played);
            (self.start, self.len) = (0, 0);
        }
    }

    pub(crate) fn control(&mut self, control: PlayControl) {
        match control {
            PlayControl::Pause if self.intent == Intent::Play => self.intent = Intent::Pause,
            PlayControl::Resume if self.intent == Intent::Pause => self.intent = Intent::Play,
            PlayControl::Pause | PlayControl::Resume => {}
            PlayControl::Seek(to) => self.seek = Some(to),
            PlayControl::Volume(db) => self.volume = factor(db),
        }
    }

    /// The next frame fades out and is the last.
    pub(crate) fn stop(&mut self) {
        self.intent = Intent::Stop;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.intent == Intent::Stop
    }

    pub(crate) fn feed(&mut self, pcm: &[i16]) {
        self.reader.feed(pcm);
    }

    /// How much of it was heard, pauses left out.
    pub(crate) fn played(&self) -> Duration {
        Duration::from_micros(self.played * 1_000_000 / u64::from(self.rate.max(1)))
    }

    /// Fills one frame.
    pub(crate) fn fill(&mut self, pcm: &mut [i16]) -> Progress {
        let is_silent = self.factor == 0.0;
        match self.intent {
            Intent::Stop if is_silent => return self.rest(pcm, Progress::Over),
            Intent::Pause if is_silent => return self.rest(pcm, Progress::Going),
            Intent::Play | Intent::Pause | Intent::Stop => {}
        }
        let target = match self.seek {
            // The frame before the jump fades out, the one after it in.
            Some(_) if !is_silent => 0.0,
            Some(to) => {
                self.jump(to);
                self.target()
            }
            None => self.target(),
        };
        let read = self.read(pcm);
        self.played += read as u64;
        pcm[read..].fill(0);
        self.glide(&mut pcm[..read], target);
        if read == 0 { Progress::Over } else { Progress::Going }
    }

    fn rest(&mut self, pcm: &mut [i16], progress: Progress) -> Progress {
        pcm.fill(0);
        progress
    }

    fn target(&self) -> f32 {
        if self.intent == Intent::Play { self.volume } else { 0.0 }
    }

    fn jump(&mut self, to: Duration) {
        self.reader.seek(to);
        self.seek = None;
        (self.start, self.len) = (0, 0);
    }

    fn glide(&mut self, pcm: &mut [i16], target: f32) {
        let from = std::mem::replace(&mut self.factor, target);
        if from == 1.0 && target == 1.0 {
            return;
        }
        let len = pcm.len().max(1) as f32;
        for (at, sample) in pcm.iter_mut().enumerate() {
            let factor = from + (target - from) * (at + 1) as f32 / len;
            *sample = (f32::from(*sample) * factor).round() as i16;
        }
    }

    /// Tells how many samples there were, over all the times that it is played.
    fn read(&mut self, pcm: &mut [i16]) -> usize {
        let mut read = 0;
        while read < pcm.len() {
            if self.start == self.len && !self.refill() {
                break;
            }
            let len = (self.len - self.start).min(pcm.len() - read);
            pcm[read..read + len].copy_from_slice(&self.ready[self.start..self.start + len]);
            self.start += len;
            read += len;
        }
        read
    }

    fn refill(&mut self) -> bool {
        let mut block = [0; BLOCK];
        (self.start, self.len) = (0, 0);
        while self.len == 0 {
            let read = self.reader.read(&mut block);
            if read == 0 && !self.rewind() {
                return false;
            }
            self.read_since_start |= read > 0;
            self.len = match &mut self.resampler {
                Some(resampler) => resampler.process(&block[..read], &mut self.ready),
                None => {
                    self.ready[..read].copy_from_slice(&block[..read]);
                    read
                }
            };
        }
        true
    }

    /// Begins again, if it is to and if there is anything.
    fn rewind(&mut self) -> bool {
        if self.left == Some(0) || !self.read_since_start {
            return false;
        }
        self.left = self.left.map(|left| left - 1);
        self.read_since_start = false;
        self.reader.seek(Duration::ZERO);
        true
    }
}

fn resampler(from: u32, to: u32) -> Option<Option<Resampler>> {
    if from == to { Some(None) } else { Resampler::new(from, to).ok().map(Some) }
}

fn factor(db: f32) -> f32 {
    let db = if db.is_finite() { db.clamp(VOLUME_DB_MIN, VOLUME_DB_MAX) } else { 0.0 };
    10f32.powf(db / 20.0)
}
