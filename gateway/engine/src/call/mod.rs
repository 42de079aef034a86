//! One call: its legs, its state, what it tells.
//!
//! Every call runs in the same order: the caller's port is opened first, so that a description that cannot work
//! is refused before any phone rings; then the callee is reached; then both ports are joined. What differs is in
//! [`hunt`] (browsers that ring) and [`dial`] (trunks that are tried). [`bridge`] is the table between the sides,
//! [`transfer`] the one for handing over a call to a third; [`arrange`] joins and parts what those decide.

mod arrange;
pub(crate) mod bridge;
mod collect;
mod command;
mod dial;
mod digits;
mod ending;
mod event;
mod hand_over;
mod hold;
mod hunt;
mod link;
mod play;
mod reattach;
mod record;
mod renegotiate;
mod snapshot;
mod sound;
mod state;
mod timers;
mod transfer;
mod verdict;

use std::time::SystemTime;

use media::dtmf::Clamp;
use media::{MediaCommand, PortSpec};

pub use collect::{Collect, CollectEnding, Collected, Privacy};
pub use command::{CallCommand, Originate};
pub use event::{CallEvent, CallFact};
pub use hold::HeldBy;
pub use play::{PlayEnding, Playlist, Sound};
pub use record::{PausedBy, RecordingFault, RecordingReport, RecordingResult};
pub use snapshot::{CallSnapshot, LegSnapshot};
pub use state::{CallState, Direction, Side, TransferKind};
pub use verdict::{DirectionVerdict, MediaVerdict};

pub(crate) use dial::Dial;
pub(crate) use ending::Ending;
pub(crate) use hand_over::{Handover, Target};
pub(crate) use hunt::Invitation;
pub(crate) use sound::port_of;
pub(crate) use transfer::Step;

use crate::ids::{CallId, CollectId, LegId, RecordingId, SessionId, UserId};
use crate::leg::port::Port;
use crate::leg::{Leg, LegState, Owner, Signal};
use crate::outcome::Outcome;
use crate::switch::{Context, Output, Refused};
use bridge::Talk;
use collect::Collecting;
use digits::{InfoQueue, Withheld};
use hand_over::Transfer;
use play::Play;
use record::Recording;
use timers::Timers;

/// Where a leg stands in its call's list; legs are never removed from it.
pub(crate) type LegIndex = usize;

/// What is known of a call when it is made.
pub(crate) struct Origin {
    pub(crate) id: CallId,
    pub(crate) direction: Direction,
    pub(crate) user: UserId,
    pub(crate) from: String,
    pub(crate) from_name: Option<String>,
    pub(crate) to: String,
}

/// One call.
pub(crate) struct Call {
    origin: Origin,
    worker: u16,
    created_at: SystemTime,
    answered_at: Option<SystemTime>,
    ended_at: Option<SystemTime>,
    state: CallState,
    early_media: bool,
    outcome: Option<Outcome>,
    seq: u64,
    legs: Vec<Leg>,
    /// Where the legs of the latest hunt for a browser begin.
    hunted_from: LegIndex,
    /// The user's side, once it is there: a browser, or what the call was handed over to.
    near: Option<LegIndex>,
    /// The other side: the trunk that is in the call or being tried.
    far: Option<LegIndex>,
    /// What is left to try, for whoever is called now.
    dial: Option<Dial>,
    /// The two that hear each other.
    pair: Option<[LegIndex; 2]>,
    /// Whether they do, as was told last.
    verdict: Option<MediaVerdict>,
    transfer: Option<Transfer>,
    timers: Timers,
    info: InfoQueue,
    /// What is played; one at most a leg.
    plays: Vec<Play>,
    collecting: Option<Collecting>,
    /// Keys that events leave out, until a program takes them.
    collected: Option<(CollectId, String)>,
    recording: Option<Recording>,
    /// All there were.
    recordings: Vec<RecordingId>,
    withheld: Withheld,
}

