//! Subscriptions (RFC 6665), asked for by SUBSCRIBE, or by the way with REFER (RFC 3515).
//!
//! An [`Attempt`] is a SUBSCRIBE or REFER outside of dialogs that may still make some, one for each fork that
//! notifies. A [`Subscriber`] and a [`Notifier`] are the two ends of one subscription; each speaks in a dialog
//! that is its own, or that it shares with a call.

pub(crate) mod answer;
pub(crate) mod attempt;
pub mod command;
pub mod event;
pub(crate) mod notifier;
pub(crate) mod place;
pub mod reason;
pub(crate) mod referral;
pub(crate) mod subscriber;

pub(crate) use attempt::Attempt;
pub use command::{Grant, Granted, Notify, NotifyState, Refer, Referral, Subscribe, SubscriptionId, TellMe};
pub use event::{Referred, SubscriptionEnd, SubscriptionEvent};
pub(crate) use notifier::Notifier;
pub(crate) use place::Place;
pub use reason::{Retry, TerminationReason};
pub(crate) use subscriber::Subscriber;

/// The timers of a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SubscriptionTimer {
    /// The owner forgot a SUBSCRIBE or REFER; its sender has given up (RFC 4320 §4.2).
    Answer,
    /// No further fork of an attempt is listened to (RFC 6665 §4.1.2.4).
    Forks,
    /// Timer N: a SUBSCRIBE was sent and no NOTIFY came (RFC 6665 §4.1.2.4).
    N,
    /// Time to refresh.
    Refresh,
    /// Nobody refreshed.
    Expire,
}

/// Whether a usage is still of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Kept,
    Over,
}

/// How the endpoint finds the dialog of a subscription: Call-ID and both tags, because forks share ours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UsageKey {
    pub(crate) call_id: String,
    pub(crate) local_tag: String,
    pub(crate) remote_tag: String,
}

/// The responses to SUBSCRIBE or NOTIFY inside a dialog that end the subscription (RFC 6665 §4.1.2.2, §4.2.2).
pub(crate) fn ends_subscription(code: u16) -> bool {
    matches!(code, 404 | 405 | 410 | 416 | 480..=485 | 489 | 501 | 604)
}
