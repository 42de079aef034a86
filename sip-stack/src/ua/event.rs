//! What an [`Endpoint`](crate::Endpoint) tells its owner.

use std::net::SocketAddr;

use super::command::{Body, InviteId, LocateId, Reason, RegistrationId, Target};
use super::in_call::InCallEvent;
use super::publication::PublicationEvent;
use super::relation::Relation;
use super::request::{OutgoingId, RequestId, Unreplied};
use super::subscription::SubscriptionEvent;
use crate::message::{Headers, Request, Response};
use crate::proxy::Hop;
use crate::registrar::BindingRef;
use crate::resolve::Unresolved;
use crate::transport::{FlowId, Transport};

/// Who sent a request, as the network saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The transport it came over.
    pub transport: Transport,
    /// The packet's source, never a header's word.
    pub remote: SocketAddr,
    /// The address of ours that it reached.
    pub local: SocketAddr,
    /// The stream that it came on.
    pub flow: Option<FlowId>,
}

/// Why a call's dialog is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The peer's BYE.
    Remote,
    /// Our own BYE was answered, or gave up waiting.
    Local,
    /// A refresh or ACK that never came, or a dead connection.
    Failure,
}

/// How a provisional response is acknowledged (RFC 3262).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prack {
    /// It does not ask for it.
    NotNeeded,
    /// By the endpoint.
    Sent,
    /// By the owner, with [`Endpoint::prack`](crate::Endpoint::prack): the response carries an offer to be answered,
    /// or [`CallOptions::pracks`](crate::CallOptions::pracks) says so.
    Owed,
}

/// A fact, once.
#[derive(Clone, Debug)]
pub enum UaEvent {
    /// A new call asks to be answered; `100 Trying` is already sent.
    /// `relations` are the calls of ours that it names, as far as [`Config::relations`](crate::Config::relations) asks.
    Incoming { id: InviteId, request: Box<Request>, source: Source, relations: Vec<Relation> },
    /// A provisional response (101-199) to our INVITE. `fork` tells early dialogs apart. `body` is the answer to our
    /// offer, which counts from here on if the response is reliable, or the peer's offer if ours was left out.
    Progress {
        id: InviteId,
        fork: u32,
        code: u16,
        reason: String,
        headers: Headers,
        body: Option<Body>,
        prack: Prack,
    },
    /// The first 2xx; the ACK is sent unless the 2xx carried an offer that waits for
    /// [`Endpoint::ack`](crate::Endpoint::ack). 2xx from other forks are acknowledged and ended by the endpoint.
    /// There is no `body` if a reliable provisional response has settled the session.
    Answered { id: InviteId, fork: u32, headers: Headers, body: Option<Body> },
    /// A final refusal (300-699). No response in time is a 408, a dead transport
    /// or a name that leads nowhere a 503, all with `synthetic`.
    Failed { id: InviteId, code: u16, reason: String, headers: Headers, synthetic: bool },
    /// The caller gave up before an answer; 487 is already sent.
    Canceled { id: InviteId, reason: Option<Reason> },
    /// Our 2xx was acknowledged, or a reliable provisional response with our offer; `body` answers a late offer.
    Acknowledged { id: InviteId, body: Option<Body> },
    /// An offer of the peer's in a re-INVITE, UPDATE or PRACK waits for
    /// [`Endpoint::answer_reoffer`](crate::Endpoint::answer_reoffer).
    /// A session refresh without a body is answered by the endpoint with the last description.
    Reoffer { id: InviteId, fork: u32, body: Option<Body> },
    /// The end of an offer of ours after the first: 200, or the code of its refusal, which leaves the session as it
    /// was (491 is tried again by the endpoint). After [`Endpoint::request_offer`](crate::Endpoint::request_offer)
    /// `body` is the peer's offer and waits for [`Endpoint::ack`](crate::Endpoint::ack). There is none where a later
    /// exchange has overtaken the answer.
    ReofferDone { id: InviteId, fork: u32, code: u16, body: Option<Body> },
    /// An INFO inside the dialog; 200 is already sent.
    Info { id: InviteId, body: Body },
    /// The call is over. Exactly one of `Failed`, `Canceled` and `Ended` is the last event of an id.
    Ended { id: InviteId, by: EndedBy, reason: Option<Reason> },
    /// A request outside of calls, of a method in [`Config::screen`](crate::Config::screen), waits for
    /// [`Endpoint::reply`](crate::Endpoint::reply) or [`Endpoint::serve`](crate::Endpoint::serve).
    Requested { id: RequestId, request: Box<Request>, source: Source },
    /// The caller gave up a screened INVITE; 487 is already sent.
    RequestCanceled { id: RequestId },
    /// A binding's flow leads nowhere any more: [`Registrar::flow_failed`](crate::registrar::Registrar::flow_failed)
    /// sets it aside. The forwarded request goes on by itself.
    FlowFailed { binding: BindingRef, hop: Hop },
    /// The final response to a request of [`Endpoint::send`](crate::Endpoint::send).
    Replied { id: OutgoingId, response: Box<Response> },
    /// The end of such a request that has none.
    Unreplied { id: OutgoingId, why: Unreplied },
    /// News of a subscription, of either end.
    Subscription(SubscriptionEvent),
    /// News of a publication of ours.
    Publication(PublicationEvent),
    /// News of a call that not every call has.
    InCall(InCallEvent),
    /// A registration succeeded and is refreshed by itself.
    Registered { id: RegistrationId, expires_s: u32 },
    /// A registration failed; it is tried again by itself with back-off. `headers` are the response's: those of a
    /// 401 may say where a token is had ([`BearerChallenge`](crate::auth::BearerChallenge)).
    RegistrationFailed { id: RegistrationId, code: u16, reason: String, headers: Headers, retry_in_s: u32 },
    /// The answer to [`Endpoint::locate`](crate::Endpoint::locate): the targets in the order to try them.
    Located { id: LocateId, targets: Result<Vec<Target>, Unresolved> },
    /// The answer to [`Endpoint::options`](crate::Endpoint::options); 408 when none came.
    OptionsAnswered { id: RegistrationId, code: u16 },
}
