//! One call: its legs, its state, what it tells.
//!
//! Every call runs in the same order: the caller's port is opened first, so that a description that cannot work
//! is refused before any phone rings; then the callee is reached; then both ports are joined. What differs is in
//! [`hunt`] (browsers that ring) and [`dial`] (trunks that are tried). [`bridge`] is the table between the sides.

pub(crate) mod bridge;
mod command;
mod dial;
mod digits;
mod ending;
mod event;
mod hunt;
mod link;
mod reattach;
mod renegotiate;
mod snapshot;
mod sound;
mod state;
mod timers;

use std::time::SystemTime;

use media::{MediaCommand, PortSpec};

pub use command::{CallCommand, Originate};
pub use event::{CallEvent, CallFact};
pub use snapshot::{CallSnapshot, LegSnapshot};
pub use state::{CallState, Direction, Side};

pub(crate) use dial::Dial;
pub(crate) use ending::Ending;
pub(crate) use hunt::Invitation;
pub(crate) use sound::port_of;

use crate::ids::{CallId, SessionId, UserId};
use crate::leg::port::{Descriptions, Port};
use crate::leg::{Leg, LegState, Owner, Signal};
use crate::outcome::Outcome;
use crate::switch::{Context, Output};
use bridge::Talk;
use digits::InfoQueue;
use timers::Timers;

/// Where a leg stands in its call's list; legs are never removed from it.
pub(crate) type LegIndex = usize;

/// Whether the two ports are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bridge {
    Apart,
    Joined,
}

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
    muted: bool,
    held: bool,
    outcome: Option<Outcome>,
    seq: u64,
    legs: Vec<Leg>,
    /// The browser that is in the call, once one is.
    browser: Option<LegIndex>,
    /// The trunk that is in the call or being tried.
    trunk: Option<LegIndex>,
    /// What is left to try, outbound.
    dial: Option<Dial>,
    bridge: Bridge,
    timers: Timers,
    info: InfoQueue,
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
            muted: false,
            held: false,
            outcome: None,
            seq: 0,
            legs: Vec::new(),
            browser: None,
            trunk: None,
            dial: None,
            bridge: Bridge::Apart,
            timers: Timers::default(),
            info: InfoQueue::default(),
        }
    }

    pub(crate) const fn id(&self) -> CallId {
        self.origin.id
    }

    pub(crate) const fn is_over(&self) -> bool {
        self.outcome.is_some()
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

    /// Joins both ports as soon as each has both its descriptions.
    fn join(&mut self, context: &mut Context<'_>) {
        let (Some(browser), Some(trunk)) = (self.browser, self.trunk) else { return };
        let complete = |leg: LegIndex| {
            let port = self.legs[leg].port.as_ref()?;
            (port.descriptions == Descriptions::Complete).then_some(port.id)
        };
        let ports = (complete(browser), complete(trunk));
        let ((Some(a), Some(b)), Bridge::Apart) = (ports, self.bridge) else { return };
        context.media(self.worker, MediaCommand::Bridge { a, b });
        self.bridge = Bridge::Joined;
        for leg in [browser, trunk] {
            self.legs[leg].hand_over(Owner::Bridge);
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
            muted: self.muted,
            held: self.held,
            outcome: self.outcome.clone(),
            legs: self.legs.iter().map(Leg::snapshot).collect(),
        }
    }

    fn is_unanswered_leg(&self, leg: LegIndex) -> bool {
        self.legs[leg].state() < LegState::Answered
    }
}
