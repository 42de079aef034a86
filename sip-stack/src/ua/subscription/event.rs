//! What an [`Endpoint`](crate::Endpoint) tells about subscriptions.

use super::command::{SubscriptionId, TellMe};
use super::reason::{Retry, TerminationReason};
use crate::message::header::{Replaces, SubscriptionState, TargetDialog};
use crate::message::{Headers, Method, NameAddr, Request};
use crate::ua::command::{Body, InviteId};
use crate::ua::event::Source;

/// A fact about one subscription, once.
#[derive(Clone, Debug)]
pub enum SubscriptionEvent {
    /// Our SUBSCRIBE or REFER, or a refresh, was taken. Seconds granted, where the response says so. A SUBSCRIBE is
    /// refreshed by itself.
    Accepted { id: SubscriptionId, expires_s: Option<u32> },
    /// Our SUBSCRIBE or REFER was refused; the last event of its id. No response in time is a 408, a dead transport
    /// a 503, both with `synthetic`.
    Refused { id: SubscriptionId, code: u16, reason: String, headers: Headers, synthetic: bool },
    /// A refresh was refused in a way that leaves the subscription as it was; it is tried again by itself.
    RefreshRefused { id: SubscriptionId, code: u16 },
    /// Our SUBSCRIBE or REFER reached one more notifier: `id` is a subscription of its own.
    Forked { id: SubscriptionId, of: SubscriptionId },
    /// A NOTIFY; 200 is already sent.
    Notified {
        /// Which subscription.
        id: SubscriptionId,
        /// What it says about the subscription.
        state: SubscriptionState,
        /// What it says about the resource.
        body: Option<Body>,
    },
    /// A peer's SUBSCRIBE waits for [`Endpoint::accept_subscription`](crate::Endpoint::accept_subscription) or
    /// [`Endpoint::refuse_subscription`](crate::Endpoint::refuse_subscription).
    Requested {
        /// The subscription that it may become.
        id: SubscriptionId,
        /// The call whose dialog it came in.
        call: Option<InviteId>,
        /// Seconds that will be granted at most; 0 asks for the state once.
        expires_s: u32,
        /// The SUBSCRIBE.
        request: Box<Request>,
        /// Who sent it.
        source: Source,
    },
    /// A peer refreshed its subscription; 200 is already sent, and
    /// [`Endpoint::notify`](crate::Endpoint::notify) has to tell it the whole state now (RFC 6665 §4.2.1.2).
    Refreshed { id: SubscriptionId, expires_s: u32, body: Option<Body> },
    /// A peer's REFER waits for [`Endpoint::accept_refer`](crate::Endpoint::accept_refer) or
    /// [`Endpoint::refuse_subscription`](crate::Endpoint::refuse_subscription).
    Referred { id: SubscriptionId, referred: Box<Referred> },
    /// The subscription is over; the last event of its id, as is `Refused`.
    Ended { id: SubscriptionId, end: SubscriptionEnd },
}

/// What a peer's REFER asks for.
#[derive(Clone, Debug)]
pub struct Referred {
    /// The call whose dialog it came in, or that its Target-Dialog names.
    pub call: Option<InviteId>,
    /// Whom to call, without the headers of its URI.
    pub refer_to: NameAddr,
    /// The method to use; INVITE if the URI names none.
    pub method: Method,
    /// The Replaces among the headers of its URI: the dialog to take over (RFC 3891).
    pub replaces: Option<Replaces>,
    /// On whose behalf.
    pub referred_by: Option<NameAddr>,
    /// The dialog that it names (RFC 4538), whether or not it is one of ours.
    pub target_dialog: Option<TargetDialog>,
    /// Whether the peer wants to be told how it goes.
    pub tell_me: TellMe,
    /// The REFER.
    pub request: Request,
    /// Who sent it.
    pub source: Source,
}

/// Why a subscription is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionEnd {
    /// The notifier's last NOTIFY said so.
    Terminated { reason: Option<TerminationReason>, retry: Retry },
    /// We unsubscribed, or the peer did.
    Unsubscribed,
    /// Nobody refreshed it in time.
    Expired,
    /// No NOTIFY followed a SUBSCRIBE, or nobody answered a NOTIFY.
    Unanswered,
    /// A refresh or a NOTIFY met a refusal that ends it.
    Refused { code: u16 },
    /// The peer took our REFER, or we took the peer's, without telling how it goes.
    Untold,
    /// We sent the last NOTIFY.
    Closed,
    /// The peer's SUBSCRIBE or REFER was refused, or nobody decided about it.
    Declined,
}
