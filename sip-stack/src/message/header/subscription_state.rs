//! `Subscription-State` (RFC 6665 §8.2.3).

use super::shape::token_params;

token_params! {
    /// What becomes of a subscription (RFC 6665 §8.2.3).
    SubscriptionState: Single {
        /// The state's word; [`state`](Self::state) knows those of the RFC.
        word
    }
}

/// The states of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscription {
    /// Not decided yet.
    Pending,
    /// Granted.
    Active,
    /// Over.
    Terminated,
}

impl SubscriptionState {
    /// The state, unless it is one that an extension made.
    pub fn state(&self) -> Option<Subscription> {
        let states = [
            ("pending", Subscription::Pending),
            ("active", Subscription::Active),
            ("terminated", Subscription::Terminated),
        ];
        states.into_iter().find_map(|(word, state)| word.eq_ignore_ascii_case(&self.word).then_some(state))
    }

    /// Why it is over: `deactivated`, `noresource`, `timeout`, ...
    pub fn reason(&self) -> Option<&str> {
        self.params.get("reason")
    }

    /// For how many seconds it still holds.
    pub fn expires_s(&self) -> Option<u32> {
        self.params.get("expires")?.parse().ok()
    }

    /// After how many seconds to subscribe again.
    pub fn retry_after_s(&self) -> Option<u32> {
        self.params.get("retry-after")?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::TypedHeader;

    #[test]
    fn a_state_holds_for_some_time_or_ends_for_a_reason() {
        let active = SubscriptionState::parse("Active;expires=3599").unwrap();
        assert_eq!((active.state(), active.expires_s()), (Some(Subscription::Active), Some(3599)));
        let over = SubscriptionState::parse("terminated;reason=probation;retry-after=60").unwrap();
        assert_eq!((over.state(), over.reason()), (Some(Subscription::Terminated), Some("probation")));
        assert_eq!(over.retry_after_s(), Some(60));
        assert_eq!(SubscriptionState::parse("dormant").unwrap().state(), None);
    }
}
