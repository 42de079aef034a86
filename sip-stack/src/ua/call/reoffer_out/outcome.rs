//! What becomes of our re-INVITEs and UPDATEs.

use super::Purpose;
use super::glare::retry_after;
use crate::endpoint::core::Core;
use crate::message::{Method, Response};
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::AUTHENTICATION_TRIES_MAX;
use crate::ua::call::calling::{acknowledge, cseq_of, retry_change};
use crate::ua::call::exchange::Exchange;
use crate::ua::call::prack_out::request_tag;
use crate::ua::call::{Call, Stage};
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::resend::resend;

impl Call {
    /// What became of our re-INVITE or UPDATE.
    pub(crate) fn offer_outcome(&mut self, core: &mut Core, delivery: &Delivery) {
        let Outcome::Response(response) = &delivery.outcome else {
            return self.offer_unheard(core, delivery, 408);
        };
        match response.code.as_u16() {
            ..200 => return self.offer_progress(core, delivery, response),
            200..300 => self.offer_accepted(core, delivery, response),
            code @ (408 | 481) => self.offer_unheard(core, delivery, code),
            491 if self.may_wait(delivery) => self.wait_after_glare(core),
            500 if retry_after(response).is_some() && self.may_wait(delivery) => {
                self.wait_as_told(core, response)
            }
            405 | 501 if delivery.request.method == Method::Update => {
                self.refresh_by_invite(core, delivery, response)
            }
            _ => self.offer_refused(core, delivery, response),
        }
        self.send_queued(core);
    }

    /// A peer that does not answer, or has lost the dialog, ends the call (RFC 3261 §12.2.1.2); before it is
    /// answered that is the INVITE's business.
    pub(super) fn offer_unheard(&mut self, core: &mut Core, delivery: &Delivery, code: u16) {
        match &self.stage {
            Stage::Calling(_) | Stage::Ringing(_) => self.offer_over(core, delivery, code),
            Stage::Talking(_) | Stage::Leaving(_) | Stage::Over => self.fail(core),
        }
    }

    pub(super) fn offer_accepted(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        match &mut self.stage {
            Stage::Talking(talking) if talking.is_owed(delivery.transaction) => return,
            Stage::Leaving(leaving) if delivery.request.method == Method::Invite => {
                let dialog = &mut leaving.dialog;
                dialog.refresh_target(&response.headers);
                return acknowledge(core, dialog, delivery.transaction, &delivery.request, None);
            }
            Stage::Calling(_) | Stage::Ringing(_) | Stage::Talking(_) | Stage::Leaving(_) | Stage::Over => {}
        }
        let id = self.id;
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return };
        session.dialog.refresh_target(&response.headers);
        session.note_peer(&response.headers);
        let mut offer = session.own_offer.take();
        let early = offer.as_mut().and_then(|offer| offer.answer.take());
        let is_settled = early.is_some();
        let description = || headers::description(&response.headers, &response.body);
        let body = early.map_or_else(description, |early| early.body);
        let asks = offer.as_ref().is_some_and(|offer| offer.purpose == Purpose::RequestOffer);
        if asks && body.is_some() {
            session.exchange = Exchange::Owed;
            self.owe_answer(delivery);
        } else if delivery.request.method == Method::Invite {
            acknowledge(core, &session.dialog, delivery.transaction, &delivery.request, None);
        }
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return };
        let Some(offer) = offer else { return };
        if offer.body.is_some() && !is_settled {
            session.local_body = offer.body;
        }
        let (fork, code) = (session.fork, response.code.as_u16());
        self.start_session_timer(core, &response.headers);
        if !offer.purpose.is_refresh() {
            core.event(UaEvent::ReofferDone { id, fork, code, body });
        }
    }

    pub(super) fn owe_answer(&mut self, delivery: &Delivery) {
        if let Stage::Talking(talking) = &mut self.stage {
            talking.await_answer(delivery.transaction, &delivery.request);
        }
    }

    pub(super) fn offer_refused(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return };
        let Some(offer) = &mut session.own_offer else { return };
        if offer.tries < AUTHENTICATION_TRIES_MAX {
            offer.tries += 1;
            let change = retry_change(core, delivery, response, &mut self.authentication);
            if let Some(change) = change {
                let number = session.dialog.next_cseq().max(cseq_of(&delivery.request) + 1);
                self.min_se = change.min_se().or(self.min_se);
                let again = resend(core, &delivery.request, number, change, delivery.hop(), delivery.user);
                offer.transaction = Some(again);
                return;
            }
        }
        self.offer_over(core, delivery, response.code.as_u16());
    }

    /// The offer failed; everything is as it was before.
    pub(super) fn offer_over(&mut self, core: &mut Core, delivery: &Delivery, code: u16) {
        let id = self.id;
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return };
        let Some(offer) = session.own_offer.take() else { return };
        if let Some(early) = offer.answer {
            session.local_body = early.before;
        }
        if offer.purpose.is_refresh() {
            self.refresh_once_more(core);
        } else {
            core.event(UaEvent::ReofferDone { id, fork: session.fork, code, body: None });
        }
    }

    /// The peer does not act on UPDATE after all: a refresh goes by re-INVITE.
    pub(super) fn refresh_by_invite(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return };
        session.peer_allows_update = false;
        let is_refresh = session.own_offer.as_ref().is_some_and(|offer| offer.purpose.is_refresh());
        let body = session.own_offer.as_ref().and_then(|offer| offer.body.clone());
        if is_refresh && body.is_some() {
            let fork = session.fork;
            return self.offer(core, fork, Purpose::RefreshByInvite, body);
        }
        self.offer_over(core, delivery, response.code.as_u16());
    }
}
