//! Carries out what the bridge table says.

use sip_stack::UaEvent;

use super::bridge::{Action, LegEvent, react};
use super::hand_over::Settled;
use super::{Call, CallFact, CallState, Direction, Ending, LegIndex, Side};
use crate::cause::Cause;
use crate::leg::port::Descriptions;
use crate::leg::rtc::{self, Alert};
use crate::leg::sip::{self, News};
use crate::leg::{LegState, Signal};
use crate::outcome::EndedBy;
use crate::switch::{Context, Refused, RejectCause, RtcNotice};

impl Call {
    /// The SIP endpoint reports about one of the call's INVITEs.
    pub(crate) fn on_sip(&mut self, context: &mut Context<'_>, event: UaEvent) {
        let placed =
            |sip: &&sip::SipLeg| sip.role == sip::Role::Placed && Some(sip.invite) == sip::invite_of(&event);
        let trunk = self.legs.iter().filter_map(|leg| leg.sip()).find(placed).map(|sip| &sip.trunk);
        if let (Some(trunk), Some(sign)) = (trunk, sip::sign(&event)) {
            context.health.observe(context.now.instant, trunk, sign);
        }
        self.on_report(context, event);
    }

    fn on_report(&mut self, context: &mut Context<'_>, event: UaEvent) {
        let invite = sip::invite_of(&event);
        let own = |leg: &crate::leg::Leg| leg.is_live() && leg.sip().map(|sip| sip.invite) == invite;
        let Some(leg) = self.legs.iter().position(own) else { return };
        if let (true, Some(invite)) = (sip::is_last(&event), invite) {
            context.index.invites.remove(&invite);
        }
        match sip::read(event) {
            News::Event(event) => self.on_leg_event(context, leg, event),
            News::Answer(answer, event) => {
                self.set_answer(context, leg, answer);
                self.on_leg_event(context, leg, event);
            }
            News::Digit { digit, duration } => self.read_digit(context, leg, digit, duration),
            News::Acknowledged(answer) => self.on_acknowledged(context, leg, answer),
            News::Reoffer(offer) => self.on_reoffer(context, leg, offer),
            News::Nothing => {}
        }
    }

    /// The INVITE could not be sent at all.
    pub(crate) fn on_invite_refused(&mut self, context: &mut Context<'_>, invite: sip_stack::InviteId) {
        let failed = UaEvent::Failed {
            id: invite,
            code: 503,
            reason: "No way to the trunk".to_owned(),
            headers: sip_stack::message::Headers::new(),
            synthetic: true,
        };
        // Which says nothing about the trunk.
        self.on_report(context, failed);
    }

    /// A browser hangs up; one that only rings declines.
    pub(crate) fn on_browser_hangup(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
    ) -> Result<(), Refused> {
        if self.is_hunted(leg) {
            return self.reject(context, leg, RejectCause::Declined);
        }
        self.on_leg_event(context, leg, LegEvent::HungUp { q850: None });
        Ok(())
    }

    /// Something happened on a leg: the table says what follows.
    pub(super) fn on_leg_event(&mut self, context: &mut Context<'_>, leg: LegIndex, event: LegEvent) {
        if self.is_over() || !self.legs[leg].is_live() {
            return;
        }
        match &event {
            LegEvent::Ringing => self.legs[leg].advance(LegState::Ringing),
            LegEvent::EarlyMedia => self.legs[leg].advance(LegState::Early),
            LegEvent::Answered => self.legs[leg].advance(LegState::Answered),
            LegEvent::Ready
            | LegEvent::Refused(_)
            | LegEvent::HungUp { .. }
            | LegEvent::Lost(_)
            | LegEvent::Digit { .. } => {}
        }
        if self.transfer.is_some() && self.on_transfer_event(context, leg, &event) == Settled::Here {
            return self.judge(context);
        }
        match react(self.legs[leg].side, self.talk(), event) {
            Action::Alert => self.alert(context, leg),
            Action::AlertWithMedia => self.alert_with_media(context, leg),
            Action::Connect => self.connect(context, leg),
            Action::Reach => self.reach(context),
            Action::TryNext(refusal) => self.try_next(context, leg, refusal),
            Action::End { by, cause, q850 } => self.finish(context, Ending::with_q850(by, cause, q850)),
            Action::PassDigit { digit, duration, carried } => {
                self.pass_digit(context, leg, digit, duration, carried)
            }
            Action::Ignore => {}
        }
        self.judge(context);
    }

