//! Where a run's choices come from.

/// A source of choices; the same source makes the same run.
pub(crate) trait Choice {
    /// A number below `bound`.
    fn below(&mut self, bound: u64) -> u64;

    /// Whether there is anything left to choose.
    fn is_over(&self) -> bool;

    fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len() as u64) as usize]
    }
}

/// Chance from a seed (splitmix64).
#[derive(Clone)]
pub(crate) struct Seeded {
    state: u64,
    left: u32,
}

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        let mut seeded = Self { state: seed, left: 0 };
        seeded.left = 200 + seeded.below(1_800) as u32;
        seeded
    }
}

impl Choice for Seeded {
    fn below(&mut self, bound: u64) -> u64 {
        self.left = self.left.saturating_sub(1);
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn is_over(&self) -> bool {
        self.left == 0
    }
}
