use crate::rtcp::GMIN;

/// How losses cluster (RFC 3611 §4.7.2): a burst begins and ends with a lost packet, with fewer than [`GMIN`] that came
/// in a row between; a loss far from any other is in a gap.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bursts {
    /// Packets that should have come, and that did not.
    expected: u64,
    lost: u64,
    /// Came in a row since the last loss.
    came: u64,
    /// What may be a burst yet: from its first loss to its last.
    open: Burst,
    bursts: u64,
    within: Burst,
}

#[derive(Clone, Copy, Debug, Default)]
struct Burst {
    packets: u64,
    lost: u64,
}

/// Shares lost and mean lengths, within bursts and between them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BurstSummary {
    /// Share of all packets that were not there in time, 0 to 1.
    pub missing: f32,
    /// The same within bursts.
    pub burst_density: f32,
    /// The same between them.
    pub gap_density: f32,
    /// Packets of a burst.
    pub burst_packets: f32,
    /// Packets of a gap.
    pub gap_packets: f32,
}

impl Bursts {
    /// A packet came in its turn, and `lost` before it did not.
    pub fn add(&mut self, lost: u32) {
        if lost > 0 {
            self.lose(lost.into());
        }
        self.expected += 1;
        self.came += 1;
    }

    fn lose(&mut self, lost: u64) {
        if self.came >= u64::from(GMIN) {
            self.close();
        }
        if self.open.lost > 0 {
            self.open.packets += self.came;
        }
        self.open.packets += lost;
        self.open.lost += lost;
        self.expected += lost;
        self.lost += lost;
        self.came = 0;
    }

    fn close(&mut self) {
        let Burst { packets, lost } = std::mem::take(&mut self.open);
        if lost > 1 {
            self.bursts += 1;
            self.within.packets += packets;
            self.within.lost += lost;
        }
    }

    /// As if all that follows came.
    pub fn summary(&self) -> BurstSummary {
        let mut all = *self;
        all.close();
        let Self { expected, lost, bursts, within, .. } = all;
        let share = |part: u64, of: u64| part as f32 / of.max(1) as f32;
        let between = expected - within.packets;
        BurstSummary {
            missing: share(lost, expected),
            burst_density: share(within.lost, within.packets),
            gap_density: share(lost - within.lost, between),
            burst_packets: share(within.packets, bursts),
            gap_packets: share(between, bursts),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pattern: &str) -> BurstSummary {
        let (mut bursts, mut lost) = (Bursts::default(), 0);
        for packet in pattern.chars() {
            if packet == '1' {
                bursts.add(std::mem::take(&mut lost));
            } else {
                lost += 1;
            }
        }
        bursts.summary()
    }

    /// The pattern of RFC 3611 §4.7.2 and what it says of it.
    #[test]
    fn the_example_of_the_rfc() {
        let summary = of("11110111111111111111111X111X1011110111111111111111111X111111111");
        let bytes = [summary.burst_density, summary.gap_density].map(|share| (share * 256.0) as u8);
        assert_eq!(bytes[0], 85, "4 of 12, which the rfc rounds to 84");
        assert_eq!(summary.burst_packets, 12.0);
        assert!((9..=10).contains(&bytes[1]), "{summary:?}");
        assert!((50.0..=52.0).contains(&summary.gap_packets), "{summary:?}");
    }

    #[test]
    fn without_loss_all_is_one_gap() {
        assert_eq!(of("1111"), BurstSummary { gap_packets: 4.0, ..BurstSummary::default() });
        assert_eq!(Bursts::default().summary(), BurstSummary::default());
    }

    #[test]
    fn losses_in_a_row_are_a_burst() {
        let summary = of(&format!("{}00000{}", "1".repeat(95), "1".repeat(100)));
        assert_eq!((summary.burst_density, summary.burst_packets, summary.gap_density), (1.0, 5.0, 0.0));
        assert_eq!(summary.missing, 0.025);
    }
}
