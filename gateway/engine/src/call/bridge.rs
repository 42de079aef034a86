//! The table of the back-to-back user agent: an event on one side, the action on the call and its other side.
//!
//! It knows sides and states, nothing of how a leg is signalled.

use std::time::Duration;

use super::state::Side;
use crate::cause::{Cause, Origin};
use crate::outcome::EndedBy;

/// A final refusal, with the far side's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) reason: String,
    pub(crate) origin: Origin,
}

impl Refusal {
    pub(crate) const fn cause(&self) -> Cause {
        Cause::from_sip(self.code, self.origin)
    }
}

/// Something that happened on a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LegEvent {
    /// Its port is there: a caller that can hear.
    Ready,
    Ringing,
    EarlyMedia,
    Answered,
    Refused(Refusal),
    HungUp {
        q850: Option<u16>,
    },
    Lost(Cause),
    Digit {
        digit: char,
        duration: Duration,
        carried: Carried,
    },
}

/// Whether a digit has reached the other side already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carried {
    BySound,
    Not,
}

/// Whether the call was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Talk {
    NotYet,
    Answered,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// The caller hears that it rings.
    Alert,
    /// The caller hears the callee's own sound.
    AlertWithMedia,
    /// The caller is answered, both sides are joined.
    Connect,
    /// Whoever is called is now sought.
    Reach,
    /// The next way to the callee, else the end.
    TryNext(Refusal),
    /// The end.
    End { by: EndedBy, cause: Cause, q850: Option<u16> },
    /// The other side gets the digit.
    PassDigit { digit: char, duration: Duration, carried: Carried },
    /// Nothing.
    Ignore,
}

/// The table.
pub(crate) fn react(side: Side, talk: Talk, event: LegEvent) -> Action {
    use LegEvent::{Answered, Digit, EarlyMedia, HungUp, Lost, Ready, Refused, Ringing};
    match (side, talk, event) {
        (Side::Callee, Talk::NotYet, Ringing) => Action::Alert,
        (Side::Callee, Talk::NotYet, EarlyMedia) => Action::AlertWithMedia,
        (Side::Callee, Talk::NotYet, Answered) => Action::Connect,
        (Side::Callee, Talk::NotYet, Refused(refusal)) => Action::TryNext(refusal),
        (Side::Caller, Talk::NotYet, Ready) => Action::Reach,
        (Side::Caller, Talk::NotYet, HungUp { q850 }) => end(EndedBy::Caller, Cause::Canceled, q850),
        (Side::Callee, Talk::NotYet, HungUp { q850 }) => end(EndedBy::Callee, Cause::Declined, q850),
        (Side::Caller, Talk::Answered, HungUp { q850 }) => end(EndedBy::Caller, Cause::Normal, q850),
        (Side::Callee, Talk::Answered, HungUp { q850 }) => end(EndedBy::Callee, Cause::Normal, q850),
        (_, _, Refused(refusal)) => end(EndedBy::System, refusal.cause(), None),
        (_, _, Lost(cause)) => end(EndedBy::System, cause, None),
        (_, _, Digit { digit, duration, carried }) => Action::PassDigit { digit, duration, carried },
        (_, Talk::Answered, Ready | Ringing | EarlyMedia | Answered)
        | (Side::Caller, Talk::NotYet, Ringing | EarlyMedia | Answered)
        | (Side::Callee, Talk::NotYet, Ready) => Action::Ignore,
    }
}

const fn end(by: EndedBy, cause: Cause, q850: Option<u16>) -> Action {
    Action::End { by, cause, q850 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_hangs_up_first_decides_who_ended_it() {
        let hung_up = || LegEvent::HungUp { q850: None };
        let ended = |side, talk| {
            let Action::End { by, cause, .. } = react(side, talk, hung_up()) else { panic!("no end") };
            (by, cause)
        };
        assert_eq!(ended(Side::Caller, Talk::NotYet), (EndedBy::Caller, Cause::Canceled));
        assert_eq!(ended(Side::Caller, Talk::Answered), (EndedBy::Caller, Cause::Normal));
        assert_eq!(ended(Side::Callee, Talk::Answered), (EndedBy::Callee, Cause::Normal));
    }

    #[test]
    fn a_late_provisional_changes_nothing() {
        for event in [LegEvent::Ringing, LegEvent::EarlyMedia, LegEvent::Answered] {
            assert_eq!(react(Side::Callee, Talk::Answered, event), Action::Ignore);
        }
    }
}
