//! A PRACK of the caller's: it ends the repetition of its response, and may carry the answer to our offer or a new
//! offer (RFC 3262 §5, RFC 6337 §2.2, patterns 4 and 5).

use std::sync::Arc;

use super::exchange::Exchange;
use super::in_dialog::respond_plainly;
use super::reoffer_in::PeerOffer;
use super::{Call, Stage};
use crate::endpoint::core::Core;
use crate::message::StatusCode;
use crate::message::header::RAck;
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::Body;
use crate::ua::event::UaEvent;
use crate::ua::headers;

impl Call {
    pub(super) fn receive_prack(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        prack: &Arc<IncomingRequest>,
    ) {
        if !self.is_prack_expected(prack) {
            return respond_plainly(core, transaction, prack, StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST);
        }
        self.stop_progress(core);
        self.read_prack(core, transaction, prack);
        self.send_queued(core);
        self.send_queued_progress(core);
    }

    /// After a 2xx that did not wait for it a PRACK is still expected (RFC 3262 §3).
    fn is_prack_expected(&mut self, prack: &IncomingRequest) -> bool {
        let Ok(Some(rack)) = prack.request.headers.typed::<RAck>() else { return false };
        match &mut self.stage {
            Stage::Ringing(ringing) => ringing.reliable.acknowledge(&rack, &ringing.incoming.cseq),
            Stage::Talking(talking) => {
                let offer = talking.session.peer_offer.as_mut();
                if offer.is_some_and(|offer| offer.acknowledge(&rack)) {
                    return true;
                }
                let last = talking.last_reliable.as_mut();
                last.is_some_and(|(reliable, invite)| reliable.acknowledge(&rack, invite))
            }
            Stage::Calling(_) | Stage::Leaving(_) | Stage::Over => false,
        }
    }

    /// A description is the answer to our offer, or a new offer once the first is answered. Any other is none that
    /// RFC 6337 §2.2 knows of: 488, and the response counts as acknowledged all the same.
    fn read_prack(&mut self, core: &mut Core, transaction: TransactionId, prack: &Arc<IncomingRequest>) {
        let body = headers::description(&prack.request.headers, &prack.request.body);
        let Some(session) = self.stage.session_of_fork(0) else { return };
        match (session.exchange, &body) {
            (_, None) => respond_plainly(core, transaction, prack, StatusCode::OK),
            (Exchange::Offered, Some(_)) if session.peer_offer.is_none() => {
                session.exchange.hear();
                respond_plainly(core, transaction, prack, StatusCode::OK);
                core.event(UaEvent::Acknowledged { id: self.id, body });
            }
            (Exchange::Settled, Some(_)) if session.conflict().is_none() => {
                self.ask_about_prack(core, transaction, prack, body);
            }
            (Exchange::Open | Exchange::Offered | Exchange::Owed | Exchange::Settled, Some(_)) => {
                respond_plainly(core, transaction, prack, StatusCode::NOT_ACCEPTABLE_HERE);
            }
        }
    }

    fn ask_about_prack(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        prack: &Arc<IncomingRequest>,
        body: Option<Body>,
    ) {
        let id = self.id;
        let Some(session) = self.stage.session_of_fork(0) else { return };
        session.hold(PeerOffer::new(core, transaction, prack));
        core.event(UaEvent::Reoffer { id, fork: session.fork, body });
    }
}
