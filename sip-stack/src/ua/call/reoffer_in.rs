//! The peer's offers after the first: re-INVITE (RFC 3261 §14.2), UPDATE (RFC 3311 §5.2) and what a PRACK carried.

use std::sync::Arc;

use super::exchange::Exchange;
use super::in_dialog::{respond_plainly, respond_with};
use super::reliable::Reliable;
use super::reoffer_progress_in::Answered;
use super::session::{Conflict, Session};
use super::{Call, Stage, refresh};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::{Method, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::{Body, Respond};
use crate::ua::event::UaEvent;
use crate::ua::headers;

/// RFC 3261 §14.2: a second offer is told to come back within ten seconds, by chance.
const RETRY_WITHIN_S: u64 = 11;

/// A request that waits for the owner's answer.
#[derive(Debug)]
pub(super) struct PeerOffer {
    pub(super) transaction: TransactionId,
    pub(super) incoming: Arc<IncomingRequest>,
    /// The provisional responses to a re-INVITE.
    pub(super) reliable: Option<Reliable>,
    /// What an unreliable one of them has said of the answer.
    pub(super) preview: Option<Body>,
    pub(super) answered: Option<Answered>,
}

impl PeerOffer {
    pub(super) fn new(core: &mut Core, transaction: TransactionId, incoming: &Arc<IncomingRequest>) -> Self {
        let request = &incoming.request;
        let is_invite = request.method == Method::Invite;
        let reliable = is_invite.then(|| Reliable::of_invite(core, &request.headers));
        Self { transaction, incoming: Arc::clone(incoming), reliable, preview: None, answered: None }
    }

    fn is_update(&self) -> bool {
        self.incoming.request.method == Method::Update
    }
}

impl Session {
    /// An end of the dialog leaves no request unanswered (RFC 3261 §15.1.2), and waits for no answer.
    pub(super) fn close(&mut self, core: &mut Core) {
        while self.peer_offer.is_some() {
            self.refuse_pending(core, StatusCode::REQUEST_TERMINATED);
        }
        if let Some(offer) = &self.own_offer {
            offer.abandon(core);
        }
    }

    /// Refuses the peer's offer; what was agreed before it holds. One inside of it still waits.
    pub(super) fn refuse_pending(&mut self, core: &mut Core, code: StatusCode) {
        let Some(offer) = self.peer_offer.take() else { return };
        respond_plainly(core, offer.transaction, &offer.incoming, code);
        if let Some(answered) = offer.answered {
            self.local_body = answered.before;
        }
        self.peer_offer = self.inner_offer.take();
    }
}

impl Call {
    /// A re-INVITE or UPDATE. A re-INVITE has to wait for the end of the INVITE.
    pub(super) fn receive_modification(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) {
        let is_invite = incoming.request.method == Method::Invite;
        if is_invite {
            self.presume_acknowledged(core);
        }
        match &self.stage {
            Stage::Calling(_) if is_invite => {
                respond_plainly(core, transaction, incoming, StatusCode::REQUEST_PENDING);
            }
            Stage::Ringing(_) if is_invite => come_back(core, transaction, incoming),
            Stage::Calling(_) | Stage::Ringing(_) | Stage::Talking(_)
                if !is_invite
                    && headers::description(&incoming.request.headers, &incoming.request.body).is_none() =>
            {
                self.receive_refresh(core, transaction, incoming);
            }
            Stage::Calling(_) | Stage::Ringing(_) | Stage::Talking(_) => {
                self.receive_offer(core, transaction, incoming);
            }
            Stage::Leaving(_) | Stage::Over => {
                let gone = StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST;
                respond_plainly(core, transaction, incoming, gone);
            }
        }
    }

    fn receive_offer(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) {
        let id = self.id;
        let Some(session) = self.stage.session(incoming.from_tag.as_deref().unwrap_or_default()) else {
            return;
        };
        let is_second_invite = incoming.request.method == Method::Invite && session.peer_offer.is_some();
        match session.conflict().or(is_second_invite.then_some(Conflict::Busy)) {
            Some(Conflict::Busy) => return come_back(core, transaction, incoming),
            Some(Conflict::Glare) => {
                return respond_plainly(core, transaction, incoming, StatusCode::REQUEST_PENDING);
            }
            None => {}
        }
        if let Some(min_se) = refresh::refuse_interval(core, &incoming.request.headers) {
            return respond_with(core, transaction, incoming, StatusCode::SESSION_INTERVAL_TOO_SMALL, min_se);
        }
        let offer = PeerOffer::new(core, transaction, incoming);
        let body = headers::description(&incoming.request.headers, &incoming.request.body);
        if body.is_none() {
            // Only a re-INVITE comes here without a body: it asks for our offer.
            session.exchange = Exchange::Offered;
            let description = session.local_body.clone();
            return self.accept(core, offer, description);
        }
        session.hold(offer);
        let fork = session.fork;
        if incoming.request.method == Method::Invite {
            core.respond(transaction, &incoming.response(StatusCode::TRYING, None));
        }
        core.event(UaEvent::Reoffer { id, fork, body });
    }

    /// An UPDATE without an offer is in nobody's way but that of an earlier UPDATE (RFC 3311 §5.2).
    fn receive_refresh(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) {
        let Some(session) = self.stage.session(incoming.from_tag.as_deref().unwrap_or_default()) else {
            return;
        };
        if session.peer_offer.iter().chain(&session.inner_offer).any(PeerOffer::is_update) {
            return come_back(core, transaction, incoming);
        }
        if let Some(min_se) = refresh::refuse_interval(core, &incoming.request.headers) {
            return respond_with(core, transaction, incoming, StatusCode::SESSION_INTERVAL_TOO_SMALL, min_se);
        }
        let offer = PeerOffer::new(core, transaction, incoming);
        self.accept(core, offer, None);
    }

    /// Answers the peer's offer; of several early dialogs the one that has waited longest.
    pub(crate) fn answer_reoffer(
        &mut self,
        core: &mut Core,
        code: u16,
        answer: Option<Body>,
    ) -> Result<(), CommandError> {
        let is_decided =
            |session: &&mut Session| session.peer_offer.as_ref().is_some_and(PeerOffer::is_decided);
        if self.answer_inner_offer(core, code, &answer)? == Inner::Answered {
            self.send_queued_progress(core);
            return Ok(());
        }
        if self.stage.sessions().iter().any(is_decided) {
            return Err(CommandError::WrongState);
        }
        self.answer_reoffer_now(core, code, answer)
    }

    pub(super) fn answer_reoffer_now(
        &mut self,
        core: &mut Core,
        code: u16,
        answer: Option<Body>,
    ) -> Result<(), CommandError> {
        let status = StatusCode::new(code).filter(|_| code > 100).ok_or(CommandError::InvalidArgument)?;
        if status.is_provisional() {
            return self.progress_reoffer(core, status, answer);
        }
        let waiting = |session: &&mut Session| session.peer_offer.as_ref().map(|offer| offer.transaction);
        let sessions = self.stage.sessions().into_iter().filter(|session| session.peer_offer.is_some());
        let session = sessions.min_by_key(waiting).ok_or(CommandError::WrongState)?;
        let offer = session.peer_offer.as_mut().ok_or(CommandError::WrongState)?;
        if code >= 300 {
            session.refuse_pending(core, status);
        } else if let Some(reliable) = offer.reliable.as_mut().filter(|reliable| reliable.must_wait(status)) {
            return reliable.queue(Respond { body: answer, ..Respond::new(code) });
        } else if let Some(mut offer) = session.peer_offer.take() {
            let answer = answer.or(offer.preview.take()).or_else(|| session.local_body.clone());
            let answer = answer.filter(|_| offer.answered.is_none());
            self.accept(core, offer, answer);
        }
        self.send_queued(core);
        Ok(())
    }

    /// Answers what an UPDATE or PRACK offers inside of a re-INVITE: it was asked about last, and is answered first. The
    /// provisional responses meanwhile are the re-INVITE's.
    fn answer_inner_offer(
        &mut self,
        core: &mut Core,
        code: u16,
        answer: &Option<Body>,
    ) -> Result<Inner, CommandError> {
        let Stage::Talking(talking) = &mut self.stage else { return Ok(Inner::None) };
        let session = &mut talking.session;
        let Some(inner) = session.inner_offer.take_if(|_| code >= 200) else { return Ok(Inner::None) };
        let Some(status) = StatusCode::new(code) else {
            session.inner_offer = Some(inner);
            return Err(CommandError::InvalidArgument);
        };
        if code >= 300 {
            respond_plainly(core, inner.transaction, &inner.incoming, status);
        } else {
            let answer = answer.clone().or_else(|| session.local_body.clone());
            self.accept(core, inner, answer);
        }
        Ok(Inner::Answered)
    }

    fn accept(&mut self, core: &mut Core, offer: PeerOffer, description: Option<Body>) {
        let PeerOffer { transaction, incoming, reliable, .. } = offer;
        let request = &incoming.request;
        let Some(session) = self.stage.session(incoming.from_tag.as_deref().unwrap_or_default()) else {
            return;
        };
        session.note_peer(&request.headers);
        let mut response = incoming.response(StatusCode::OK, None);
        if request.method != Method::Prack {
            session.dialog.refresh_target(&request.headers);
            response.headers.extend([session.dialog.contact(), headers::supported(core)]);
            response.headers.extend(core.abilities());
        }
        response.headers.push(core.server());
        headers::set_body(&mut response.headers, &mut response.body, description.as_ref());
        if let Some(description) = description {
            session.agree(description);
        }
        let is_confirmed = matches!(self.stage, Stage::Talking(_));
        if !is_confirmed || request.method == Method::Prack {
            return core.respond(transaction, &response);
        }
        let interval = refresh::accept(core, &request.headers, &mut response.headers);
        core.respond(transaction, &response);
        if request.method == Method::Invite {
            self.await_ack(core, transaction, incoming.cseq.number);
            self.expect_last_prack(reliable, &incoming.cseq);
        }
        self.run_session_timer(core, interval);
    }

    /// The peer cancelled its re-INVITE; the session stays as it was.
    pub(crate) fn cancel_offer(&mut self, core: &mut Core, transaction: TransactionId) {
        let is_meant = |session: &&mut Session| {
            session.peer_offer.as_ref().is_some_and(|offer| offer.transaction == transaction)
        };
        if let Some(session) = self.stage.sessions().into_iter().find(is_meant) {
            session.refuse_pending(core, StatusCode::REQUEST_TERMINATED);
        }
    }
}

/// Whether an offer inside of a re-INVITE was there to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inner {
    None,
    Answered,
}

/// 500 with a Retry-After by chance.
fn come_back(core: &mut Core, transaction: TransactionId, incoming: &IncomingRequest) {
    let seconds = u32::try_from(core.random.below(RETRY_WITHIN_S)).unwrap_or(0);
    let retry_after = core.retry_after(seconds);
    respond_with(core, transaction, incoming, StatusCode::SERVER_INTERNAL_ERROR, retry_after);
}
