//! Browsers that ring: all of a user's sessions at once, the first to accept wins.

use std::net::IpAddr;

use bytes::Bytes;
use media::PortSpec;
use sip_stack::InviteId;

use super::bridge::LegEvent;
use super::ending::Farewell;
use super::{Call, CallFact, CallState, Ending, LegIndex, Origin, Side};
use crate::cause::Cause;
use crate::directory::Trunk;
use crate::ids::SessionId;
use crate::leg::port::Descriptions;
use crate::leg::rtc::RtcLeg;
use crate::leg::sip::{Reoffer, Role, SipLeg};
use crate::leg::{Leg, LegState, Owner, Signal};
use crate::outcome::EndedBy;
use crate::switch::{Context, Refused, RejectCause, RtcNotice, Signalling};

/// A trunk's INVITE.
pub(crate) struct Invitation<'a> {
    pub(crate) invite: InviteId,
    pub(crate) trunk: &'a Trunk,
    pub(crate) peer: IpAddr,
    pub(crate) offer: Option<Bytes>,
}

/// Browsers to ring, and what they are told.
pub(super) struct Ring {
    pub(super) sessions: Vec<SessionId>,
    pub(super) side: Side,
    pub(super) from: String,
    pub(super) from_name: Option<String>,
    pub(super) to: String,
}

impl Call {
    /// A trunk calls: its port is opened first, then the browsers ring. A user without one has missed a call.
    pub(crate) fn invite_from(&mut self, context: &mut Context<'_>, invitation: Invitation<'_>) {
        let Invitation { invite, trunk, peer, offer } = invitation;
        let sip = SipLeg {
            trunk: trunk.id.clone(),
            invite,
            role: if offer.is_some() { Role::Offered } else { Role::LateOffer },
            peer,
            dtmf: trunk.dtmf,
            reoffer: Reoffer::None,
        };
        let leg = self.add_leg(context, Side::Caller, Signal::Sip(sip), Owner::Parked);
        self.legs[leg].advance(LegState::Offered);
        self.far = Some(leg);
        self.emit_initiated(context);
        if context.index.sessions_of(&self.origin.user).is_empty() {
            return self.finish(context, Ending::new(EndedBy::System, Cause::Unavailable));
        }
        let (local, codecs) = (context.config.media_ip, trunk.codecs.clone());
        let (dtmf, srtp) = (trunk.dtmf, trunk.srtp);
        let spec = match offer {
            Some(offer) => PortSpec::RtpAnswer { local, codecs, dtmf, srtp, offer, signalled_from: peer },
            None => PortSpec::RtpOffer { local, codecs, dtmf, srtp },
        };
        self.open_trunk_port(context, leg, spec, trunk.dtmf_clamp);
    }

    /// Rings every browser of the user.
    pub(crate) fn ring_browsers(&mut self, context: &mut Context<'_>, side: Side) {
        let sessions = context.index.sessions_of(&self.origin.user);
        let Origin { from, from_name, to, .. } = &self.origin;
        let (from, from_name, to) = (from.clone(), from_name.clone(), to.clone());
        self.ring(context, Ring { sessions, side, from, from_name, to });
    }

    /// Rings browsers.
    pub(super) fn ring(&mut self, context: &mut Context<'_>, ring: Ring) {
        let Ring { sessions, side, from, from_name, to } = ring;
        self.hunted_from = self.legs.len();
        for session in &sessions {
            let leg = self.add_leg(context, side, Signal::Rtc(RtcLeg::new(*session)), Owner::App);
            self.legs[leg].advance(LegState::Ringing);
            let (from, from_name, to) = (from.clone(), from_name.clone(), to.clone());
            context.rtc(*session, self.id(), RtcNotice::Incoming { from, from_name, to });
            let signalling = context.index.signalling(*session);
            self.on_signalling(context, *session, signalling);
        }
        if sessions.is_empty() {
            return self.unreached(context, Ending::new(EndedBy::System, Cause::Unavailable));
        }
        self.timers.ring = Some(context.now.instant + context.config.ring_timeout);
        if side == Side::Callee || self.transfer.is_some() {
            self.on_leg_event(context, self.legs.len() - 1, LegEvent::Ringing);
        }
    }

    /// A browser that rings, and may accept.
    pub(super) fn is_hunted(&self, leg: LegIndex) -> bool {
        let leg = &self.legs[leg];
        leg.session().is_some() && leg.state() == LegState::Ringing && leg.owner() == Owner::App
    }

