//! What the media workers report.

use std::time::Duration;

use bytes::Bytes;
use media::{Direction, MediaCommand, MediaEvent, PortId, Refusal};

use super::bridge::{Carried, LegEvent, Talk};
use super::hold::HeldBy;
use super::hunt::Connected;
use super::{Call, CallFact, LegIndex, Side};
use crate::cause::Cause;
use crate::leg::port::Descriptions;
use crate::leg::sip::{Reoffer, Role};
use crate::leg::{LegState, Signal, rtc};
use crate::switch::{Context, RtcNotice, Signalling};

const fn cause_of(refusal: &Refusal) -> Cause {
    match refusal {
        Refusal::Malformed(_) => Cause::MediaFailed,
        Refusal::NoCommonCodec | Refusal::NoAudio | Refusal::NoSrtp => Cause::NoCommonCodec,
        Refusal::NoFreePort | Refusal::Busy => Cause::LimitReached,
        Refusal::UnknownPort | Refusal::NoDtmf => Cause::GatewayError,
    }
}

/// The port that an event is about.
pub(crate) const fn port_of(event: &MediaEvent) -> PortId {
    match event {
        MediaEvent::LocalDescription { port, .. }
        | MediaEvent::Refused { port, .. }
        | MediaEvent::Negotiated { port, .. }
        | MediaEvent::Connected { port }
        | MediaEvent::Disconnected { port }
        | MediaEvent::FirstPacket { port, .. }
        | MediaEvent::Digit { port, .. }
        | MediaEvent::DigitsSent { port }
        | MediaEvent::Silence { port, .. }
        | MediaEvent::Stats { port, .. }
        | MediaEvent::Talking { port, .. }
        | MediaEvent::Recorded { port, .. }
        | MediaEvent::RecordingEnded { port, .. }
        | MediaEvent::Played { port, .. }
        | MediaEvent::Judged { port, .. }
        | MediaEvent::Closed { port } => *port,
    }
}

impl Call {
    /// A worker reports about one of the call's ports.
    pub(crate) fn on_media(&mut self, context: &mut Context<'_>, event: MediaEvent) {
        let id = port_of(&event);
        let own = |leg: &crate::leg::Leg| leg.port.as_ref().is_some_and(|port| port.id == id);
        let Some(leg) = self.legs.iter().position(own) else { return };
        match event {
            MediaEvent::LocalDescription { sdp, .. } => self.on_description(context, leg, sdp),
            MediaEvent::Refused { refusal, .. } => self.on_refused(context, leg, &refusal),
            MediaEvent::Negotiated { direction, dtmf, .. } => {
                self.on_negotiated(context, leg, direction, dtmf)
            }
            MediaEvent::Connected { .. } => self.on_connected(context, leg),
            MediaEvent::Disconnected { .. } => self.on_disconnected(context, leg),
            MediaEvent::Digit { digit, duration, relayed, .. } => {
                let carried = if relayed { Carried::BySound } else { Carried::Not };
                self.hear_digit(context, leg, (digit, duration, carried));
            }
            MediaEvent::Silence { since, .. } => {
                let own = &self.legs[leg];
                let dead = own.sip().is_some() && since >= context.config.silence_max && !own.peer_holds;
                if dead && self.talk() == Talk::Answered {
                    self.fail(context, leg, Cause::MediaTimeout);
                }
            }
            MediaEvent::Stats { stats, .. } => {
                let own = &mut self.legs[leg];
                own.added_delay = stats.added_delay_whole.or(own.added_delay);
                if let Some(port) = own.port.as_mut() {
                    port.measure(&stats);
                }
                self.tell_quality(context, leg);
            }
            MediaEvent::Judged { verdict, .. } => self.on_judged(context, (leg, id), verdict),
            MediaEvent::Closed { .. } => {
                self.forget_port(context, leg);
                self.fail(context, leg, Cause::MediaFailed);
            }
            MediaEvent::FirstPacket { .. }
            | MediaEvent::DigitsSent { .. }
            | MediaEvent::Talking { .. }
            | MediaEvent::Recorded { .. }
            | MediaEvent::RecordingEnded { .. } => {}
            MediaEvent::Played { play, end, .. } => self.on_played(context, play, end),
        }
    }

    fn on_description(&mut self, context: &mut Context<'_>, leg: LegIndex, sdp: Bytes) {
        let id = self.id();
        let Some(port) = self.legs[leg].port.as_mut() else { return };
        port.local = Some(sdp.clone());
        let first = port.descriptions == Descriptions::Opening;
        if let (true, Some(sip)) = (!first, self.legs[leg].sip()) {
            if sip.reoffer == Reoffer::Pending {
                self.answer_reoffer(context, leg, Some(sdp));
            }
            return;
        }
        match &self.legs[leg].signal {
            Signal::Rtc(rtc) => {
                context.rtc(rtc.session, id, rtc::description(&sdp));
                self.describe(leg, Descriptions::Complete);
                if first {
                    self.on_browser_described(context, leg);
                }
            }
            Signal::Sip(sip) => match sip.role {
                Role::Placing | Role::Placed => {
                    self.describe(leg, Descriptions::Offered);
                    self.send_invite(context, leg, sdp);
                }
                role @ (Role::Offered | Role::LateOffer) => {
                    let late = role == Role::LateOffer;
                    self.describe(leg, if late { Descriptions::Offered } else { Descriptions::Complete });
                    self.on_leg_event(context, leg, LegEvent::Ready);
                }
            },
        }
    }

