//! How much of a loss the encoder is told of, by what the peer reports.

use std::time::{Duration, Instant};

/// Losses come in bursts: redundancy goes on for this long after the last one.
const LINGER: Duration = Duration::from_secs(10);

/// Redundancy costs bits and time, so without a loss there is none; with the first report of one it begins at once.
#[derive(Debug, Default)]
pub(super) struct Redundancy {
    percent: u8,
    /// When as much was reported last.
    at: Option<Instant>,
}

impl Redundancy {
    /// Takes the share (0 to 1) that the peer reports losing; tells the percentage when it changes.
    pub(super) fn update(&mut self, now: Instant, remote_loss: Option<f32>) -> Option<u8> {
        let reported = (remote_loss.unwrap_or(0.0) * 100.0).ceil().clamp(0.0, 100.0) as u8;
        if reported >= self.percent {
            self.at = Some(now);
        }
        let lingers = self.at.is_some_and(|at| now < at + LINGER);
        if reported == self.percent || (reported < self.percent && lingers) {
            return None;
        }
        self.percent = reported;
        Some(reported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_tells_at_once_and_its_end_only_later() {
        let (mut redundancy, start) = (Redundancy::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(redundancy.update(start, None), None);
        assert_eq!(redundancy.update(after(1), Some(0.031)), Some(4));
        assert_eq!(redundancy.update(after(2), Some(0.2)), Some(20));
        assert_eq!(redundancy.update(after(3), Some(0.0)), None);
        assert_eq!(redundancy.update(after(11), Some(0.01)), None);
        assert_eq!(redundancy.update(after(13), Some(0.0)), Some(0));
    }
}