    /// A browser takes the call.
    pub(crate) fn accept(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        sdp: String,
    ) -> Result<(), Refused> {
        if !self.is_hunted(leg) {
            return Err(Refused::WrongState);
        }
        match &mut self.transfer {
            Some(transfer) => transfer.target = Some(leg),
            None => self.near = Some(leg),
        }
        self.timers.ring = None;
        self.hand_over(context, leg, Owner::Parked);
        self.dismiss_others(context, leg);
        self.open_browser(context, leg, sdp);
        if self.legs[leg].side == Side::Caller && self.transfer.is_none() {
            self.legs[leg].advance(LegState::Answered);
        } else {
            self.timers.answer = Some(context.now.instant + context.config.answer_wait);
        }
        Ok(())
    }

    fn dismiss_others(&mut self, context: &mut Context<'_>, winner: LegIndex) {
        let by = match self.legs[winner].side {
            Side::Caller => EndedBy::Caller,
            Side::Callee => EndedBy::Callee,
        };
        let outcome = Self::aside(by, Cause::AnsweredElsewhere, CallState::Completed);
        for leg in 0..self.legs.len() {
            if self.is_hunted(leg) {
                self.end_leg(context, leg, &outcome, Farewell::Tell);
            }
        }
    }

    /// A browser refuses; the last one to do so ends the call.
    pub(crate) fn reject(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        cause: RejectCause,
    ) -> Result<(), Refused> {
        if !self.is_hunted(leg) {
            return Err(Refused::WrongState);
        }
        let cause = match cause {
            RejectCause::Busy => Cause::Busy,
            RejectCause::Declined => Cause::Declined,
        };
        self.drop_ringing(context, leg, cause);
        Ok(())
    }

    fn drop_ringing(&mut self, context: &mut Context<'_>, leg: LegIndex, cause: Cause) {
        let (by, state) = match (self.legs[leg].side, cause) {
            (Side::Caller, _) => (EndedBy::Caller, CallState::Canceled),
            (Side::Callee, Cause::Busy) => (EndedBy::Callee, CallState::Busy),
            (Side::Callee, _) => (EndedBy::Callee, CallState::Failed),
        };
        self.end_leg(context, leg, &Self::aside(by, cause, state), Farewell::Tell);
        if !(0..self.legs.len()).any(|leg| self.is_hunted(leg)) {
            let hunted = self.legs.get(self.hunted_from..).unwrap_or_default();
            let causes = hunted.iter().filter_map(Leg::cause);
            // A person's word counts for more than a closed page.
            let cause = causes.reduce(|word, next| if word == Cause::SessionLost { next } else { word });
            let (by, cause) = match cause {
                Some(Cause::SessionLost) | None => (EndedBy::System, Cause::Unavailable),
                Some(cause) => (by, cause),
            };
            self.unreached(context, Ending::new(by, cause));
        }
    }

    /// The signalling of a leg's browser is lost, or back. Nobody but those who listen to events is told.
    pub(crate) fn on_signalling(
        &mut self,
        context: &mut Context<'_>,
        session: SessionId,
        signalling: Signalling,
    ) {
        let Some(leg) = self.leg_of(session) else { return };
        if self.legs[leg].set_signalling(signalling) {
            let fact = match signalling {
                Signalling::Detached => CallFact::LegReconnecting,
                Signalling::Attached => CallFact::LegReconnected,
            };
            self.emit(context, Some(leg), fact);
            self.wait_for_signalling(context, leg, signalling);
        }
    }

    /// The browser of a leg is gone.
    pub(crate) fn on_session_ended(&mut self, context: &mut Context<'_>, session: SessionId) {
        let Some(leg) = self.leg_of(session) else { return };
        if self.is_hunted(leg) {
            return self.drop_ringing(context, leg, Cause::SessionLost);
        }
        self.on_leg_event(context, leg, LegEvent::Lost(Cause::SessionLost));
    }

    /// Tells the table that the browser answered, once everything for the trunk's 200 is there.
    pub(super) fn try_answer(&mut self, context: &mut Context<'_>, connected: Connected) {
        let (answering, called) = match &self.transfer {
            Some(transfer) => (transfer.target, true),
            None => (self.near, self.near.is_some_and(|near| self.legs[near].side == Side::Callee)),
        };
        let (Some(browser), Some(trunk)) = (answering, self.far) else { return };
        let described = |leg: LegIndex| {
            self.legs[leg].port.as_ref().is_some_and(|port| port.descriptions != Descriptions::Opening)
        };
        let flowing = self.legs[browser].port.as_ref().is_some_and(|port| port.connected);
        let ready = described(browser) && described(trunk) && (flowing || connected == Connected::Assumed);
        let rings = self.legs[browser].session().is_some() && self.is_unanswered_leg(browser);
        if ready && called && rings {
            self.on_leg_event(context, browser, LegEvent::Answered);
        }
    }

    pub(super) fn take_answer_fallback(&mut self, context: &mut Context<'_>) {
        self.try_answer(context, Connected::Assumed);
    }
}

/// Whether the browser's connection is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connected {
    Required,
    Assumed,
}
