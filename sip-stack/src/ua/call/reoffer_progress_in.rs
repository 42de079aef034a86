//! Provisional responses to the peer's re-INVITE, which may carry the answer if they must arrive (RFC 3262, RFC 6337
//! §2.2, pattern 2).

use super::reliable::{Delivery, Reliable};
use super::reoffer_in::PeerOffer;
use super::{Call, CallTimer, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::{CSeq, RAck};
use crate::message::{Method, Response, StatusCode};
use crate::ua::command::{Body, Respond};
use crate::ua::headers;

impl Call {
    /// Responds to the peer's re-INVITE before its end, with the answer or without.
    pub(super) fn progress_reoffer(
        &mut self,
        core: &mut Core,
        code: StatusCode,
        body: Option<Body>,
    ) -> Result<(), CommandError> {
        let Stage::Talking(talking) = &mut self.stage else { return Err(CommandError::WrongState) };
        let session = &mut talking.session;
        let offer = session.peer_offer.as_mut().ok_or(CommandError::WrongState)?;
        let policy = core.config.reliable_responses;
        let reliable = offer.reliable.as_mut().ok_or(CommandError::InvalidArgument)?;
        if reliable.must_wait(code) {
            return reliable.queue(Respond { body, ..Respond::new(code.as_u16()) });
        }
        let delivery = reliable.delivery(policy, session.exchange, body.is_some())?;
        let body = match delivery {
            Delivery::Reliable => body.filter(|_| offer.answered.is_none()),
            Delivery::Unreliable => body.filter(|_| offer.preview.is_none() && offer.answered.is_none()),
        };
        let mut response = offer.incoming.response(code, None);
        response.headers.extend([session.dialog.contact(), headers::supported(core), core.server()]);
        headers::set_body(&mut response.headers, &mut response.body, body.as_ref());
        if delivery == Delivery::Reliable {
            reliable.mark(&mut response, core.config.timers.t1);
            if body.is_some() {
                offer.answered = Some(Answered { before: std::mem::replace(&mut session.local_body, body) });
            }
        } else {
            offer.preview = body.or(offer.preview.take());
        }
        self.send_progress(core, &response, delivery);
        Ok(())
    }

    fn send_progress(&mut self, core: &mut Core, response: &Response, delivery: Delivery) {
        let Stage::Talking(talking) = &self.stage else { return };
        let Some(offer) = &talking.session.peer_offer else { return };
        core.respond(offer.transaction, response);
        if delivery == Delivery::Reliable {
            self.await_prack(core);
        }
    }

    /// Sends what waited for the PRACK of a response to the re-INVITE.
    pub(super) fn send_queued_progress(&mut self, core: &mut Core) {
        while let Stage::Talking(talking) = &mut self.stage {
            let offer = talking.session.peer_offer.as_mut();
            let Some(reliable) = offer.and_then(|offer| offer.reliable.as_mut()) else { return };
            // The end of the re-INVITE has to wait for the end of what it has inside.
            if reliable.is_waiting() || talking.session.inner_offer.is_some() {
                return;
            }
            let Some(next) = reliable.next_queued() else { return };
            // It was valid when it was queued, and nothing is in its way now.
            let _ = self.answer_reoffer_now(core, next.code, next.body);
        }
    }

    /// No PRACK for 64*T1: the re-INVITE is refused, the session stays as it was (RFC 3262 §3).
    pub(super) fn give_up_progress(&mut self, core: &mut Core) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        let is_waiting = talking.session.peer_offer.as_ref().is_some_and(PeerOffer::is_unacknowledged);
        if is_waiting {
            talking.session.refuse_pending(core, StatusCode::SERVER_TIMEOUT);
        }
    }

    /// The 200 did not wait for the PRACK of a response without an answer; it is still expected (RFC 3262 §3).
    pub(super) fn expect_last_prack(&mut self, reliable: Option<Reliable>, invite: &CSeq) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        if let Some(reliable) = reliable.filter(Reliable::is_waiting) {
            talking.last_reliable = Some((reliable, invite.clone()));
        }
    }

    pub(super) fn stop_progress(&self, core: &mut Core) {
        core.stop(self.timer(CallTimer::RepeatReliable));
        core.stop(self.timer(CallTimer::ReliablePatience));
    }
}

/// The answer has been given in a reliable provisional response.
#[derive(Debug)]
pub(super) struct Answered {
    /// What was agreed before it, and is again if the re-INVITE fails after all (RFC 6141 §3).
    pub(super) before: Option<Body>,
}

impl PeerOffer {
    /// Takes a PRACK of the re-INVITE; false if it is none.
    pub(super) fn acknowledge(&mut self, rack: &RAck) -> bool {
        let is_invite = self.incoming.request.method == Method::Invite;
        let reliable = self.reliable.as_mut().filter(|_| is_invite);
        reliable.is_some_and(|reliable| reliable.acknowledge(rack, &self.incoming.cseq))
    }

    pub(super) fn is_unacknowledged(&self) -> bool {
        self.reliable.as_ref().is_some_and(Reliable::is_waiting)
    }

    pub(super) fn is_decided(&self) -> bool {
        self.reliable.as_ref().is_some_and(Reliable::is_decided)
    }
}
