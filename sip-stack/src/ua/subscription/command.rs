//! What the owner asks of subscriptions.

use crate::message::header::{Event, TargetDialog};
use crate::message::{Header, NameAddr, Uri};
use crate::ua::command::{Body, NextHop};
use crate::ua::credentials::Credentials;

use super::reason::TerminationReason;

/// One subscription, of either end.
///
/// The caller of [`Endpoint::subscribe`](crate::Endpoint::subscribe) and
/// [`Endpoint::refer`](crate::Endpoint::refer) picks ids below `1 << 63`; the endpoint numbers peers'
/// subscriptions, and further forks of ours, from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub u64);

impl SubscriptionId {
    /// The first id that the endpoint picks.
    pub const FIRST_INCOMING: Self = Self(1 << 63);
}

/// A subscription to ask for (RFC 6665 §4.1.2.1).
#[derive(Clone, Debug)]
pub struct Subscribe {
    /// The resource to watch.
    pub uri: Uri,
    /// Where the first hop is.
    pub target: NextHop,
    /// The preloaded route set (outbound proxies), first hop first.
    pub route: Vec<Uri>,
    /// Who watches; the endpoint adds the tag.
    pub from: NameAddr,
    /// Who is watched.
    pub to: NameAddr,
    /// The event package and its parameters.
    pub event: Event,
    /// Seconds asked for; 0 fetches the state once (RFC 6665 §4.4.3).
    pub expires_s: u32,
    /// Headers of the caller's own, such as `Accept`; each refresh repeats them.
    pub headers: Vec<Header>,
    /// A filter or the like.
    pub body: Option<Body>,
    /// For 401 and 407.
    pub credentials: Option<Credentials>,
}

/// Whether the peer is to tell how a REFER goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TellMe {
    /// By NOTIFY.
    #[default]
    Progress,
    /// Not at all (`Refer-Sub: false`, RFC 4488); the peer may do it all the same.
    Nothing,
}

/// Whom a peer is asked to call (RFC 3515).
#[derive(Clone, Debug)]
pub struct Referral {
    /// The new target. A `Replaces` among its URI's headers makes an attended transfer (RFC 3891, RFC 5589 §7).
    pub refer_to: NameAddr,
    /// On whose behalf (RFC 3892).
    pub referred_by: Option<NameAddr>,
    /// Whether a subscription is wanted.
    pub tell_me: TellMe,
    /// Headers of the caller's own.
    pub headers: Vec<Header>,
    /// A body, such as a signed Referred-By token.
    pub body: Option<Body>,
}

/// A REFER outside of calls.
#[derive(Clone, Debug)]
pub struct Refer {
    /// Who is to call.
    pub uri: Uri,
    /// Where the first hop is.
    pub target: NextHop,
    /// The preloaded route set (outbound proxies), first hop first.
    pub route: Vec<Uri>,
    /// Who asks; the endpoint adds the tag.
    pub from: NameAddr,
    /// Who is asked.
    pub to: NameAddr,
    /// The dialog by which the peer may know us (RFC 4538).
    pub target_dialog: Option<TargetDialog>,
    /// What is asked.
    pub referral: Referral,
    /// For 401 and 407.
    pub credentials: Option<Credentials>,
}

/// Whether a subscriber may know what it asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// Nobody has decided yet.
    Pending,
    /// It may.
    Active,
}

/// The owner's yes to a SUBSCRIBE.
#[derive(Clone, Debug)]
pub struct Grant {
    /// What the first NOTIFY says.
    pub state: Granted,
    /// Seconds granted at most; never more than were asked for.
    pub expires_s: Option<u32>,
    /// Headers of the 200's own.
    pub headers: Vec<Header>,
    /// The state of the resource, for the NOTIFY that follows at once.
    pub body: Option<Body>,
    /// For subscribers that challenge NOTIFYs.
    pub credentials: Option<Credentials>,
}

impl Grant {
    /// As long as it was asked for, with this state.
    pub const fn active(body: Option<Body>) -> Self {
        Self { state: Granted::Active, expires_s: None, headers: Vec::new(), body, credentials: None }
    }
}

/// The state that a NOTIFY tells of its subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotifyState {
    /// The one that it had.
    Same,
    /// What was pending is granted, or taken back.
    Now(Granted),
    /// This NOTIFY is the last.
    Terminated { reason: Option<TerminationReason>, retry_after_s: Option<u32> },
}

/// A NOTIFY to send.
#[derive(Clone, Debug)]
pub struct Notify {
    /// What becomes of the subscription.
    pub state: NotifyState,
    /// Headers of the caller's own.
    pub headers: Vec<Header>,
    /// The state of the resource, or what changed.
    pub body: Option<Body>,
}

impl Notify {
    /// News of the resource, and none of the subscription.
    pub const fn news(body: Option<Body>) -> Self {
        Self { state: NotifyState::Same, headers: Vec::new(), body }
    }

    /// The last NOTIFY.
    pub const fn last(reason: TerminationReason, body: Option<Body>) -> Self {
        let state = NotifyState::Terminated { reason: Some(reason), retry_after_s: None };
        Self { state, headers: Vec::new(), body }
    }
}