    fn reach(&mut self, context: &mut Context<'_>) {
        match self.origin.direction {
            Direction::Inbound => self.ring_browsers(context, Side::Callee),
            Direction::Outbound => self.dial_next(context, Ending::new(EndedBy::System, Cause::NoRoute)),
        }
    }

    fn caller(&self) -> Option<LegIndex> {
        let live = |leg: &crate::leg::Leg| leg.side == Side::Caller && leg.is_live();
        self.near.into_iter().chain(self.far).find(|leg| live(&self.legs[*leg]))
    }

    fn alert(&mut self, context: &mut Context<'_>, callee: LegIndex) {
        if self.state != CallState::Queued {
            return;
        }
        self.state = CallState::Ringing;
        self.tell_caller(context, Alert::Tone);
        self.emit(context, Some(callee), CallFact::Ringing);
    }

    fn alert_with_media(&mut self, context: &mut Context<'_>, callee: LegIndex) {
        self.arrange(context);
        if self.early_media {
            return;
        }
        self.early_media = true;
        self.state = CallState::Ringing;
        self.tell_caller(context, Alert::EarlyMedia);
        self.emit(context, Some(callee), CallFact::EarlyMedia);
    }

    fn tell_caller(&mut self, context: &mut Context<'_>, alert: Alert) {
        let Some(caller) = self.caller() else { return };
        let id = self.id();
        let leg = &mut self.legs[caller];
        match &leg.signal {
            Signal::Rtc(rtc) => context.rtc(rtc.session, id, rtc::alert(alert)),
            Signal::Sip(sip) => context.sip(sip::alert(sip.invite)),
        }
        leg.advance(match alert {
            Alert::Tone => LegState::Ringing,
            Alert::EarlyMedia => LegState::Early,
        });
    }

    fn connect(&mut self, context: &mut Context<'_>, callee: LegIndex) {
        let described = |leg: LegIndex| {
            self.legs[leg].port.as_ref().is_some_and(|port| port.descriptions != Descriptions::Opening)
        };
        let placed = self.legs[callee].sip().is_some();
        let answered =
            self.legs[callee].port.as_ref().is_some_and(|port| port.descriptions == Descriptions::Complete);
        let Some(caller) = self.caller().filter(|caller| described(*caller) && (answered || !placed)) else {
            return self.finish(context, Ending::new(EndedBy::System, Cause::MediaFailed));
        };
        self.state = CallState::InProgress;
        self.answered_at = Some(context.now.wall);
        self.timers.ring = None;
        self.timers.answer = None;
        self.answer_leg(context, caller);
        if !placed {
            self.answer_leg(context, callee);
        }
        self.arrange(context);
        self.emit(context, Some(callee), CallFact::Answered);
        self.expect_connection(context, context.config.connect_timeout);
    }

    fn answer_leg(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        let id = self.id();
        let leg = &mut self.legs[leg];
        leg.advance(LegState::Answered);
        match (&leg.signal, leg.port.as_ref().and_then(|port| port.local.clone())) {
            (Signal::Rtc(rtc), _) => context.rtc(rtc.session, id, RtcNotice::Answered),
            (Signal::Sip(sip), Some(local)) => context.sip(sip::answer(sip.invite, local)),
            (Signal::Sip(_), None) => {}
        }
    }
}
