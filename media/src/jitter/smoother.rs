use std::time::{Duration, Instant};

use super::delay::Delay;
use crate::codec::Concealer;
use crate::gain::Level;

/// The most sound that waits.
const CAPACITY_MS: u32 = 500;
/// The room before it, for what is stretched.
const ROOM_MS: u32 = 100;
/// The wait may differ so much from its target.
const TOLERANCE: Duration = Duration::from_millis(15);
/// Beyond this much more it is shortened in speech too.
const IMPATIENCE: Duration = Duration::from_millis(80);
/// Quieter sound than this (dBov) counts as silence, of which nobody misses a part.
const SILENCE_DBOV: f32 = -50.0;
/// What is taken from or added to silence at a time.
const SLICE_MS: u32 = 5;
/// Speech is left alone for this long after a change.
const REST: Duration = Duration::from_millis(60);
/// So much of what waits is looked at for silence or a voice's period.
const LOOK: Duration = Duration::from_millis(35);
/// Packets over which the wait is averaged.
const WAIT_PACKETS: f32 = 16.0;
/// A step of the sender's clock by more than this is a new start.
const JUMP: Duration = Duration::from_secs(2);

/// What became of the sound that went through a [`Smoother`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Smoothed {
    /// Packets that came when nothing was left to play.
    pub late: u64,
    /// Packets that came when their time had passed, or for which there was no room.
    pub dropped: u64,
    /// Samples taken out to wait less.
    pub shortened: u64,
    /// Samples put in to wait more.
    pub stretched: u64,
}

/// Turns sound that comes unevenly into sound at an even pace, for mixes and for trunks that want it: it waits just as
/// long as the jitter asks for, and follows the sender's clock.
///
/// Put in what a decoder made, packet by packet, in order; take out by your own clock.
#[derive(Debug)]
pub struct Smoother {
    rate: u32,
    delay: Delay,
    concealer: Concealer,
    /// Sound that waits is `pcm[from..to]`.
    pcm: Box<[i16]>,
    from: usize,
    to: usize,
    /// The sender's time at `to`, in samples.
    end: Option<u64>,
    state: State,
    /// How much waits when a packet comes as quickly as any, in samples; a mean.
    wait: f32,
    /// Samples that are taken at a time.
    played: usize,
    /// Samples until speech may be changed again.
    rest: usize,
    smoothed: Smoothed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing is played until so much time has passed.
    Filling {
        until: Instant,
    },
    Playing,
    /// What came has been played; more should have come.
    Starved,
}

impl Smoother {
    /// Makes one for a sampling rate; `now` is before anything comes.
    pub fn new(rate: u32, now: Instant) -> Self {
        let samples = |ms: u32| (rate / 1_000 * ms) as usize;
        let pcm = vec![0; samples(ROOM_MS + CAPACITY_MS)].into();
        let (from, to) = (samples(ROOM_MS), samples(ROOM_MS));
        Self {
            rate,
            delay: Delay::new(now),
            concealer: Concealer::new(rate),
            pcm,
            from,
            to,
            end: None,
            state: State::Starved,
            wait: 0.0,
            played: 0,
            rest: 0,
            smoothed: Smoothed::default(),
        }
    }

    /// Takes in the sound of a packet that came `now`. `timestamp` is its RTP time, extended and in samples: it tells of
    /// silence that was not sent.
    pub fn insert(&mut self, now: Instant, timestamp: u64, pcm: &[i16]) {
        let jump = self.samples(JUMP) as u64;
        let end = self.end.filter(|end| end.abs_diff(timestamp) <= jump);
        if end.is_none() {
            self.restart(now);
        }
        let end = end.unwrap_or(timestamp);
        let lateness = self.delay.record(now, self.time(timestamp));
        let Some(pcm) = pcm.get(end.saturating_sub(timestamp) as usize..).filter(|pcm| !pcm.is_empty())
        else {
            self.smoothed.dropped += 1;
            return;
        };
        self.join(now, timestamp.saturating_sub(end) as usize);
        self.note_wait(lateness);
        self.append(pcm.len(), |space| space.copy_from_slice(pcm));
        self.end = Some(timestamp.max(end) + pcm.len() as u64);
    }

    /// Fills `pcm` with what comes next: 10 or 20 ms, as the listener's clock wants it. What has not come in time is made
    /// up from what came before, and fades away.
    pub fn play(&mut self, now: Instant, pcm: &mut [i16]) {
        self.played = pcm.len();
        if let State::Filling { until } = self.state {
            if now < until {
                return pcm.fill(0);
            }
            self.state = State::Playing;
        }
        self.adapt();
        let ready = pcm.len().min(self.to - self.from);
        let (known, missing) = pcm.split_at_mut(ready);
        known.copy_from_slice(&self.pcm[self.from..self.from + ready]);
        self.from += ready;
        if !known.is_empty() {
            self.concealer.accept(known);
        }
        if !missing.is_empty() {
            self.state = State::Starved;
            self.concealer.conceal(missing);
        }
    }

