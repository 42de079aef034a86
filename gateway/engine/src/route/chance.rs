//! Chance without a die: the same call meets the same decision, wherever and whenever it is asked about.

use crate::ids::{CallId, mix};

/// A number from 0 to 1, even among calls, that follows from a call and a name.
pub(super) fn chance(call: CallId, name: &str) -> f64 {
    const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const FNV_PRIME: u64 = 0x0100_0000_01b3;
    let bytes = call.0.as_bytes().iter().chain(name.as_bytes());
    let word = bytes.fold(FNV_OFFSET, |word, byte| (word ^ u64::from(*byte)).wrapping_mul(FNV_PRIME));
    (mix(word) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn calls_spread_evenly_and_names_are_independent() {
        let call = |number: u128| CallId(Uuid::from_u128(number));
        let low = |name: &'static str| (0..10_000).filter(move |number| chance(call(*number), name) < 0.3);
        assert!((2_800..3_200).contains(&low("a").count()), "{}", low("a").count());
        let both = low("a").filter(|number| chance(call(*number), "b") < 0.3).count();
        assert!((750..1_050).contains(&both), "{both}");
        assert_eq!(chance(call(7), "a").to_bits(), chance(call(7), "a").to_bits());
    }
}
