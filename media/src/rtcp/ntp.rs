use std::time::Duration;

/// Seconds of some clock in 32.32 fixed point (RFC 3550 §4). Only differences are used, so that the
/// clock may start anywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ntp(pub u64);

impl Ntp {
    /// The time this long after the clock's start.
    pub fn after(start: Duration) -> Self {
        Self(u64::from(to_fraction(start.subsec_nanos())) | start.as_secs() << 32)
    }

    /// The middle 32 bits: what reports carry, in 1/65,536 s.
    pub fn middle(self) -> u32 {
        (self.0 >> 16) as u32
    }

    /// The round trip of a report block that comes in now: this time, less when the report it speaks
    /// of was sent, less how long the peer kept it (RFC 3550 §6.4.1). `None` when the peer has had no
    /// report, or lies.
    pub fn round_trip(self, last_sr: u32, delay_since_last_sr: u32) -> Option<Duration> {
        let ticks = self.middle().wrapping_sub(last_sr).wrapping_sub(delay_since_last_sr);
        // More than half the range is a negative difference.
        let is_known = last_sr != 0 && ticks < 1 << 31;
        is_known.then(|| short_duration(ticks))
    }
}

/// What 1/65,536 s ticks say.
fn short_duration(ticks: u32) -> Duration {
    Duration::from_nanos(u64::from(ticks) * 1_000_000_000 / 65_536)
}

fn to_fraction(nanoseconds: u32) -> u32 {
    ((u64::from(nanoseconds) << 32) / 1_000_000_000) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_round_trip_of_rfc_3550() {
        // Figure 2: A = 0xb710:8000, LSR = 0xb705:2000, DLSR = 0x0005:4000, round trip 6.125 s.
        let now = Ntp(0xb710_8000 << 16);
        assert_eq!(now.round_trip(0xb705_2000, 0x0005_4000), Some(Duration::from_millis(6_125)));
        assert_eq!(now.round_trip(0, 0), None);
        assert_eq!(now.round_trip(0xb710_7fff, 0x0005_4000), None);
    }

    #[test]
    fn a_half_second_is_half_the_fraction() {
        assert_eq!(Ntp::after(Duration::from_millis(3_500)), Ntp(0x0000_0003_8000_0000));
    }
}
