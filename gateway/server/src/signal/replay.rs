//! What a browser was told and may not have received.

use std::collections::VecDeque;

use api::ws::ServerFrame;

/// Frames that are kept for one browser; with more, what it missed cannot be made good.
pub(super) const KEPT_MAX: usize = 512;

/// A session's events, by number.
#[derive(Default)]
pub(super) struct Replay {
    seq: u64,
    kept: VecDeque<(u64, ServerFrame)>,
    /// The last event that is not kept, or no longer.
    gone: u64,
}

impl Replay {
    /// The number of the next event.
    pub(super) const fn next(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// The number of the latest event.
    pub(super) const fn last(&self) -> u64 {
        self.seq
    }

    /// Keeps the event that was numbered last.
    pub(super) fn keep(&mut self, frame: ServerFrame) {
        if self.kept.len() >= KEPT_MAX
            && let Some((oldest, _)) = self.kept.pop_front()
        {
            metrics::counter!("offhook_signal_unacknowledged_dropped_total").increment(1);
            self.gone = oldest;
        }
        self.kept.push_back((self.seq, frame));
    }

    /// The client has everything up to `seq`.
    pub(super) fn acknowledge(&mut self, seq: u64) {
        self.gone = self.gone.max(seq.min(self.seq));
        while self.kept.front().is_some_and(|(kept, _)| *kept <= self.gone) {
            self.kept.pop_front();
        }
    }

    /// Whether all that follows `seq` is there.
    pub(super) const fn reaches(&self, seq: u64) -> bool {
        self.gone <= seq
    }

    /// What is kept, in order.
    pub(super) fn frames(&self) -> impl Iterator<Item = &ServerFrame> {
        self.kept.iter().map(|(_, frame)| frame)
    }
}

#[cfg(test)]
mod tests {
    use api::ws::Empty;

    use super::*;

    fn filled(events: usize) -> Replay {
        let mut replay = Replay::default();
        for _ in 0..events {
            let seq = replay.next();
            replay.keep(ServerFrame::CallAnswered {
                seq,
                call: api::CallId(uuid::Uuid::nil()),
                data: Empty {},
            });
        }
        replay
    }

    fn numbers(replay: &Replay) -> Vec<u64> {
        replay.kept.iter().map(|(seq, _)| *seq).collect()
    }

    #[test]
    fn what_is_not_acknowledged_is_kept() {
        let mut replay = filled(5);
        replay.acknowledge(3);
        assert_eq!(numbers(&replay), [4, 5]);
        assert!(replay.reaches(3) && !replay.reaches(2));
        replay.acknowledge(u64::MAX);
        assert_eq!(replay.frames().count(), 0);
        assert!(replay.reaches(5));
    }

    #[test]
    fn a_client_that_acknowledges_nothing_costs_no_more_than_the_limit() {
        let replay = filled(KEPT_MAX + 3);
        assert_eq!(replay.frames().count(), KEPT_MAX);
        assert!(replay.reaches(3) && !replay.reaches(2));
    }
}
