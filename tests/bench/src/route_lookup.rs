//! The longest prefix of a number among a million, beside the time that a lookup may take.

use std::hint::black_box;
use std::time::Instant;

use engine::route::{Prefix, PrefixTable};

use crate::report::{Report, Row};

/// Of which a million are left, once those that were drawn twice count once.
const DRAWN: usize = 1_150_000;
const NUMBERS: usize = 100_000;
const ROUNDS: usize = 20;
/// What a lookup may take.
const LIMIT_US: f64 = 2.0;

pub(crate) fn measure(report: &mut Report) {
    let mut random = Random(1);
    let mut prefixes: Vec<Prefix> = (0..DRAWN).filter_map(|_| random.digits(5, 12).parse().ok()).collect();
    prefixes.sort();
    prefixes.dedup();
    let count = prefixes.len();
    let Ok(table) = PrefixTable::new(prefixes.into_iter().zip(0u32..).collect()) else { return };
    let numbers: Vec<String> = (0..NUMBERS).map(|_| random.digits(8, 15)).collect();
    let round = || {
        let start = Instant::now();
        for number in &numbers {
            black_box(table.longest(black_box(number)));
        }
        start.elapsed().as_secs_f64() * 1e6 / NUMBERS as f64
    };
    let fastest = (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min);
    report.add(Row {
        name: "route_lookup_us".to_owned(),
        value: Some(fastest),
        unit: "us",
        against: format!("limit {LIMIT_US} us, {count} prefixes"),
        ratio: Some(fastest / LIMIT_US),
    });
}

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// A number of so many digits.
    fn digits(&mut self, from: u64, until: u64) -> String {
        let len = from + self.next() % (until - from + 1);
        let digit = |_| char::from(b'0' + (self.next() % 10) as u8);
        std::iter::once('+').chain((0..len).map(digit)).collect()
    }
}
