//! Whether the next trunk may help after one refused.

use crate::cause::Origin;

/// How far a trunk has brought the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nowhere that the callee noticed.
    Nothing,
    /// The callee's phone rang.
    Rang,
    /// The caller heard the far side: another trunk would replace it by surprise.
    Heard,
}

/// What to do after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The trunk failed, not the number: try the next one.
    TryNext,
    /// The number's own answer: another trunk would bring the same.
    Stop,
}

/// Judges a final response, or the lack of one.
///
/// 408 and 480 are the trunk's word as long as nothing rang, and the callee's silence from then on: a phone that rang in
/// vain is not rung again. A trunk that is lost while a phone rings can be told nothing, so nothing else may ring.
pub const fn after_refusal(code: u16, origin: Origin, progress: Progress) -> Verdict {
    match (progress, origin, code) {
        (Progress::Nothing, Origin::Local, _)
        | (Progress::Nothing, Origin::Peer, 408 | 480)
        | (Progress::Nothing | Progress::Rang, Origin::Peer, 500..=599) => Verdict::TryNext,
        (_, _, _) => Verdict::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failing_trunk_leads_to_the_next() {
        for code in [408, 480, 500, 502, 503, 504, 580] {
            assert_eq!(after_refusal(code, Origin::Peer, Progress::Nothing), Verdict::TryNext, "{code}");
        }
        for code in [302, 401, 403, 404, 410, 484, 486, 487, 488, 600, 603, 604, 606] {
            for progress in [Progress::Nothing, Progress::Rang, Progress::Heard] {
                assert_eq!(after_refusal(code, Origin::Peer, progress), Verdict::Stop, "{code}");
            }
        }
        for code in [408, 503] {
            assert_eq!(after_refusal(code, Origin::Local, Progress::Nothing), Verdict::TryNext);
        }
    }

    #[test]
    fn a_phone_that_rang_in_vain_is_not_rung_again() {
        for code in [408, 480] {
            assert_eq!(after_refusal(code, Origin::Peer, Progress::Rang), Verdict::Stop, "{code}");
        }
        assert_eq!(after_refusal(503, Origin::Local, Progress::Rang), Verdict::Stop);
        assert_eq!(after_refusal(503, Origin::Peer, Progress::Rang), Verdict::TryNext);
    }

    #[test]
    fn once_sound_was_heard_nothing_else_is_tried() {
        for (code, origin) in [(503, Origin::Peer), (480, Origin::Peer), (408, Origin::Local)] {
            assert_eq!(after_refusal(code, origin, Progress::Heard), Verdict::Stop);
        }
    }
}
