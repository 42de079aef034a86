//! Digits that go from one port of a bridge to the other.

use std::time::{Duration, Instant};

use crate::bridge::Outlet;
use crate::dtmf::EventPayload;

/// Sound is left out for so long after a packet of a digit that was not its last.
const QUIET: Duration = Duration::from_millis(100);

/// Sends each packet of an event on, on the other side's clock, as an event of its own.
#[derive(Debug, Default)]
pub(super) struct DigitRelay {
    /// When the current event began, on their clock and on ours.
    current: Option<(u32, u32)>,
    quiet_until: Option<Instant>,
}

impl DigitRelay {
    pub(super) fn forward(
        &mut self,
        now: Instant,
        clock: u32,
        timestamp: u32,
        payload: &[u8],
        outlet: &mut Outlet,
    ) {
        let Some(event) = EventPayload::parse(payload) else { return };
        let Some((_, out_clock)) = outlet.formats().and_then(|formats| formats.telephone_event) else {
            return;
        };
        let (ours, marker) = match self.current {
            Some((theirs, ours)) if theirs == timestamp => (ours, false),
            _ => (outlet.sender.timestamp_at(now, out_clock), true),
        };
        self.current = Some((timestamp, ours));
        self.quiet_until = (!event.end).then(|| now + QUIET);
        let ticks = u64::from(event.duration) * u64::from(out_clock) / u64::from(clock.max(1));
        let duration = ticks.min(u64::from(u16::MAX)) as u16;
        outlet.send_event(now, marker, ours, &EventPayload { duration, ..event }.to_bytes());
    }

    /// Whether sound is to be left out (RFC 4733 §2.5.1.2).
    pub(super) fn is_active(&self, now: Instant) -> bool {
        self.quiet_until.is_some_and(|until| now < until)
    }
}
