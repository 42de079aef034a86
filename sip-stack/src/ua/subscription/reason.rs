//! Why a notifier ended a subscription, and what that says about another try (RFC 6665 §4.1.3).

use std::time::Duration;

use crate::message::header::SubscriptionState;

/// The longest that a notifier can ask a subscriber to wait: a year.
const RETRY_AFTER_S_MAX: u32 = 31_536_000;

/// The `reason` of a Subscription-State that is `terminated`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TerminationReason {
    /// Subscribe again at once: another node may take over.
    Deactivated,
    /// Subscribe again later.
    Probation,
    /// Not allowed any more.
    Rejected,
    /// Not refreshed in time, unsubscribed, or fetched.
    Timeout,
    /// Nobody decided in time.
    Giveup,
    /// There is nothing to watch any more.
    Noresource,
    /// What is watched will not change.
    Invariant,
    /// A word of an extension.
    Other(String),
}

/// Whether and when to subscribe again, with a new SUBSCRIBE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Do not.
    Never,
    /// At once.
    Now,
    /// If it is still wanted, not before this time has passed.
    After(Duration),
    /// If it is still wanted, at any time.
    AtWill,
}

const WORDS: [(TerminationReason, &str); 7] = [
    (TerminationReason::Deactivated, "deactivated"),
    (TerminationReason::Probation, "probation"),
    (TerminationReason::Rejected, "rejected"),
    (TerminationReason::Timeout, "timeout"),
    (TerminationReason::Giveup, "giveup"),
    (TerminationReason::Noresource, "noresource"),
    (TerminationReason::Invariant, "invariant"),
];

impl TerminationReason {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(word) => word,
            Self::Deactivated
            | Self::Probation
            | Self::Rejected
            | Self::Timeout
            | Self::Giveup
            | Self::Noresource
            | Self::Invariant => WORDS.iter().find(|(reason, _)| reason == self).map_or("", |(_, word)| word),
        }
    }

    /// The reason that a word stands for.
    pub fn of_word(word: &str) -> Self {
        let known = WORDS.iter().find(|(_, known)| known.eq_ignore_ascii_case(word));
        known.map_or_else(|| Self::Other(word.to_owned()), |(reason, _)| reason.clone())
    }
}

/// What a terminated subscription's state says about another try.
pub(crate) fn retry(reason: Option<&TerminationReason>, state: &SubscriptionState) -> Retry {
    let after =
        state.retry_after_s().map(|seconds| Duration::from_secs(seconds.min(RETRY_AFTER_S_MAX).into()));
    let at_will = after.map_or(Retry::AtWill, Retry::After);
    match reason {
        Some(TerminationReason::Deactivated) => Retry::Now,
        Some(TerminationReason::Rejected | TerminationReason::Noresource | TerminationReason::Invariant) => {
            Retry::Never
        }
        // "retry-after" has no meaning with a timeout.
        Some(TerminationReason::Timeout) => Retry::AtWill,
        Some(TerminationReason::Probation | TerminationReason::Giveup | TerminationReason::Other(_))
        | None => at_will,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn each_reason_says_when_to_come_back() {
        let minute = Retry::After(Duration::from_secs(60));
        for (value, expected) in [
            ("terminated;reason=deactivated;retry-after=60", Retry::Now),
            ("terminated;reason=probation;retry-after=60", minute),
            ("terminated;reason=probation", Retry::AtWill),
            ("terminated;reason=rejected;retry-after=60", Retry::Never),
            ("terminated;reason=TIMEOUT;retry-after=60", Retry::AtWill),
            ("terminated;reason=giveup;retry-after=60", minute),
            ("terminated;reason=noresource", Retry::Never),
            ("terminated;reason=invariant;retry-after=60", Retry::Never),
            ("terminated;reason=fullmoon;retry-after=60", minute),
            ("terminated", Retry::AtWill),
        ] {
            let state = SubscriptionState::parse(value).unwrap();
            let reason = state.reason().map(TerminationReason::of_word);
            assert_eq!(retry(reason.as_ref(), &state), expected, "{value}");
        }
    }
}
