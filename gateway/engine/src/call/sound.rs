//! What the media workers report.

use std::time::Duration;

use bytes::Bytes;
use media::{Direction, MediaCommand, MediaEvent, PortId, Refusal};

use super::bridge::{Carried, LegEvent, Talk};
use super::hunt::Connected;
use super::{Call, CallFact, Ending, LegIndex, Side};
use crate::cause::Cause;
use crate::leg::port::Descriptions;
use crate::leg::sip::{Reoffer, Role};
use crate::leg::{LegState, Signal, rtc};
use crate::outcome::EndedBy;
use crate::switch::{Context, MutedBy, Refused, RtcNotice, Signalling};

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
                self.on_leg_event(context, leg, LegEvent::Digit { digit, duration, carried });
            }
            MediaEvent::Silence { since, .. } => {
                let dead =
                    self.legs[leg].sip().is_some() && since >= context.config.silence_max && !self.held;
                if dead && self.talk() == Talk::Answered {
                    self.finish(context, Ending::new(EndedBy::System, Cause::MediaTimeout));
                }
            }
            MediaEvent::Stats { stats, .. } => {
                if let Some(port) = self.legs[leg].port.as_mut() {
                    port.measure(&stats);
                }
                self.tell_quality(context, leg);
            }
            MediaEvent::Closed { .. } => {
                self.forget_port(context, leg);
                self.finish(context, Ending::new(EndedBy::System, Cause::MediaFailed));
            }
            MediaEvent::FirstPacket { .. }
            | MediaEvent::DigitsSent { .. }
            | MediaEvent::Talking { .. }
            | MediaEvent::Recorded { .. }
            | MediaEvent::RecordingEnded { .. }
            | MediaEvent::Played { .. } => {}
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
        self.mute_port(context);
        if self.early_media || self.talk() == Talk::Answered {
            // A page that was loaded again.
            self.join(context);
        }
        match self.legs[leg].side {
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
            return self.finish(context, Ending::new(EndedBy::System, cause_of(refusal)));
        }
        if reoffer {
            return self.answer_reoffer(context, leg, None);
        }
        if self.legs[leg].state() == LegState::Answered {
            return self.finish(context, Ending::new(EndedBy::System, cause_of(refusal)));
        }
        // An early answer that is no use; the final one may be.
        self.describe(leg, Descriptions::Offered);
    }

    fn on_negotiated(&mut self, context: &mut Context<'_>, leg: LegIndex, direction: Direction, dtmf: bool) {
        if let Some(port) = self.legs[leg].port.as_mut() {
            port.rfc4733 = dtmf;
        }
        let held = direction != Direction::SendRecv;
        if self.legs[leg].sip().is_none() || self.talk() == Talk::NotYet || held == self.held {
            return;
        }
        self.held = held;
        self.emit(context, Some(leg), if held { CallFact::Held } else { CallFact::Unheld });
    }

    fn on_connected(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        if let Some(port) = self.legs[leg].port.as_mut() {
            port.connected = true;
        }
        if self.browser == Some(leg) {
            self.timers.connect = None;
            self.try_answer(context, Connected::Required);
        }
    }

    fn on_disconnected(&mut self, context: &mut Context<'_>, leg: LegIndex) {
        if let Some(port) = self.legs[leg].port.as_mut() {
            port.connected = false;
        }
        if self.browser == Some(leg) && self.talk() == Talk::Answered {
            self.expect_connection(context, context.config.reconnect_timeout);
        }
    }

    /// A browser in an answered call must connect, or come back, in time. While its signalling is away, the session's
    /// own time decides.
    pub(super) fn expect_connection(&mut self, context: &Context<'_>, within: Duration) {
        let Some(leg) = self.browser.map(|leg| &self.legs[leg]) else { return };
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

    /// Mutes or unmutes the browser, at the gateway too: what a page forgets to drop is dropped there.
    pub(crate) fn mute(
        &mut self,
        context: &mut Context<'_>,
        muted: bool,
        by: MutedBy,
    ) -> Result<(), Refused> {
        let leg = self.browser.ok_or(Refused::WrongState)?;
        if self.muted == muted {
            return Ok(());
        }
        self.muted = muted;
        self.set_port_mute(context, leg);
        if let (MutedBy::System, Some(session)) = (by, self.legs[leg].session()) {
            context.rtc(session, self.id(), RtcNotice::Muted { muted, by });
        }
        self.emit(context, Some(leg), CallFact::Muted { muted, by });
        Ok(())
    }

    fn mute_port(&self, context: &mut Context<'_>) {
        if let (true, Some(leg)) = (self.muted, self.browser) {
            self.set_port_mute(context, leg);
        }
    }

    fn set_port_mute(&self, context: &mut Context<'_>, leg: LegIndex) {
        let port = self.legs[leg].port.as_ref().filter(|port| port.descriptions != Descriptions::Opening);
        if let Some(port) = port {
            context.media(self.worker, MediaCommand::Mute { port: port.id, muted: self.muted });
        }
    }

    /// The browser's own second is the beat; the trunk's figures ride along.
    fn tell_quality(&self, context: &mut Context<'_>, leg: LegIndex) {
        let quality = |leg: Option<LegIndex>| leg.and_then(|leg| self.legs[leg].port.as_ref()?.quality);
        let Some(session) = self.legs[leg].session() else { return };
        let notice = RtcNotice::Quality { browser: quality(Some(leg)), trunk: quality(self.trunk) };
        context.rtc(session, self.id(), notice);
    }
}
