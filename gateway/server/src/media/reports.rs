//! What a worker reports, on its way to the calls.

use media::MediaEvent;

use super::Events;
use crate::backlog::Backlog;

/// Events that wait for the calls, all workers together.
pub const EVENTS: usize = 8192;
/// Beyond so many events of one worker, what strangers can make many of is dropped; what ends a call never is.
const WAITING_MAX: usize = 16_384;

/// Whether the calls will hear of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// They will, in its turn.
    Kept,
    /// They have no room for it.
    Dropped,
}

/// The events that the calls have no room for yet.
pub(super) struct Reports(Backlog<MediaEvent>);

impl Reports {
    pub(super) fn new(events: Events) -> Self {
        Self(Backlog::new(events))
    }

    /// Whether the calls are behind.
    pub(super) fn are_waiting(&self) -> bool {
        !self.0.is_empty()
    }

    /// Hands an event over, or keeps it.
    pub(super) fn tell(&mut self, event: MediaEvent) -> Told {
        self.offer();
        if !self.has_room(&event) {
            return Told::Dropped;
        }
        self.0.push(event);
        self.offer();
        Told::Kept
    }

    /// A second's figures are not worth keeping where the calls are behind.
    fn has_room(&self, event: &MediaEvent) -> bool {
        match event {
            MediaEvent::Stats { .. } => !self.are_waiting(),
            MediaEvent::Digit { .. } | MediaEvent::Talking { .. } => self.0.len() < WAITING_MAX,
            MediaEvent::LocalDescription { .. }
            | MediaEvent::Refused { .. }
            | MediaEvent::Negotiated { .. }
            | MediaEvent::Connected { .. }
            | MediaEvent::Disconnected { .. }
            | MediaEvent::FirstPacket { .. }
            | MediaEvent::DigitsSent { .. }
            | MediaEvent::Silence { .. }
            | MediaEvent::Judged { .. }
            | MediaEvent::Played { .. }
            | MediaEvent::Recorded { .. }
            | MediaEvent::RecordingEnded { .. }
            | MediaEvent::Closed { .. } => true,
        }
    }

    /// Offers the waiting events once more.
    pub(super) fn offer(&mut self) {
        self.0.offer();
    }
}

#[cfg(test)]
mod tests {
    use media::vad::Talk;
    use media::{PortId, Stats};
    use tokio::sync::mpsc;

    use super::*;

    fn stats(port: u64) -> MediaEvent {
        MediaEvent::Stats { port: PortId(port), stats: Stats::default() }
    }

    fn closed(port: u64) -> MediaEvent {
        MediaEvent::Closed { port: PortId(port) }
    }

    #[test]
    fn the_figures_of_ports_that_are_due_together_all_arrive() {
        let (events, mut calls) = mpsc::channel(8);
        let mut reports = Reports::new(events);
        assert_eq!([1, 2, 3].map(|port| reports.tell(stats(port))), [Told::Kept; 3]);
        assert_eq!(std::iter::from_fn(|| calls.try_recv().ok()).count(), 3);
    }

    #[test]
    fn calls_that_are_behind_miss_figures_but_no_end() {
        let (events, mut calls) = mpsc::channel(1);
        let mut reports = Reports::new(events);
        assert_eq!(reports.tell(stats(1)), Told::Kept);
        assert_eq!(reports.tell(closed(1)), Told::Kept);
        assert_eq!(reports.tell(stats(2)), Told::Dropped);
        let heard = std::iter::from_fn(|| {
            reports.offer();
            calls.try_recv().ok()
        });
        assert_eq!(
            heard.map(|event| matches!(event, MediaEvent::Closed { .. })).collect::<Vec<_>>(),
            [false, true]
        );
    }

    fn talking() -> MediaEvent {
        MediaEvent::Talking { port: PortId(1), talk: Talk::Began }
    }

    #[test]
    fn what_waits_is_bounded_and_the_end_is_kept() {
        let (events, mut calls) = mpsc::channel(1);
        let mut reports = Reports::new(events);
        let kept = (0..100_000).filter(|_| reports.tell(talking()) == Told::Kept).count();
        // One is with the calls already.
        assert_eq!(kept, WAITING_MAX + 1);
        assert_eq!((reports.tell(talking()), reports.tell(closed(1))), (Told::Dropped, Told::Kept));
        let heard = std::iter::from_fn(|| {
            reports.offer();
            calls.try_recv().ok()
        });
        assert!(matches!(heard.last(), Some(MediaEvent::Closed { .. })));
    }
}
