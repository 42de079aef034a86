//! Whether the next trunk may help after one refused.

use crate::cause::Origin;

/// Whether the caller has heard the far side already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Nothing yet.
    None,
    /// Early media; another trunk would replace it by surprise.
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

/// Judges a final response. 480 is the callee's phone being away, so it stops; 408 and 5xx are the trunk's.
pub const fn after_refusal(code: u16, origin: Origin, sound: Sound) -> Verdict {
    match (sound, origin, code) {
        (Sound::None, Origin::Local, _) | (Sound::None, Origin::Peer, 408 | 500..=599) => Verdict::TryNext,
        (_, _, _) => Verdict::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failing_trunk_leads_to_the_next() {
        for code in [408, 500, 502, 503, 504] {
            assert_eq!(after_refusal(code, Origin::Peer, Sound::None), Verdict::TryNext, "{code}");
        }
        for code in [302, 403, 404, 480, 486, 487, 488, 600, 603] {
            assert_eq!(after_refusal(code, Origin::Peer, Sound::None), Verdict::Stop, "{code}");
        }
        assert_eq!(after_refusal(408, Origin::Local, Sound::None), Verdict::TryNext);
        assert_eq!(after_refusal(503, Origin::Peer, Sound::Heard), Verdict::Stop);
    }
}
