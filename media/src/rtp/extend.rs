/// Turns 16-bit sequence numbers into ones that do not roll over (RFC 3550 appendix A.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct SequenceExtender {
    highest: Option<u64>,
}

impl SequenceExtender {
    /// The number nearest to the highest so far that ends in `sequence`. The first starts one cycle
    /// up, so that an earlier packet that comes later still has a number.
    pub fn extend(&mut self, sequence: u16) -> u64 {
        let extended = self.peek(sequence);
        self.highest = Some(self.highest.map_or(extended, |highest| highest.max(extended)));
        extended
    }

    /// As [`SequenceExtender::extend`], without taking note of it.
    pub fn peek(&self, sequence: u16) -> u64 {
        let highest = self.highest.unwrap_or(1 << 16 | u64::from(sequence));
        let step = sequence.wrapping_sub(highest as u16).cast_signed();
        highest.saturating_add_signed(i64::from(step))
    }
}

/// Turns 32-bit timestamps into ones that do not roll over.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimestampExtender {
    highest: Option<u64>,
}

impl TimestampExtender {
    /// The number nearest to the highest so far that ends in `timestamp`; the first starts one cycle up.
    pub fn extend(&mut self, timestamp: u32) -> u64 {
        let highest = self.highest.unwrap_or(1 << 32 | u64::from(timestamp));
        let step = timestamp.wrapping_sub(highest as u32).cast_signed();
        let extended = highest.saturating_add_signed(i64::from(step));
        self.highest = Some(highest.max(extended));
        extended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_goes_on_over_the_edge_and_back() {
        let mut extender = SequenceExtender::default();
        assert_eq!(extender.extend(0xFFFE), 0x1_FFFE);
        assert_eq!(extender.extend(1), 0x2_0001);
        assert_eq!(extender.extend(0xFFFF), 0x1_FFFF);
        assert_eq!(extender.extend(2), 0x2_0002);
    }

    #[test]
    fn a_packet_before_the_first_has_a_number() {
        let mut extender = SequenceExtender::default();
        assert_eq!(extender.extend(0), 0x1_0000);
        assert_eq!(extender.extend(0xFFFF), 0xFFFF);
    }

    #[test]
    fn timestamp_goes_on_over_the_edge() {
        let mut extender = TimestampExtender::default();
        assert_eq!(extender.extend(0xFFFF_FF00), 0x1_FFFF_FF00);
        assert_eq!(extender.extend(0x60), 0x2_0000_0060);
    }
}
