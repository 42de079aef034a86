//! The peer's re-INVITE or UPDATE inside the dialog (RFC 3261 §14.2, RFC 3311 §5.2).

use std::sync::Arc;

use super::reliable::respond_plainly;
use super::talking::Talking;
use super::{Call, Stage, refresh};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::{Header, Method, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::Body;
use crate::ua::event::UaEvent;
use crate::ua::headers;

/// RFC 3261 §14.2: a second offer is told to come back within ten seconds, by chance.
const RETRY_WITHIN_S: u64 = 11;

/// A request that waits for the owner's answer.
#[derive(Debug)]
pub(super) struct PeerOffer {
    pub(super) transaction: TransactionId,
    incoming: Arc<IncomingRequest>,
}

impl PeerOffer {
    fn is_update(&self) -> bool {
        self.incoming.request.method == Method::Update
    }
}

impl Talking {
    /// An end of the dialog leaves no request unanswered (RFC 3261 §15.1.2).
    pub(super) fn refuse_pending(&self, core: &mut Core) {
        if let Some(offer) = &self.peer_offer {
            respond_plainly(core, offer.transaction, &offer.incoming, StatusCode::REQUEST_TERMINATED);
        }
    }
}

impl Call {
    pub(super) fn receive_offer(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) {
        let body = headers::body(&incoming.request.headers, &incoming.request.body);
        if incoming.request.method == Method::Update && body.is_none() {
            return self.receive_refresh(core, transaction, incoming);
        }
        let Stage::Talking(talking) = &mut self.stage else { return };
        if talking.peer_offer.is_some() || talking.unacknowledged.is_some() {
            return come_back(core, transaction, incoming);
        }
        if talking.own_offer.as_ref().is_some_and(|offer| offer.is_sent()) || talking.owes_answer() {
            return respond_plainly(core, transaction, incoming, StatusCode::REQUEST_PENDING);
        }
        if let Some(min_se) = refresh::refuse_interval(core, &incoming.request.headers) {
            return respond_with(core, transaction, incoming, StatusCode::SESSION_INTERVAL_TOO_SMALL, min_se);
        }
        talking.peer_offer = Some(PeerOffer { transaction, incoming: Arc::clone(incoming) });
        if body.is_none() {
            let answer = talking.local_body.clone();
            return self.accept_offer(core, answer);
        }
        if incoming.request.method == Method::Invite {
            core.respond(transaction, &incoming.response(StatusCode::TRYING, None));
        }
        core.event(UaEvent::Reoffer { id: self.id, body });
    }

    /// An UPDATE without an offer is in nobody's way but that of an earlier UPDATE (RFC 3311 §5.2).
    fn receive_refresh(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        if talking.peer_offer.as_ref().is_some_and(PeerOffer::is_update) {
            return come_back(core, transaction, incoming);
        }
        if let Some(min_se) = refresh::refuse_interval(core, &incoming.request.headers) {
            return respond_with(core, transaction, incoming, StatusCode::SESSION_INTERVAL_TOO_SMALL, min_se);
        }
        self.accept(core, PeerOffer { transaction, incoming: Arc::clone(incoming) }, None);
    }

    /// Answers the peer's offer.
    pub(crate) fn answer_reoffer(
        &mut self,
        core: &mut Core,
        code: u16,
        answer: Option<Body>,
    ) -> Result<(), CommandError> {
        let Stage::Talking(talking) = &mut self.stage else { return Err(CommandError::WrongState) };
        let status = StatusCode::new(code).filter(|_| code >= 200).ok_or(CommandError::InvalidArgument)?;
        if talking.peer_offer.is_none() {
            return Err(CommandError::WrongState);
        }
        if code < 300 {
            let answer = answer.or_else(|| talking.local_body.clone());
            self.accept_offer(core, answer);
        } else if let Some(offer) = talking.peer_offer.take() {
            respond_plainly(core, offer.transaction, &offer.incoming, status);
        }
        Ok(())
    }

    fn accept_offer(&mut self, core: &mut Core, answer: Option<Body>) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        if let Some(offer) = talking.peer_offer.take() {
            self.accept(core, offer, answer);
        }
    }

    fn accept(&mut self, core: &mut Core, request: PeerOffer, answer: Option<Body>) {
        let PeerOffer { transaction, incoming } = request;
        let Stage::Talking(talking) = &mut self.stage else { return };
        talking.dialog.refresh_target(&incoming.request.headers);
        talking.note_peer(&incoming.request.headers);
        let mut response = incoming.response(StatusCode::OK, None);
        let shared = [talking.dialog.contact(), headers::allow(), headers::supported(), core.server()];
        response.headers.extend(shared);
        let session = refresh::accept(core, &incoming.request.headers, &mut response.headers);
        headers::set_body(&mut response.headers, &mut response.body, answer.as_ref());
        if answer.is_some() {
            talking.local_body = answer;
        }
        core.respond(transaction, &response);
        if incoming.request.method == Method::Invite {
            self.await_ack(core, transaction, incoming.cseq.number);
        }
        self.run_session_timer(core, session);
    }

    /// The peer cancelled its re-INVITE; the session stays as it was.
    pub(crate) fn cancel_offer(&mut self, core: &mut Core, transaction: TransactionId) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        if talking.peer_offer.as_ref().is_some_and(|offer| offer.transaction == transaction) {
            talking.refuse_pending(core);
            talking.peer_offer = None;
        }
    }
}

/// 500 with a Retry-After by chance.
pub(super) fn come_back(core: &mut Core, transaction: TransactionId, incoming: &IncomingRequest) {
    let seconds = u32::try_from(core.random.below(RETRY_WITHIN_S)).unwrap_or(0);
    let retry_after = core.retry_after(seconds);
    respond_with(core, transaction, incoming, StatusCode::SERVER_INTERNAL_ERROR, retry_after);
}

fn respond_with(
    core: &mut Core,
    transaction: TransactionId,
    incoming: &IncomingRequest,
    code: StatusCode,
    header: Header,
) {
    let mut response = incoming.response(code, None);
    response.headers.extend([header, core.server()]);
    core.respond(transaction, &response);
}
