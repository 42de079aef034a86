//! The adaptive predictor and step size of one sub-band (G.722 §3.5, §3.6), alike at both ends.

use super::table::ILB;

/// What differs between the two bands' step sizes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    initial: i32,
    log_max: i32,
    shift: i32,
}

pub(super) const LOWER: Scale = Scale { initial: 32, log_max: 18_432, shift: 8 };
pub(super) const HIGHER: Scale = Scale { initial: 8, log_max: 22_528, shift: 10 };

/// One band's state: two poles, six zeros, and the step size.
#[derive(Clone, Debug)]
pub(super) struct Band {
    scale: Scale,
    log_step: i32,
    /// The step size, DETL or DETH.
    pub(super) step: i32,
    /// The predicted signal, SL or SH.
    pub(super) predicted: i32,
    zero_part: i32,
    poles: [i32; 2],
    zeros: [i32; 6],
    /// Doubled, as the filters take them.
    reconstructed: [i32; 2],
    partial: [i32; 2],
    /// Doubled.
    differences: [i32; 6],
}

impl Band {
    pub(super) fn new(scale: Scale) -> Self {
        Self {
            scale,
            log_step: 0,
            step: scale.initial,
            predicted: 0,
            zero_part: 0,
            poles: [0; 2],
            zeros: [0; 6],
            reconstructed: [0; 2],
            partial: [0; 2],
            differences: [0; 6],
        }
    }

    /// A table value scaled by the step: the quantized difference.
    pub(super) fn difference(&self, level: i32) -> i32 {
        (self.step * level) >> 15
    }

    /// Moves on by one sample, by its quantized difference and its log scale multiplier.
    pub(super) fn adapt(&mut self, difference: i32, multiplier: i32) {
        self.adapt_step(multiplier);
        let reconstructed = saturate(self.predicted + difference);
        let partial = saturate(self.zero_part + difference);
        self.adapt_poles(partial);
        self.adapt_zeros(difference);
        self.reconstructed = [saturate(2 * reconstructed), self.reconstructed[0]];
        self.partial = [partial, self.partial[0]];
        self.predict();
    }

    /// Blocks LOGSCL and SCALEL, or LOGSCH and SCALEH.
    fn adapt_step(&mut self, multiplier: i32) {
        let log = ((self.log_step * 127) >> 7) + multiplier;
        self.log_step = log.clamp(0, self.scale.log_max);
        let linear = ILB[(self.log_step >> 6 & 31) as usize];
        let shift = self.scale.shift - (self.log_step >> 11);
        let shifted = if shift < 0 { linear << -shift } else { linear >> shift };
        self.step = shifted << 2;
    }

    /// Blocks UPPOL1 and UPPOL2.
    fn adapt_poles(&mut self, partial: i32) {
        let [first, second] = self.poles;
        let like_last = same_sign(partial, self.partial[0]);
        let toward = saturate(first << 2);
        let toward = if like_last { saturate(-toward) } else { toward };
        let drift = if same_sign(partial, self.partial[1]) { 128 } else { -128 };
        let second = ((toward >> 7) + drift + ((second * 32_512) >> 15)).clamp(-12_288, 12_288);
        let bound = 15_360 - second;
        let drift = if like_last { 192 } else { -192 };
        let first = (drift + ((first * 32_640) >> 15)).clamp(-bound, bound);
        self.poles = [first, second];
    }

    /// Block UPZERO, and the shift of the differences.
    fn adapt_zeros(&mut self, difference: i32) {
        let drift = if difference == 0 { 0 } else { 128 };
        for (zero, past) in self.zeros.iter_mut().zip(&self.differences) {
            // All ones where the signs differ: the drift is turned round without a branch.
            let turn = (difference ^ past) >> 31;
            // A 256th is lost, rounded up: `zero * 32640 >> 15`. With the drift it stays in 16 bits.
            *zero += ((drift ^ turn) - turn) - ((*zero + 255) >> 8);
        }
        let [first, second, third, fourth, fifth, _] = self.differences;
        self.differences = [saturate(2 * difference), first, second, third, fourth, fifth];
    }

    /// Blocks FILTEP, FILTEZ and PREDIC.
    fn predict(&mut self) {
        let product = |coefficient: i32, value: i32| (coefficient * value) >> 15;
        let zeros = self.zeros.iter().zip(&self.differences);
        let mut products = [0; 6];
        for (one, (zero, value)) in products.iter_mut().zip(zeros) {
            *one = product(*zero, *value);
        }
        // The Recommendation saturates at each step; that matters only where one could overflow.
        let magnitude: i32 = products.iter().map(|one| one.abs()).sum();
        self.zero_part = if magnitude < 32_768 {
            products.iter().sum()
        } else {
            products.iter().rev().fold(0, |sum, one| saturate(sum + one))
        };
        let poles = self.poles.iter().zip(&self.reconstructed);
        let pole_part = saturate(poles.map(|(pole, value)| product(*pole, *value)).sum());
        self.predicted = saturate(pole_part + self.zero_part);
    }
}

fn same_sign(a: i32, b: i32) -> bool {
    (a ^ b) >= 0
}

/// To 16 bits.
pub(super) fn saturate(value: i32) -> i32 {
    value.clamp(-32_768, 32_767)
}
