//! Carries out what the table of transfers says: the target is called within the call, as a third leg.

use super::bridge::LegEvent;
use super::dial::Dial;
use super::ending::Farewell;
use super::hold::HeldBy;
use super::hunt::Ring;
use super::transfer::{Act, Near, Stage, Step, react};
use super::{Call, CallFact, CallState, Direction, Ending, LegIndex, Talk, TransferKind};
use crate::cause::Cause;
use crate::ids::{SessionId, UserId};
use crate::outcome::EndedBy;
use crate::switch::{Context, Refused, RtcNotice, TransferState};

/// Who is to get a call.
pub(crate) enum Target {
    /// Whoever answers at a trunk.
    Number(Box<Dial>),
    /// Whoever of a user's browsers accepts.
    User(UserId),
}

/// A transfer to begin.
pub(crate) struct Handover {
    pub(crate) kind: TransferKind,
    /// As the user wrote it.
    pub(crate) to: String,
    pub(crate) target: Target,
    pub(crate) by: HeldBy,
}

/// A transfer under way.
pub(super) struct Transfer {
    pub(super) stage: Stage,
    /// The leg that is called, or that won the hunt.
    pub(super) target: Option<LegIndex>,
    to: String,
    alerted: bool,
}

impl Transfer {
    pub(super) const fn kind(&self) -> TransferKind {
        match self.stage {
            Stage::Blind(_) => TransferKind::Blind,
            Stage::Calling | Stage::Consulting => TransferKind::Attended,
        }
    }

    /// How far it has come, as near was told last.
    pub(super) const fn state(&self) -> TransferState {
        match (self.stage, self.alerted) {
            (Stage::Consulting, _) => TransferState::Accepted,
            (Stage::Blind(_) | Stage::Calling, true) => TransferState::Ringing,
            (Stage::Blind(_) | Stage::Calling, false) => TransferState::Started,
        }
    }
}

/// Whether the table of transfers settled an event, or leaves it to the bridge table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    Here,
    Elsewhere,
}

impl Call {
    /// Begins a transfer: far is on hold, the target is called.
    pub(crate) fn transfer(&mut self, context: &mut Context<'_>, wanted: Handover) -> Result<(), Refused> {
        let Handover { kind, to, target, by } = wanted;
        let (Some(near), Some(_), Talk::Answered, None) = (self.near, self.far, self.talk(), &self.transfer)
        else {
            return Err(Refused::WrongState);
        };
        if let Target::User(user) = &target
            && self.ringable(context, user).is_empty()
        {
            return Err(Refused::UserUnavailable);
        }
        let stage = match kind {
            TransferKind::Blind => Stage::Blind(Near::There),
            TransferKind::Attended => Stage::Calling,
        };
        self.transfer = Some(Transfer { stage, target: None, to: to.clone(), alerted: false });
        self.hold_near(context, near, Some(by), by);
        self.arrange(context);
        self.tell_transfer(context, TransferState::Started);
        self.emit(context, Some(near), CallFact::TransferStarted { kind, to });
        match target {
            Target::Number(dial) => {
                self.dial = Some(*dial);
                self.dial_next(context, Ending::new(EndedBy::System, Cause::NoRoute));
            }
            Target::User(user) => self.ring_target(context, user, near),
        }
        Ok(())
    }

    fn ring_target(&mut self, context: &mut Context<'_>, user: UserId, near: LegIndex) {
        let (from, from_name) = match self.origin.direction {
            Direction::Inbound => (self.origin.from.clone(), self.origin.from_name.clone()),
            Direction::Outbound => (self.origin.to.clone(), None),
        };
        let to = self.transfer.as_ref().map(|transfer| transfer.to.clone()).unwrap_or_default();
        let sessions = self.ringable(context, &user);
        self.ring(context, Ring { sessions, side: self.legs[near].side, from, from_name, to });
    }

