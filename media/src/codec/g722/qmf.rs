//! The quadrature mirror filters that split 16 kHz into two bands and join them (G.722 §3.1, §4.4).

use super::band::saturate;
use super::table::{QMF, QMF_REVERSED};

const TAPS: usize = 12;

/// Two samples in, one of each band out; or the other way round.
#[derive(Clone, Debug, Default)]
pub(super) struct Qmf {
    even: [i16; TAPS],
    odd: [i16; TAPS],
}

impl Qmf {
    /// Splits two samples into the lower and the higher band's next.
    pub(super) fn analyse(&mut self, first: i16, second: i16) -> (i32, i32) {
        push(&mut self.even, first);
        push(&mut self.odd, second);
        let (even, odd) = (forward(&self.even), backward(&self.odd));
        (band_limit((even + odd) >> 14), band_limit((odd - even) >> 14))
    }

    /// Joins a sample of each band into the next two.
    pub(super) fn synthesise(&mut self, low: i32, high: i32) -> (i16, i16) {
        push(&mut self.even, saturate(low + high) as i16);
        push(&mut self.odd, saturate(low - high) as i16);
        let first = saturate(backward(&self.odd) >> 11);
        let second = saturate(forward(&self.even) >> 11);
        (first as i16, second as i16)
    }
}

/// Both bands hold 15 bits (blocks LIMIT).
pub(super) fn band_limit(value: i32) -> i32 {
    value.clamp(-16_384, 16_383)
}

/// The newest value is last.
fn push(history: &mut [i16; TAPS], value: i16) {
    history.copy_within(1.., 0);
    history[TAPS - 1] = value;
}

fn forward(history: &[i16; TAPS]) -> i32 {
    filter(history, &QMF)
}

fn backward(history: &[i16; TAPS]) -> i32 {
    filter(history, &QMF_REVERSED)
}

fn filter(history: &[i16; TAPS], coefficients: &[i16; TAPS]) -> i32 {
    let products = history.iter().zip(coefficients);
    products.map(|(value, coefficient)| i32::from(*value) * i32::from(*coefficient)).sum()
}