    /// How long a packet that comes as quickly as any waits at present.
    pub fn delay(&self) -> Duration {
        Duration::from_secs_f32(self.wait.max(0.0) / self.rate as f32)
    }

    /// What became of the sound so far.
    pub fn smoothed(&self) -> Smoothed {
        self.smoothed
    }

    fn restart(&mut self, now: Instant) {
        self.delay = Delay::new(now);
        self.state = State::Starved;
        (self.from, self.to) = (self.room(), self.room());
        self.begin_spurt(now);
    }

    /// Lets the jitter pass before the first sound.
    fn begin_spurt(&mut self, now: Instant) {
        let wait = self.delay.target();
        self.state = State::Filling { until: now + wait };
        self.wait = self.samples(wait) as f32;
    }

    /// Puts silence where the sender sent none.
    fn join(&mut self, now: Instant, gap: usize) {
        match self.state {
            State::Starved if gap > 0 => self.begin_spurt(now),
            State::Starved => {
                self.smoothed.late += 1;
                self.state = State::Playing;
            }
            State::Filling { .. } | State::Playing => {
                let room = self.pcm.len() - self.room();
                self.append(gap.min(room), |space| space.fill(0));
            }
        }
    }

    /// What waits and how much later than the quickest the packet came are together the same for each packet.
    fn note_wait(&mut self, lateness: Duration) {
        let wait = (self.to - self.from + self.samples(lateness)) as f32;
        if self.state == State::Playing {
            self.wait += (wait - self.wait) / WAIT_PACKETS;
        }
    }

    /// Adds sound behind what waits; the oldest goes where there is no room.
    fn append(&mut self, len: usize, write: impl FnOnce(&mut [i16])) {
        let room = self.room();
        if self.to + len > self.pcm.len() {
            let kept = self.pcm.len() - room - len;
            if self.to - self.from > kept {
                self.from = self.to - kept;
                self.smoothed.dropped += 1;
            }
            self.pcm.copy_within(self.from..self.to, room);
            (self.from, self.to) = (room, room + self.to - self.from);
        }
        write(&mut self.pcm[self.to..self.to + len]);
        self.to += len;
    }

    /// Brings the wait nearer to what the jitter asks for.
    fn adapt(&mut self) {
        self.rest = self.rest.saturating_sub(self.played);
        let wanted = (self.samples(self.delay.target()) + self.played) as f32;
        let (excess, tolerance) = (self.wait - wanted, self.samples(TOLERANCE) as f32);
        if self.rest > 0 || excess.abs() < tolerance {
            return;
        }
        let slice = (self.rate / 1_000 * SLICE_MS) as usize;
        let ahead = &self.pcm[self.from..self.to.min(self.from + self.samples(LOOK))];
        if ahead.len() < 2 * slice {
            return;
        }
        let step = if is_silent(ahead) {
            slice
        } else if excess > self.samples(IMPATIENCE) as f32 || excess < -2.0 * tolerance {
            self.rest = self.samples(REST);
            self.concealer.period_of(ahead).unwrap_or(slice)
        } else {
            return;
        };
        if excess > 0.0 { self.shorten(step) } else { self.stretch(step) }
    }

    /// Takes `step` samples out: the first fade into the next.
    fn shorten(&mut self, step: usize) {
        let Some(ahead) = self.pcm[self.from..self.to].get_mut(..2 * step) else { return };
        let (first, second) = ahead.split_at_mut(step);
        for (at, (second, first)) in second.iter_mut().zip(first).enumerate() {
            *second = faded(*first, *second, at, step);
        }
        self.from += step;
        self.wait -= step as f32;
        self.smoothed.shortened += step as u64;
    }

    /// Puts `step` samples in: the first come again, after a fade from the next.
    fn stretch(&mut self, step: usize) {
        if self.from < step || self.to - self.from < 2 * step {
            return;
        }
        self.pcm.copy_within(self.from..self.from + step, self.from - step);
        let (first, second) = self.pcm[self.from..self.from + 2 * step].split_at_mut(step);
        for (at, (first, second)) in first.iter_mut().zip(second).enumerate() {
            *first = faded(*second, *first, at, step);
        }
        self.from -= step;
        self.wait += step as f32;
        self.smoothed.stretched += step as u64;
    }

    fn room(&self) -> usize {
        (self.rate / 1_000 * ROOM_MS) as usize
    }

    fn samples(&self, duration: Duration) -> usize {
        (duration.as_micros() as u64 * u64::from(self.rate) / 1_000_000) as usize
    }

    fn time(&self, samples: u64) -> Duration {
        Duration::from_nanos((u128::from(samples) * 1_000_000_000 / u128::from(self.rate)) as u64)
    }
}

fn is_silent(pcm: &[i16]) -> bool {
    let mut level = Level::default();
    level.add(pcm);
    level.dbov() < SILENCE_DBOV
}

/// Between two samples, `at` of `len` on the way from one to the other.
fn faded(from: i16, to: i16, at: usize, len: usize) -> i16 {
    let part = (at as f32 + 0.5) / len as f32;
    (f32::from(from) + (f32::from(to) - f32::from(from)) * part) as i16
}