    fn describe(&mut self, leg: LegIndex, descriptions: Descriptions) {
        if let Some(port) = self.legs[leg].port.as_mut() {
            port.descriptions = descriptions;
        }
    }

    fn on_browser_described(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        self.mute_port(context, leg);
        if self.legs[leg].state() >= LegState::Early {
            // A page that was loaded again.
            self.arrange(context);
            self.play_again(context, leg);
        }
        match self.legs[leg].side {
            Side::Caller if self.is_target(leg) => self.try_answer(context, Connected::Required),
            Side::Caller if self.seeks_callee() => {}
            Side::Caller => self.on_leg_event(context, leg, LegEvent::Ready),
            Side::Callee => self.try_answer(context, Connected::Required),
        }
    }

    fn on_refused(&mut self, context: &mut Context<'_>, leg: LegIndex, refusal: &Refusal) {
        let opening =
            self.legs[leg].port.as_ref().is_some_and(|port| port.descriptions == Descriptions::Opening);
        let reoffer = self.legs[leg].sip().is_some_and(|sip| sip.reoffer == Reoffer::Pending);
        if opening || *refusal == Refusal::UnknownPort {
            self.forget_port(context, leg);
            return self.fail(context, leg, cause_of(refusal));
        }
        // Digits that nobody takes are no reason to end a call.
        if *refusal == Refusal::NoDtmf {
            return;
        }
        if reoffer {
            return self.answer_reoffer(context, leg, None);
        }
        if self.legs[leg].state() == LegState::Answered {
            return self.fail(context, leg, cause_of(refusal));
        }
        // An early answer that is no use; the final one may be.
        self.describe(leg, Descriptions::Offered);
    }

    fn on_negotiated(&mut self, context: &mut Context<'_>, leg: LegIndex, direction: Direction, dtmf: bool) {
        if let Some(port) = self.legs[leg].port.as_mut() {
            port.rfc4733 = dtmf;
        }
        let held = direction != Direction::SendRecv;
        let own = &mut self.legs[leg];
        if own.sip().is_none() || std::mem::replace(&mut own.peer_holds, held) == held {
            return;
        }
        if self.talk() == Talk::NotYet {
            return;
        }
        let by = HeldBy::Far;
        if let Some(hearer) = self.partner(leg).or_else(|| self.other(leg)) {
            self.tell(context, hearer, RtcNotice::Held { held, by });
        }
        self.emit(context, Some(leg), if held { CallFact::Held { by } } else { CallFact::Unheld { by } });
    }

    fn on_connected(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        if let Some(port) = self.legs[leg].port.as_mut() {
            port.connected = true;
        }
        if self.near == Some(leg) {
            self.timers.connect = None;
        }
        if self.legs[leg].session().is_some() {
            self.try_answer(context, Connected::Required);
        }
    }

    fn on_disconnected(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        if let Some(port) = self.legs[leg].port.as_mut() {
            port.connected = false;
        }
        if self.near == Some(leg) && self.talk() == Talk::Answered {
            self.expect_connection(context, context.config.reconnect_timeout);
        }
    }

    /// A browser in an answered call must connect, or come back, in time. While its signalling is away, the session's
    /// own time decides.
    pub(super) fn expect_connection(&mut self, context: &Context<'_>, within: Duration) {
        let Some(leg) = self.near.map(|leg| &self.legs[leg]) else { return };
        let away = leg.signalling() == Some(Signalling::Detached);
        if !away && leg.port.as_ref().is_some_and(|port| !port.connected) {
            self.timers.connect = Some(context.now.instant + within);
        }
    }

    /// A candidate of the browser, or its end mark.
    pub(crate) fn add_candidate(&self, context: &mut Context<'_>, leg: LegIndex, candidate: Option<String>) {
        if let Some(port) = &self.legs[leg].port {
            context.media(self.worker, MediaCommand::AddCandidate { port: port.id, candidate });
        }
    }

    /// The browser's own second is the beat; the trunk's figures ride along.
    fn tell_quality(&self, context: &mut Context<'_>, leg: LegIndex) {
        let quality = |leg: Option<LegIndex>| leg.and_then(|leg| self.legs[leg].port.as_ref()?.quality);
        let Some(session) = self.legs[leg].session() else { return };
        let talks_to = self.partner(leg).or_else(|| self.other(leg));
        let notice = RtcNotice::Quality { browser: quality(Some(leg)), trunk: quality(talks_to) };
        context.rtc(session, self.id(), notice);
    }
}