    /// The browsers of a user that are not in this call.
    fn ringable(&self, context: &Context<'_>, user: &UserId) -> Vec<SessionId> {
        let sessions = context.index.sessions_of(user);
        sessions.into_iter().filter(|session| self.leg_of(*session).is_none()).collect()
    }

    /// Near asks for the next step of its transfer.
    pub(crate) fn ask_transfer(&mut self, context: &mut Context<'_>, step: Step) -> Result<(), Refused> {
        let stage = self.transfer.as_ref().map(|transfer| transfer.stage).ok_or(Refused::WrongState)?;
        if react(stage, step) == Act::Refuse {
            return Err(Refused::WrongState);
        }
        self.step(context, step);
        Ok(())
    }

    /// The leg belongs to whoever is called for a transfer.
    pub(super) fn is_target(&self, leg: LegIndex) -> bool {
        self.transfer.is_some() && self.near != Some(leg) && self.far != Some(leg)
    }

    /// Whoever was called cannot be reached.
    pub(super) fn unreached(&mut self, context: &mut Context<'_>, ending: Ending) {
        if self.transfer.is_none() {
            return self.finish(context, ending);
        }
        self.step(context, Step::TargetFails(ending.cause()));
    }

    /// A leg cannot go on.
    pub(super) fn fail(&mut self, context: &mut Context<'_>, leg: LegIndex, cause: Cause) {
        let ending = Ending::new(EndedBy::System, cause);
        if self.is_target(leg) { self.unreached(context, ending) } else { self.finish(context, ending) }
    }

    /// An event during a transfer.
    pub(super) fn on_transfer_event(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        event: &LegEvent,
    ) -> Settled {
        let step = match event {
            LegEvent::Ringing => Step::TargetRings,
            LegEvent::EarlyMedia => Step::TargetSounds,
            LegEvent::Answered => Step::TargetAnswers,
            LegEvent::Refused(refusal) if self.is_target(leg) => {
                self.try_next(context, leg, refusal.clone());
                return Settled::Here;
            }
            LegEvent::HungUp { .. } | LegEvent::Refused(_) => self.leaves(leg, None),
            LegEvent::Lost(cause) => self.leaves(leg, Some(*cause)),
            LegEvent::Ready | LegEvent::Digit { .. } => return Settled::Elsewhere,
        };
        let about_target = matches!(step, Step::TargetRings | Step::TargetSounds | Step::TargetAnswers);
        if self.transfer.is_none() || about_target && !self.is_target(leg) {
            return Settled::Elsewhere;
        }
        self.step(context, step)
    }

    fn leaves(&self, leg: LegIndex, lost: Option<Cause>) -> Step {
        if self.near == Some(leg) {
            return Step::NearLeaves;
        }
        if self.far == Some(leg) {
            return Step::FarLeaves;
        }
        let hung_up = if self.is_unanswered_leg(leg) { Cause::Declined } else { Cause::Normal };
        Step::TargetFails(lost.unwrap_or(hung_up))
    }

    fn step(&mut self, context: &mut Context<'_>, step: Step) -> Settled {
        let Some(transfer) = &mut self.transfer else { return Settled::Elsewhere };
        match react(transfer.stage, step) {
            Act::Alert => self.alert_near(context),
            Act::Listen => {
                self.alert_near(context);
                self.arrange(context);
            }
            Act::Consult => self.consult(context),
            Act::HandOver => self.complete(context),
            Act::Return(cause) => self.come_back(context, cause),
            Act::LetNearGo => self.let_near_go(context),
            Act::GoBlind => {
                transfer.stage = Stage::Blind(Near::There);
                self.arrange(context);
            }
            Act::KeepTarget => self.keep_target(context),
            Act::EndFailed(cause) => self.finish(context, Ending::new(EndedBy::System, cause)),
            Act::End => return Settled::Elsewhere,
            Act::Ignore | Act::Refuse => {}
        }
        Settled::Here
    }

    fn alert_near(&mut self, context: &mut Context<'_>) {
        let alerted = self.transfer.as_mut().map(|transfer| std::mem::replace(&mut transfer.alerted, true));
        if alerted == Some(false) {
            self.tell_transfer(context, TransferState::Ringing);
        }
    }

