//! Tones that tell a caller what goes on: a cadence of sines.

use std::f32::consts::TAU;
use std::time::Duration;

/// Tones are made at this rate: their frequencies are a telephone's.
pub(super) const RATE: u32 = 8_000;
/// -10 dBm0 (ITU-T Q.35 §5): a full-scale sine has 3.14 dBm0.
const AMPLITUDE: f32 = 7_200.0;
/// Each sound begins and ends within this many samples, so that there is no click.
const RAMP: u32 = 24;

/// Up to three sines at once, on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tone {
    /// Hz; 0 is none.
    pub frequencies: [u16; 3],
    /// Milliseconds on, off, on, off, and so on; once round is the tone's length. An empty one is on without end.
    pub cadence: &'static [u16],
}

impl Tone {
    /// Once round; `None` if it is without end.
    pub fn length(&self) -> Option<Duration> {
        let total = self.cadence.iter().map(|ms| u64::from(*ms)).sum();
        (!self.cadence.is_empty()).then(|| Duration::from_millis(total))
    }

    /// Makes what begins at sample `from`; tells how many samples are left up to its end.
    pub(super) fn read(&self, from: u64, pcm: &mut [i16]) -> usize {
        let mut made = 0;
        for (sample, at) in pcm.iter_mut().zip(from..) {
            let Some(within) = self.within(at) else { break };
            *sample = within.map_or(0, |(at, left)| self.sample(at, left));
            made += 1;
        }
        made
    }

    /// Of a sample that is on, how long it has been and will be; `None` beyond the end.
    fn within(&self, at: u64) -> Option<Option<(u32, u32)>> {
        if self.cadence.is_empty() {
            return Some(Some((u32::try_from(at).unwrap_or(u32::MAX), RAMP)));
        }
        let mut before = 0;
        for (index, ms) in self.cadence.iter().enumerate() {
            let len = u64::from(*ms) * u64::from(RATE) / 1_000;
            if at < before + len {
                let on = ((at - before) as u32, (before + len - at) as u32);
                return Some((index % 2 == 0).then_some(on));
            }
            before += len;
        }
        None
    }

    fn sample(&self, at: u32, left: u32) -> i16 {
        let sines = self.frequencies.iter().filter(|frequency| **frequency > 0);
        let (mut sum, mut count) = (0.0, 0.0f32);
        for frequency in sines {
            // Exact however long it has been on: each second is a whole number of periods.
            let phase = (at % RATE) * u32::from(*frequency) % RATE;
            sum += (phase as f32 / RATE as f32 * TAU).sin();
            count += 1.0;
        }
        let ramp = (at.min(left).min(RAMP) as f32) / RAMP as f32;
        (AMPLITUDE / count.max(1.0).sqrt() * sum * ramp) as i16
    }
}
