//! Browsers that ring: all of a user's sessions at once, the first to accept wins.

use std::net::IpAddr;

use bytes::Bytes;
use media::PortSpec;
use sip_stack::InviteId;

use super::bridge::LegEvent;
use super::ending::Farewell;
use super::{Call, CallFact, CallState, Ending, LegIndex, Side};
use crate::cause::Cause;
use crate::directory::Trunk;
use crate::ids::SessionId;
use crate::leg::port::Descriptions;
use crate::leg::rtc::RtcLeg;
use crate::leg::sip::{Reoffer, Role, SipLeg};
use crate::leg::{LegState, Owner, Signal};
use crate::outcome::EndedBy;
use crate::switch::{Context, Refused, RejectCause, RtcNotice, Signalling};

/// A trunk's INVITE.
pub(crate) struct Invitation<'a> {
    pub(crate) invite: InviteId,
    pub(crate) trunk: &'a Trunk,
    pub(crate) peer: IpAddr,
    pub(crate) offer: Option<Bytes>,
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
        self.trunk = Some(leg);
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
        self.open_port(context, leg, spec);
    }

    /// Rings every browser of the user.
    pub(crate) fn ring_browsers(&mut self, context: &mut Context<'_>, side: Side) {
        let sessions = context.index.sessions_of(&self.origin.user);
        for session in &sessions {
            let leg = self.add_leg(context, side, Signal::Rtc(RtcLeg::new(*session)), Owner::App);
            self.legs[leg].advance(LegState::Ringing);
            let (from, from_name) = (self.origin.from.clone(), self.origin.from_name.clone());
            let incoming = RtcNotice::Incoming { from, from_name, to: self.origin.to.clone() };
            context.rtc(*session, self.id(), incoming);
            let signalling = context.index.signalling(*session);
            self.on_signalling(context, *session, signalling);
        }
        if sessions.is_empty() {
            return self.finish(context, Ending::new(EndedBy::System, Cause::Unavailable));
        }
        self.timers.ring = Some(context.now.instant + context.config.ring_timeout);
        if side == Side::Callee {
            self.on_leg_event(context, self.legs.len() - 1, LegEvent::Ringing);
        }
    }

    /// A browser takes the call.
    pub(crate) fn accept(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        sdp: String,
    ) -> Result<(), Refused> {
        if self.browser.is_some() || self.legs[leg].state() != LegState::Ringing {
            return Err(Refused::WrongState);
        }
        self.browser = Some(leg);
        self.timers.ring = None;
        self.legs[leg].hand_over(Owner::Parked);
        self.dismiss_others(context, leg);
        self.open_browser(context, leg, sdp);
        if self.legs[leg].side == Side::Caller {
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
            if leg != winner && self.legs[leg].session().is_some() {
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
        if self.browser.is_some() || self.legs[leg].state() != LegState::Ringing {
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
        let ringing = self.legs.iter().any(|leg| leg.session().is_some() && leg.is_live());
        if !ringing {
            let causes =
                self.legs.iter().filter(|leg| leg.session().is_some()).filter_map(|leg| leg.snapshot().cause);
            // A person's word counts for more than a closed page.
            let cause = causes.reduce(|word, next| if word == Cause::SessionLost { next } else { word });
            let (by, cause) = match cause {
                Some(Cause::SessionLost) | None => (EndedBy::System, Cause::Unavailable),
                Some(cause) => (by, cause),
            };
            self.finish(context, Ending::new(by, cause));
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
        if self.browser == Some(leg) {
            return self.finish(context, Ending::new(EndedBy::System, Cause::SessionLost));
        }
        self.drop_ringing(context, leg, Cause::SessionLost);
    }

    /// Tells the table that the browser answered, once everything for the trunk's 200 is there.
    pub(super) fn try_answer(&mut self, context: &mut Context<'_>, connected: Connected) {
        let (Some(browser), Some(trunk)) = (self.browser, self.trunk) else { return };
        let described = |leg: LegIndex| {
            self.legs[leg].port.as_ref().is_some_and(|port| port.descriptions != Descriptions::Opening)
        };
        let flowing = self.legs[browser].port.as_ref().is_some_and(|port| port.connected);
        let ready = described(browser) && described(trunk) && (flowing || connected == Connected::Assumed);
        if ready && self.legs[browser].side == Side::Callee && self.is_unanswered_leg(browser) {
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
