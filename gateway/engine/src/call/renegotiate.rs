//! Descriptions of the trunk's side: answers to our offers, and re-INVITEs. The browser's side never hears of them.

use bytes::Bytes;
use media::MediaCommand;
use sip_stack::Body;

use super::{Call, Ending, LegIndex};
use crate::cause::Cause;
use crate::leg::port::{Descriptions, Port};
use crate::leg::sip::Reoffer;
use crate::outcome::EndedBy;
use crate::switch::{Context, SipCommand};

impl Call {
    /// The trunk answers our offer.
    pub(super) fn set_answer(&mut self, context: &mut Context<'_>, leg: LegIndex, sdp: Bytes) {
        let leg = &mut self.legs[leg];
        let Some(signalled_from) = leg.sip().map(|sip| sip.peer) else { return };
        // Before our description is made there is nothing that could be answered.
        let made = |port: &&mut Port| port.descriptions != Descriptions::Opening;
        let Some(port) = leg.port.as_mut().filter(made) else { return };
        port.descriptions = Descriptions::Complete;
        context.media(self.worker, MediaCommand::SetAnswer { port: port.id, sdp, signalled_from });
    }

    /// The trunk acknowledged our 2xx.
    pub(super) fn on_acknowledged(
        &mut self,
        context: &mut Context<'_>,
        leg: LegIndex,
        answer: Option<Bytes>,
    ) {
        let missing =
            self.legs[leg].port.as_ref().is_some_and(|port| port.descriptions == Descriptions::Offered);
        match answer {
            Some(answer) => {
                self.set_answer(context, leg, answer);
                self.arrange(context);
            }
            None if missing => self.finish(context, Ending::new(EndedBy::System, Cause::MediaFailed)),
            None => {}
        }
    }

    /// The trunk's re-INVITE or UPDATE. One without an offer gets our last description as the offer; its answer
    /// comes with the ACK.
    pub(super) fn on_reoffer(&mut self, context: &mut Context<'_>, leg: LegIndex, offer: Option<Bytes>) {
        let worker = self.worker;
        let Some(port) = self.legs[leg].port.as_ref() else { return };
        let (port, local) = (port.id, port.local.clone());
        let Some(sip) = self.legs[leg].sip_mut() else { return };
        match offer {
            Some(sdp) => {
                sip.reoffer = Reoffer::Pending;
                let signalled_from = Some(sip.peer);
                context.media(worker, MediaCommand::SetOffer { port, sdp, signalled_from });
            }
            None => context.sip(SipCommand::AnswerReoffer(sip.invite, 200, local.map(Body::sdp))),
        }
    }

    /// The worker answered the trunk's new offer, or refused it; either way the call goes on.
    pub(super) fn answer_reoffer(&mut self, context: &mut Context<'_>, leg: LegIndex, answer: Option<Bytes>) {
        let Some(sip) = self.legs[leg].sip_mut() else { return };
        sip.reoffer = Reoffer::None;
        let code = if answer.is_some() { 200 } else { 488 };
        context.sip(SipCommand::AnswerReoffer(sip.invite, code, answer.map(Body::sdp)));
    }
}
