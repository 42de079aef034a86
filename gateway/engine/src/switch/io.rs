//! What crosses the rim of a [`Switch`](super::Switch).

use std::time::{Duration, Instant};

use media::{AddedDelay, MediaCommand};
use sip_stack::message::Uri;
use sip_stack::{Body, Hangup, Invite, InviteId, NextHop, RegistrationId, Respond};

use crate::call::{CallEvent, CallSnapshot, CallState, DirectionVerdict, HeldBy, Side, TransferKind};
use crate::cause::Cause;
use crate::grants::Grants;
use crate::ids::{CallId, CollectId, PlayId, RecordingId, RequestId, SessionId, UserId};
use crate::outcome::Outcome;

/// A browser comes or goes.
#[derive(Clone, Debug)]
pub enum SessionEvent {
    /// It showed a valid token.
    Connected { session: SessionId, user: UserId, grants: Grants },
    /// Its signalling is lost and may come back; its calls and their sound go on.
    Detached { session: SessionId },
    /// It is back, with the grants of its latest token.
    Resumed { session: SessionId, grants: Grants, page: Page },
    /// It is gone for good.
    Ended { session: SessionId },
}

/// What a browser that comes back knows of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// All that it was told.
    Same,
    /// Nothing: it was loaded again, and is told how each call stands.
    Reloaded,
}

/// Which browser asks about which call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RtcOrigin {
    /// The browser.
    pub session: SessionId,
    /// The call.
    pub call: CallId,
    /// For the reply.
    pub request: RequestId,
}

/// What a browser asks; each is answered by exactly one [`Output::Reply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RtcRequest {
    /// Places a call.
    Start(Start),
    /// Takes a call that rings.
    Accept { sdp: String },
    /// Refuses a call that rings.
    Reject { cause: RejectCause },
    /// Brings the sound to a new peer connection.
    Reattach { sdp: String },
    /// Restarts ICE in the peer connection that there is.
    RestartIce { sdp: String },
    /// Ends a call in any state.
    Hangup,
    /// A trickled candidate, or the end mark.
    Candidate(Option<String>),
    /// Sends digits to the far side.
    SendDigits { digits: String, each: Duration },
    /// The microphone was muted or unmuted.
    Mute { muted: bool },
    /// Parts the user from the far side until `Unhold`.
    Hold,
    /// Joins them again.
    Unhold,
    /// Hands the far side over to whoever answers at a user, a number or a SIP URI.
    Transfer { to: String },
    /// Calls somebody to talk to while the far side is on hold.
    Consult { to: String },
    /// Hands the far side over to whom the user consults.
    CompleteTransfer,
    /// Takes back a transfer or a consultation.
    CancelTransfer,
}

/// A call to place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// A number or SIP URI, as a person wrote it.
    pub to: String,
    /// The caller id to show.
    pub from: Option<String>,
    /// The browser's offer.
    pub sdp: String,
    /// `X-` headers for the trunk: name and value, checked by the wire types.
    pub headers: Vec<(String, String)>,
}

/// Why a browser refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RejectCause {
    /// The user is in another call.
    Busy,
    /// The user does not want it.
    Declined,
}

/// Who muted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MutedBy {
    /// The user in the browser.
    User,
    /// A program, through the API.
    System,
}

/// What a browser is told about a call.
#[derive(Clone, Debug, PartialEq)]
pub enum RtcNotice {
    /// The answer to its offer.
    Description { sdp: String },
    /// A call rings it. `from` and `from_name` are a stranger's words.
    Incoming { from: String, from_name: Option<String>, to: String },
    /// The call as it stands, for a page that was loaded again.
    State(Box<RtcState>),
    /// The far phone rings.
    Ringing { early_media: bool },
    /// The far side answered.
    Answered,
    /// The mute state changed.
    Muted { muted: bool, by: MutedBy },
    /// A side holds, or no more.
    Held { held: bool, by: HeldBy },
    /// How the handing over of the call goes.
    Transfer { kind: TransferKind, state: TransferState, to: String },
    /// The far side pressed a key.
    Digit { digit: char, duration: Duration },
    /// How both sides sound, each second.
    Quality { browser: Option<Quality>, trunk: Option<Quality> },
    /// Whether it hears, and is heard.
    Judged { from_browser: DirectionVerdict, to_browser: DirectionVerdict },
    /// The call is over for this browser; the last notice of a call.
    Ended(Outcome),
}

/// A call as it stands, for one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RtcState {
    /// Which side of the call this browser is.
    pub side: Side,
    /// The caller, in a stranger's words.
    pub from: String,
    /// The caller's name, in a stranger's words.
    pub from_name: Option<String>,
    /// The callee.
    pub to: String,
    /// Where the call is.
    pub state: CallState,
    /// Whether this browser placed or took it; if not, it rings here.
    pub taken: bool,
    /// Whether the far side sends sound before it answers.
    pub early_media: bool,
    /// Whether the browser is muted.
    pub muted: bool,
    /// Whether this side, or a program, has the far side on hold.
    pub held: bool,
    /// How long ago it was answered.
    pub answered_ago: Option<Duration>,
}

