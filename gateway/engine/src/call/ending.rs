//! How a call ends: once, whole.

use media::MediaCommand;

use super::bridge::Refusal;
use super::{Call, CallFact, CallState, LegIndex, PlayEnding};
use crate::cause::{Cause, Origin};
use crate::leg::{Signal, sip};
use crate::outcome::{EndedBy, Outcome};
use crate::switch::{Context, RtcNotice};

/// Why a call is to end.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    by: EndedBy,
    cause: Cause,
    sip: Option<(u16, String)>,
    q850: Option<u16>,
}

/// Whether the far end of a leg still has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Farewell {
    Tell,
    Gone,
}

impl Ending {
    pub(crate) const fn new(by: EndedBy, cause: Cause) -> Self {
        Self { by, cause, sip: None, q850: None }
    }

    pub(super) const fn with_q850(by: EndedBy, cause: Cause, q850: Option<u16>) -> Self {
        Self { by, cause, sip: None, q850 }
    }

    pub(super) fn refused(refusal: Refusal) -> Self {
        let by = match refusal.origin {
            Origin::Peer => EndedBy::Callee,
            Origin::Local => EndedBy::System,
        };
        Self { by, cause: refusal.cause(), sip: Some((refusal.code, refusal.reason)), q850: None }
    }

    pub(super) const fn cause(&self) -> Cause {
        self.cause
    }

    fn state(&self, call: &Call) -> CallState {
        if call.answered_at.is_some() {
            return CallState::Completed;
        }
        match self.cause {
            Cause::Canceled => CallState::Canceled,
            Cause::Busy => CallState::Busy,
            Cause::NoAnswer | Cause::RingTimeout => CallState::NoAnswer,
            Cause::Normal
            | Cause::Declined
            | Cause::NotFound
            | Cause::Unavailable
            | Cause::Forbidden
            | Cause::InvalidNumber
            | Cause::NoRoute
            | Cause::TrunkUnreachable
            | Cause::TrunkRejected
            | Cause::MediaFailed
            | Cause::MediaTimeout
            | Cause::NoCommonCodec
            | Cause::AnsweredElsewhere
            | Cause::Transferred
            | Cause::SessionLost
            | Cause::LimitReached
            | Cause::GatewayError
            | Cause::GatewayRestart => CallState::Failed,
        }
    }

    fn outcome(self, call: &Call) -> Outcome {
        let state = self.state(call);
        let (sip_code, sip_reason) = self.sip.unzip();
        let q850 = Some(self.q850.unwrap_or_else(|| self.cause.q850()));
        Outcome { state, by: self.by, cause: self.cause, sip_code, sip_reason, q850 }
    }
}

impl Call {
    /// Ends the call: every live leg is told, every port closed, one last event. Later calls do nothing.
    pub(crate) fn finish(&mut self, context: &mut Context<'_>, ending: Ending) {
        if self.is_over() {
            return;
        }
        let outcome = ending.outcome(self);
        if self.transfer.take().is_some() {
            self.emit(context, self.near, CallFact::TransferFailed { cause: outcome.cause });
        }
        self.pair = None;
        for leg in 0..self.legs.len() {
            self.end_leg(context, leg, &outcome, Farewell::Tell);
        }
        self.timers = Default::default();
        self.state = outcome.state;
        self.ended_at = Some(context.now.wall);
        self.outcome = Some(outcome);
        context.index.discount_user_call(&self.origin.user);
        context.index.release_worker(self.worker);
        let snapshot = Box::new(self.snapshot());
        self.emit(context, None, CallFact::Ended(snapshot));
    }

    /// A program hangs up.
    pub(crate) fn hang_up(&mut self, context: &mut Context<'_>) {
        let cause = if self.answered_at.is_some() { Cause::Normal } else { Cause::Canceled };
        self.finish(context, Ending::new(EndedBy::System, cause));
    }

    /// Ends one leg, and its port.
    pub(super) fn end_leg(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        outcome: &Outcome,
        farewell: Farewell,
    ) {
        let id = self.id();
        if !self.legs[leg].is_live() {
            return;
        }
        self.leave_collect(context, leg);
        self.end_plays(context, leg, PlayEnding::Gone);
        self.close_port(context, leg);
        match &self.legs[leg].signal {
            Signal::Rtc(rtc) => {
                context.index.leave_session(rtc.session, id);
                if farewell == Farewell::Tell {
                    context.rtc(rtc.session, id, RtcNotice::Ended(outcome.clone()));
                }
            }
            Signal::Sip(leg) => {
                context.index.discount_trunk_leg(&leg.trunk);
                let known = context.index.invites.remove(&leg.invite).is_some();
                if known && farewell == Farewell::Tell && leg.invited() {
                    context.sip(sip::hangup(leg.invite, outcome.cause));
                }
            }
        }
        self.legs[leg].end(outcome.cause);
    }

    pub(super) fn close_port(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        self.leave_recording(leg);
        if let Some(port) = self.legs[leg].port.take() {
            context.index.ports.remove(&port.id);
            context.media(self.worker, MediaCommand::Close { port: port.id });
        }
    }

    /// Forgets a port that the worker refused to open or has closed.
    pub(super) fn forget_port(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        self.leave_recording(leg);
        if let Some(port) = self.legs[leg].port.take() {
            context.index.ports.remove(&port.id);
        }
    }

    /// An outcome for one leg of a call that goes on.
    pub(super) const fn aside(by: EndedBy, cause: Cause, state: CallState) -> Outcome {
        Outcome { state, by, cause, sip_code: None, sip_reason: None, q850: Some(cause.q850()) }
    }
}