    fn consult(&mut self, context: &mut Context<'_>) {
        if let Some(transfer) = &mut self.transfer {
            transfer.stage = Stage::Consulting;
        }
        let target = self.answer_target(context);
        self.tell_transfer(context, TransferState::Accepted);
        self.emit(context, target, CallFact::TransferAccepted);
        self.arrange(context);
    }

    /// The target is in the call from here on.
    fn answer_target(&mut self, context: &mut Context<'_>) -> Option<LegIndex> {
        self.end_search();
        let target = self.transfer.as_ref()?.target?;
        self.tell(context, target, RtcNotice::Answered);
        Some(target)
    }

    /// Nobody is sought any more.
    fn end_search(&mut self) {
        self.dial = None;
        self.timers.ring = None;
        self.timers.answer = None;
    }

    fn complete(&mut self, context: &mut Context<'_>) {
        let target = match self.transfer.as_ref().map(|transfer| transfer.stage) {
            Some(Stage::Consulting) => self.transfer.as_ref().and_then(|transfer| transfer.target),
            Some(Stage::Blind(_) | Stage::Calling) | None => self.answer_target(context),
        };
        self.tell_transfer(context, TransferState::Completed);
        self.transfer = None;
        let near = std::mem::replace(&mut self.near, target);
        if let Some(near) = near {
            self.hold_near(context, near, None, HeldBy::System);
            let aside = Self::aside(EndedBy::System, Cause::Transferred, CallState::Completed);
            self.end_leg(context, near, &aside, Farewell::Tell);
        }
        self.emit(context, target, CallFact::TransferCompleted);
        self.arrange(context);
        self.timers.connect = None;
        self.expect_connection(context, context.config.connect_timeout);
    }

    fn come_back(&mut self, context: &mut Context<'_>, cause: Cause) {
        self.end_targets(context, cause);
        self.give_up(context, cause);
    }

    fn end_targets(&mut self, context: &mut Context<'_>, cause: Cause) {
        let aside = Self::aside(EndedBy::System, cause, CallState::Canceled);
        for leg in 0..self.legs.len() {
            if self.is_target(leg) {
                self.end_leg(context, leg, &aside, Farewell::Tell);
            }
        }
    }

    fn give_up(&mut self, context: &mut Context<'_>, cause: Cause) {
        self.end_search();
        self.tell_transfer(context, TransferState::Failed { cause });
        self.transfer = None;
        if let Some(near) = self.near {
            self.hold_near(context, near, None, HeldBy::System);
        }
        self.emit(context, self.near, CallFact::TransferFailed { cause });
        self.arrange(context);
    }

    fn let_near_go(&mut self, context: &mut Context<'_>) {
        let Some(near) = self.near else { return };
        self.hold_near(context, near, None, HeldBy::System);
        let aside = Self::aside(EndedBy::System, Cause::Transferred, CallState::Completed);
        self.end_leg(context, near, &aside, Farewell::Tell);
        self.near = None;
        self.timers.connect = None;
        if let Some(transfer) = &mut self.transfer {
            transfer.stage = Stage::Blind(Near::Gone);
        }
    }

    fn keep_target(&mut self, context: &mut Context<'_>) {
        let target = self.transfer.as_ref().and_then(|transfer| transfer.target);
        if let Some(far) = std::mem::replace(&mut self.far, target) {
            let aside = Self::aside(EndedBy::System, Cause::Normal, CallState::Completed);
            self.end_leg(context, far, &aside, Farewell::Tell);
        }
        self.give_up(context, Cause::Normal);
    }

    pub(super) fn tell_transfer(&self, context: &mut Context<'_>, state: TransferState) {
        if let (Some(near), Some(transfer)) = (self.near, &self.transfer) {
            let notice = RtcNotice::Transfer { kind: transfer.kind(), state, to: transfer.to.clone() };
            self.tell(context, near, notice);
        }
    }
}
