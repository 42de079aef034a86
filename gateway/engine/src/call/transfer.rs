//! The table of transfers: what a step on any leg means for the handing over of a call.
//!
//! Near is whoever hands over, far is who is handed over, and the target is who gets the call.
//!
//! ```text
//!   transfer ──▶ Blind ──── target answers ─────────▶ far and target talk, near is out
//!                  ▲  └──── target fails ───────────▶ near and far talk again; without near: the end
//!         complete │
//!   consult ──▶ Calling ─── target answers ──▶ Consulting ── complete ──▶ far and target talk, near is out
//!                  └─ target fails, cancel ──────┴─▶ near and far talk again
//! ```
//!
//! It knows steps and states, nothing of how a leg is signalled.

use crate::cause::Cause;

/// Whether whoever hands over is still in the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Near {
    There,
    Gone,
}

/// How far a transfer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The target is called; whoever answers gets the call.
    Blind(Near),
    /// The target is called; near will talk to it first.
    Calling,
    /// Near talks to the target.
    Consulting,
}

/// Something that happened to one of the three, or that near asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    TargetRings,
    TargetSounds,
    TargetAnswers,
    TargetFails(Cause),
    NearLeaves,
    FarLeaves,
    Complete,
    Cancel,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Near learns that the target's phone rings.
    Alert,
    /// Near hears the target's sound before its answer.
    Listen,
    /// Near and target talk.
    Consult,
    /// Far and target talk; near is out.
    HandOver,
    /// Near and far talk again; the target is out.
    Return(Cause),
    /// Near is out; the target is called all the same.
    LetNearGo,
    /// Whoever answers now gets the call.
    GoBlind,
    /// Far is out: near and target are the call.
    KeepTarget,
    /// The call ends as it would without a transfer.
    End,
    /// The call ends, since nobody is left for far.
    EndFailed(Cause),
    /// Nothing.
    Ignore,
    /// Near asks for what cannot be now.
    Refuse,
}

/// The table.
pub(crate) const fn react(stage: Stage, step: Step) -> Act {
    use Stage::{Blind, Calling, Consulting};
    match (stage, step) {
        (Blind(Near::There) | Calling, Step::TargetRings) => Act::Alert,
        (Calling, Step::TargetSounds) => Act::Listen,
        (Blind(Near::There), Step::TargetSounds) => Act::Alert,
        (Blind(Near::Gone), Step::TargetRings | Step::TargetSounds) => Act::Ignore,
        (Blind(_), Step::TargetAnswers) | (Consulting, Step::Complete) => Act::HandOver,
        (Calling, Step::TargetAnswers) => Act::Consult,
        (Blind(Near::Gone), Step::TargetFails(cause)) => Act::EndFailed(cause),
        (Blind(Near::There) | Calling | Consulting, Step::TargetFails(cause)) => Act::Return(cause),
        (Blind(Near::There) | Calling | Consulting, Step::Cancel) => Act::Return(Cause::Canceled),
        (Blind(Near::There), Step::NearLeaves) => Act::LetNearGo,
        (Calling, Step::Complete) => Act::GoBlind,
        (Consulting, Step::FarLeaves) => Act::KeepTarget,
        (Blind(_) | Calling, Step::FarLeaves) | (Calling | Consulting, Step::NearLeaves) => Act::End,
        (Blind(Near::Gone), Step::NearLeaves)
        | (Consulting, Step::TargetRings | Step::TargetSounds | Step::TargetAnswers) => Act::Ignore,
        (Blind(_), Step::Complete) | (Blind(Near::Gone), Step::Cancel) => Act::Refuse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGES: [Stage; 4] =
        [Stage::Blind(Near::There), Stage::Blind(Near::Gone), Stage::Calling, Stage::Consulting];

    #[test]
    fn a_target_that_fails_never_leaves_far_alone() {
        for stage in STAGES {
            let act = react(stage, Step::TargetFails(Cause::Busy));
            let expected = match stage {
                Stage::Blind(Near::Gone) => Act::EndFailed(Cause::Busy),
                Stage::Blind(Near::There) | Stage::Calling | Stage::Consulting => Act::Return(Cause::Busy),
            };
            assert_eq!(act, expected, "{stage:?}");
        }
    }

    #[test]
    fn only_what_near_asks_is_refused() {
        let facts = [
            Step::TargetRings,
            Step::TargetSounds,
            Step::TargetAnswers,
            Step::TargetFails(Cause::Busy),
            Step::NearLeaves,
            Step::FarLeaves,
        ];
        for (stage, fact) in STAGES.into_iter().flat_map(|stage| facts.map(|fact| (stage, fact))) {
            assert_ne!(react(stage, fact), Act::Refuse, "{stage:?} {fact:?}");
        }
    }

    #[test]
    fn a_consultation_ends_in_one_of_three_ways() {
        assert_eq!(react(Stage::Consulting, Step::Complete), Act::HandOver);
        assert_eq!(react(Stage::Consulting, Step::Cancel), Act::Return(Cause::Canceled));
        assert_eq!(react(Stage::Consulting, Step::FarLeaves), Act::KeepTarget);
    }
}