impl Call {
    pub(crate) fn new(context: &mut Context<'_>, origin: Origin) -> Self {
        context.index.count_user_call(&origin.user);
        let worker = context.index.take_worker(context.config.workers);
        Self {
            origin,
            worker,
            created_at: context.now.wall,
            answered_at: None,
            ended_at: None,
            state: CallState::Queued,
            early_media: false,
            outcome: None,
            seq: 0,
            legs: Vec::new(),
            hunted_from: 0,
            near: None,
            far: None,
            dial: None,
            pair: None,
            verdict: None,
            transfer: None,
            timers: Timers::default(),
            info: InfoQueue::default(),
            plays: Vec::new(),
            collecting: None,
            collected: None,
            recording: None,
            recordings: Vec::new(),
            withheld: Withheld::default(),
        }
    }

    pub(crate) const fn id(&self) -> CallId {
        self.origin.id
    }

    pub(crate) const fn user(&self) -> &UserId {
        &self.origin.user
    }

    pub(crate) fn leg_id(&self, leg: LegIndex) -> LegId {
        self.legs[leg].id
    }

    /// Only the user's side decides about the call.
    pub(crate) fn own(&self, leg: LegIndex) -> Result<(), Refused> {
        if self.near == Some(leg) { Ok(()) } else { Err(Refused::WrongState) }
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.outcome.is_some()
    }

    /// How many events it has told.
    pub(crate) const fn seq(&self) -> u64 {
        self.seq
    }

    const fn talk(&self) -> Talk {
        if self.answered_at.is_some() { Talk::Answered } else { Talk::NotYet }
    }

    /// The live leg of a session.
    pub(crate) fn leg_of(&self, session: SessionId) -> Option<LegIndex> {
        self.legs.iter().position(|leg| leg.is_live() && leg.session() == Some(session))
    }

    fn add_leg(&mut self, context: &mut Context<'_>, side: Side, signal: Signal, owner: Owner) -> LegIndex {
        match &signal {
            Signal::Rtc(rtc) => context.index.join_session(rtc.session, self.id()),
            Signal::Sip(sip) => {
                context.index.invites.insert(sip.invite, self.id());
                context.index.count_trunk_leg(&sip.trunk);
            }
        }
        let id = context.ids.leg(context.now);
        self.legs.push(Leg::new(id, side, signal, owner));
        self.legs.len() - 1
    }

    fn open_port(&mut self, context: &mut Context<'_>, leg: LegIndex, spec: PortSpec) {
        let port = media::PortId(context.ids.number());
        context.index.ports.insert(port, self.id());
        self.legs[leg].port = Some(Port::new(port));
        context.media(self.worker, MediaCommand::Open { port, spec });
    }

    fn open_trunk_port(&mut self, context: &mut Context<'_>, leg: LegIndex, spec: PortSpec, clamp: Clamp) {
        self.open_port(context, leg, spec);
        if let Some(port) = self.port(leg).filter(|_| clamp == Clamp::On) {
            context.media(self.worker, MediaCommand::ClampDigits { port: port.id, clamp });
        }
    }

    fn emit(&mut self, context: &mut Context<'_>, leg: Option<LegIndex>, fact: CallFact) {
        self.seq += 1;
        let leg = leg.map(|leg| self.legs[leg].id);
        let event = CallEvent { call: self.id(), seq: self.seq, at: context.now.wall, leg, fact };
        context.outputs.push_back(Output::Event(event));
    }

    fn emit_initiated(&mut self, context: &mut Context<'_>) {
        let snapshot = Box::new(self.snapshot());
        self.emit(context, None, CallFact::Initiated(snapshot));
    }

    pub(crate) fn snapshot(&self) -> CallSnapshot {
        CallSnapshot {
            id: self.id(),
            direction: self.origin.direction,
            state: self.state,
            from: self.origin.from.clone(),
            to: self.origin.to.clone(),
            user: self.origin.user.clone(),
            created_at: self.created_at,
            answered_at: self.answered_at,
            ended_at: self.ended_at,
            early_media: self.early_media,
            muted: self.near.is_some_and(|near| self.legs[near].muted),
            held: (0..self.legs.len()).any(|leg| self.is_held(leg)),
            transfer: self.transfer.as_ref().map(Transfer::kind),
            media: self.verdict,
            outcome: self.outcome.clone(),
            recordings: self.recordings.clone(),
            legs: self
                .legs
                .iter()
                .enumerate()
                .map(|(index, leg)| leg.snapshot(self.is_held(index)))
                .collect(),
        }
    }

    fn is_unanswered_leg(&self, leg: LegIndex) -> bool {
        self.legs[leg].state() < LegState::Answered
    }
}