/// How far the handing over of a call has come, as whoever hands it over is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// The far side is on hold, the target is called.
    Started,
    /// The target's phone rings.
    Ringing,
    /// The target of a consultation answered, or the peer that is asked to transfer agreed.
    Accepted,
    /// It came to nothing; the two talk as before, if both are still there.
    Failed { cause: Cause },
    /// The call is handed over; its end for this browser follows.
    Completed,
}

/// How one side of the gateway sounds, over the last second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// The codec's RTP name.
    pub codec: &'static str,
    /// When known.
    pub round_trip_ms: Option<f32>,
    /// The share of packets lost on the way to the gateway, 0 to 1.
    pub loss: f32,
    /// RFC 3550 interarrival jitter.
    pub jitter_ms: f32,
    /// Mean opinion score of what came from that side (ITU-T G.107), 1 to 4.4; `None` when nothing did.
    pub mos: Option<f32>,
    /// Of what went there, as that side reports it.
    pub remote_mos: Option<f32>,
    /// The level of what came from that side, dBov.
    pub level_dbov: f32,
    /// How long packets from that side were in the gateway.
    pub added_delay: Option<AddedDelay>,
}

/// A command for the [`Endpoint`](sip_stack::Endpoint); mirrors its methods.
#[derive(Clone, Debug)]
pub enum SipCommand {
    /// [`Endpoint::invite`](sip_stack::Endpoint::invite); if it is refused, tell
    /// [`Switch::handle_sip_refused`](super::Switch::handle_sip_refused).
    Invite(InviteId, Box<Invite>),
    /// [`Endpoint::respond`](sip_stack::Endpoint::respond)
    Respond(InviteId, Respond),
    /// [`Endpoint::ack`](sip_stack::Endpoint::ack)
    Ack(InviteId, Body),
    /// [`Endpoint::hangup`](sip_stack::Endpoint::hangup)
    Hangup(InviteId, Hangup),
    /// [`Endpoint::reoffer`](sip_stack::Endpoint::reoffer)
    Reoffer(InviteId, Body),
    /// [`Endpoint::answer_reoffer`](sip_stack::Endpoint::answer_reoffer)
    AnswerReoffer(InviteId, u16, Option<Body>),
    /// [`Endpoint::info`](sip_stack::Endpoint::info)
    Info(InviteId, Body),
    /// [`Endpoint::options`](sip_stack::Endpoint::options)
    Options(RegistrationId, Box<Uri>, NextHop),
}

/// What a switch holds at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Live calls.
    pub calls: usize,
    /// Connected browsers.
    pub sessions: usize,
    /// Ports, INVITEs and counters of live calls; 0 when no call is live.
    pub entries: usize,
}

/// What a request got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It was done.
    Done,
    /// The call that it made.
    Call(Box<CallSnapshot>),
    /// The playing that began.
    Play(PlayId),
    /// The collection that began.
    Collect(CollectId),
    /// The keys that were asked for.
    Digits(String),
    /// The recording that began.
    Recording(RecordingId),
}

/// Why a request got nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The session was never connected, or has ended.
    #[error("no such session")]
    UnknownSession,
    /// There is no such call, or it is not the session's.
    #[error("no such call")]
    UnknownCall,
    /// A call with this id exists or existed.
    #[error("a call with this id exists")]
    CallExists,
    /// The call has no such leg.
    #[error("no such leg")]
    UnknownLeg,
    /// The call is not in a state for that.
    #[error("the call is not in a state for that")]
    WrongState,
    /// The number cannot be dialled.
    #[error("not a number that can be dialled")]
    InvalidNumber,
    /// The digits cannot be sent.
    #[error("digits are 0-9, *, #, A-D, 64 at most")]
    InvalidDigits,
    /// The grants leave the number out.
    #[error("the grants leave this destination out")]
    DestinationForbidden,
    /// The grants leave the caller id out.
    #[error("the grants leave this caller id out")]
    CallerIdForbidden,
    /// A limit on calls is reached.
    #[error("too many calls at this time")]
    LimitReached,
    /// No route leads to the number.
    #[error("no route leads to this number")]
    NoRoute,
    /// There is no such user.
    #[error("no such user")]
    UnknownUser,
    /// The user has no browser connected.
    #[error("the user has no phone connected")]
    UserUnavailable,
    /// The gateway is about to stop.
    #[error("the gateway is about to stop")]
    Draining,
}

/// An effect for the driver, in order.
#[must_use]
#[derive(Clone, Debug)]
pub enum Output {
    /// For the SIP endpoint.
    Sip(SipCommand),
    /// For a browser.
    Rtc { session: SessionId, call: CallId, notice: RtcNotice },
    /// For a media worker.
    Media { worker: u16, command: MediaCommand },
    /// For whoever listens.
    Event(CallEvent),
    /// For whoever asked.
    Reply { request: RequestId, result: Result<Reply, Refused> },
    /// Nothing more to do before this time.
    Timeout(Instant),
}
