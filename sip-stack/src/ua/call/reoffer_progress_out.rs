//! Provisional responses to our re-INVITE: those that must arrive get their PRACK, and may carry the answer (RFC 3262
//! §4, RFC 6337 §2.2, pattern 2).

use super::Call;
use super::prack_out::{Arrival, request_tag};
use crate::endpoint::core::Core;
use crate::message::{Method, Response};
use crate::transaction::table::Delivery;
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::in_call::InCallEvent;

impl Call {
    pub(super) fn offer_progress(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let (id, code) = (self.id, response.code.as_u16());
        if code == 100 || delivery.request.method != Method::Invite {
            return;
        }
        let tag = request_tag(delivery);
        let Some(session) = self.stage.session(&tag) else { return };
        let Some(offer) = session.own_offer.as_mut().filter(|offer| offer.is_of(delivery.transaction)) else {
            return;
        };
        let is_refresh = offer.is_refresh();
        let (rack, body) = match offer.acknowledged.arrival(response) {
            Arrival::OutOfOrder => return,
            Arrival::Unreliable => (None, None),
            Arrival::InOrder(rack) => {
                offer.acknowledged.note(&rack);
                let described = headers::description(&response.headers, &response.body);
                (Some(rack), described.filter(|_| offer.is_unanswered()))
            }
        };
        if let Some(body) = &body {
            offer.take_answer(body.clone(), &mut session.local_body);
        }
        if let Some(rack) = rack {
            session.dialog.refresh_target(&response.headers);
            self.send_prack(core, &tag, &rack, None);
        }
        if !is_refresh {
            core.event(UaEvent::InCall(InCallEvent::ReofferProgress { id, code, body }));
        }
    }
}
