//! How much of a second's packets did not come, and in how long runs.

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Losses {
    came: u64,
    lost: u64,
    runs: u64,
}

/// What a second's packets went through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Loss {
    /// Share, 0 to 1.
    pub(super) share: f32,
    /// ITU-T G.107 §7.5: the length of a run, relative to what chance would make it.
    pub(super) burst_ratio: f32,
}

impl Losses {
    /// A packet came, and `lost` before it did not.
    pub(super) fn add(&mut self, lost: u32) {
        self.came += 1;
        self.lost += u64::from(lost);
        self.runs += u64::from(lost > 0);
    }

    /// Since the last time; `None` if nothing came.
    pub(super) fn take(&mut self) -> Option<Loss> {
        let Self { came, lost, runs } = std::mem::take(self);
        let share = lost as f32 / (came + lost).max(1) as f32;
        // By chance a run goes on with the probability of a loss.
        let burst_ratio = lost as f32 / runs.max(1) as f32 * (1.0 - share);
        (came > 0).then_some(Loss { share, burst_ratio: burst_ratio.max(1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_told_from_chance() {
        let mut losses = Losses::default();
        assert_eq!(losses.take(), None);
        (0..95).for_each(|at| losses.add(u32::from(at % 19 == 0)));
        let scattered = losses.take().unwrap();
        assert_eq!((scattered.share, scattered.burst_ratio), (0.05, 1.0));
        (0..95).for_each(|at| losses.add(if at == 50 { 5 } else { 0 }));
        let burst = losses.take().unwrap();
        assert_eq!((burst.share, burst.burst_ratio), (0.05, 4.75));
    }
}
