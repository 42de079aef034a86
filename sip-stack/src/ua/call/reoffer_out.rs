//! Our offers after the first: re-INVITE (RFC 3261 §14.1), UPDATE (RFC 3311) and what a PRACK carried.
//!
//! ```text
//!              +------+  491, 500 with Retry-After  +---------+
//!   sent ----->| Sent |---------------------------->| Waiting |
//!              +------+<----------------------------+---------+
//!                 |        Glare fires, sent again
//!                 | 2xx: agreed; any other: as it was
//!                 V
//! ```

use std::time::Duration;

use super::calling::{acknowledge, cseq_of, retry_change};
use super::exchange::Exchange;
use super::prack_out::{Acknowledged, request_tag};
use super::session::Session;
use super::talking::{Role, Talking};
use super::{Call, CallTimer, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::RetryAfter;
use crate::message::{Header, HeaderName, Method, Response};
use crate::transaction::TransactionId;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::{AUTHENTICATION_TRIES_MAX, Authentication};
use crate::ua::command::{Body, InviteId};
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::resend::resend;
use crate::ua::user::User;

/// What the request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The owner's new description in a re-INVITE.
    Reoffer,
    /// A re-INVITE that asks the peer for its description.
    RequestOffer,
    /// The owner's new description in an UPDATE.
    Update,
    /// The owner's new description in a PRACK.
    Prack,
    RefreshByInvite,
    RefreshByUpdate,
}

impl Purpose {
    fn is_refresh(self) -> bool {
        matches!(self, Self::RefreshByInvite | Self::RefreshByUpdate)
    }
}

/// How often an offer gives way to the peer's before it counts as refused.
const GLARES_MAX: u8 = 8;

/// A Retry-After longer than RFC 3311 §5.2 permits is a refusal.
const RETRY_AFTER_S_MAX: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Sent,
    /// A 491 or a 500 told us to wait.
    Waiting,
}

/// A request of ours that has no final response.
#[derive(Debug)]
pub(super) struct OwnOffer {
    purpose: Purpose,
    pub(super) body: Option<Body>,
    tries: u8,
    glares: u8,
    progress: Progress,
    transaction: Option<TransactionId>,
    /// What of the reliable provisional responses to it has been taken.
    pub(super) acknowledged: Acknowledged,
    answer: Option<EarlyAnswer>,
}

/// An answer in a reliable provisional response.
#[derive(Debug)]
struct EarlyAnswer {
    /// `None` once another exchange has come after it.
    body: Option<Body>,
    /// What was agreed before it, and is again if the re-INVITE fails after all (RFC 6141 §3).
    before: Option<Body>,
}

impl OwnOffer {
    pub(super) fn new(purpose: Purpose, body: Option<Body>) -> Self {
        Self {
            purpose,
            body,
            tries: 0,
            glares: 0,
            progress: Progress::Sent,
            transaction: None,
            acknowledged: Acknowledged::default(),
            answer: None,
        }
    }

    pub(super) fn is_sent(&self) -> bool {
        self.progress == Progress::Sent
    }

    /// The dialog is over: nobody waits for the answer, and the peer may never give one.
    pub(super) fn abandon(&self, core: &mut Core) {
        if let Some(transaction) = self.transaction {
            core.limit_client(transaction);
        }
    }

    pub(super) fn is_of(&self, transaction: TransactionId) -> bool {
        self.transaction == Some(transaction)
    }

    pub(super) fn is_refresh(&self) -> bool {
        self.purpose.is_refresh()
    }

    pub(super) fn is_unanswered(&self) -> bool {
        self.body.is_some() && self.answer.is_none()
    }

    /// Takes the answer before the end of the re-INVITE: what was offered is agreed.
    pub(super) fn take_answer(&mut self, body: Body, agreed: &mut Option<Body>) {
        let before = std::mem::replace(agreed, self.body.clone());
        self.answer = Some(EarlyAnswer { body: Some(body), before });
    }

    /// Whether an offer of the peer's would be in its way.
    pub(super) fn is_open(&self) -> bool {
        self.is_sent() && self.answer.is_none()
    }

    /// Another exchange has come after the early answer: the 2xx brings nothing new, a refusal takes nothing back.
    pub(super) fn supersede_answer(&mut self, agreed: &Body) {
        if let Some(early) = &mut self.answer {
            *early = EarlyAnswer { body: None, before: Some(agreed.clone()) };
        }
    }

    pub(super) fn is_of_prack(&self) -> bool {
        self.purpose == Purpose::Prack
    }
}

impl Talking {
    /// Whether an offer of either side is open, or an ACK is missing.
    pub(super) fn is_negotiating(&self) -> bool {
        !self.session.may_offer() || self.unacknowledged.is_some()
    }
}

impl Session {
    /// Sends the offer, for the first time or once more.
    fn send_offer(
        &mut self,
        core: &mut Core,
        id: InviteId,
        timer: &[Header],
        authentication: &mut Authentication,
    ) {
        let Some(offer) = &mut self.own_offer else { return };
        offer.progress = Progress::Sent;
        offer.acknowledged = Acknowledged::default();
        let (method, user, body) = match offer.purpose {
            Purpose::Update => (Method::Update, User::Update(id), offer.body.as_ref()),
            Purpose::RefreshByUpdate => (Method::Update, User::Update(id), None),
            Purpose::Reoffer | Purpose::RequestOffer | Purpose::RefreshByInvite | Purpose::Prack => {
                (Method::Invite, User::Reinvite(id), offer.body.as_ref())
            }
        };
        let (mut request, hop) = self.dialog.request(core, method.clone());
        // What a reliable response to an INVITE without an offer would carry is an offer; that is left to the 2xx.
        let takes_reliable = method == Method::Invite && body.is_some();
        let tags = if takes_reliable { headers::SUPPORTED } else { "timer" };
        let supported = Header::new(HeaderName::Supported, tags);
        request.headers.extend([self.dialog.contact(), supported]);
        request.headers.extend(core.abilities());
        request.headers.extend(timer.iter().cloned());
        headers::set_body(&mut request.headers, &mut request.body, body);
        authentication.anticipate(core, &mut request, &hop);
        offer.transaction = Some(core.request(request, hop, user));
    }
}

impl Call {
    /// Offers a new description.
    pub(crate) fn reoffer(&mut self, core: &mut Core, body: Body) -> Result<(), CommandError> {
        self.reinvite(core, Purpose::Reoffer, Some(body))
    }

    /// Asks the peer for an offer (RFC 3261 §14.1).
    pub(crate) fn request_offer(&mut self, core: &mut Core) -> Result<(), CommandError> {
        self.reinvite(core, Purpose::RequestOffer, None)
    }

    fn reinvite(
        &mut self,
        core: &mut Core,
        purpose: Purpose,
        body: Option<Body>,
    ) -> Result<(), CommandError> {
        let Stage::Talking(talking) = &self.stage else { return Err(CommandError::WrongState) };
        if talking.is_negotiating() {
            return Err(CommandError::WrongState);
        }
        let fork = talking.session.fork;
        self.offer(core, fork, purpose, body);
        Ok(())
    }

    /// Offers a new description in an UPDATE. In an early dialog the first exchange must be over, and its response
    /// acknowledged (RFC 6337 §4.1, figure 7).
    pub(crate) fn update(&mut self, core: &mut Core, fork: u32, body: Body) -> Result<(), CommandError> {
        if matches!(&self.stage, Stage::Ringing(ringing) if ringing.reliable.is_waiting()) {
            return Err(CommandError::WrongState);
        }
        let session = self.stage.session_of_fork(fork).ok_or(CommandError::WrongState)?;
        if !session.peer_allows_update || !session.may_offer() {
            return Err(CommandError::WrongState);
        }
        self.offer(core, fork, Purpose::Update, Some(body));
        Ok(())
    }

    pub(super) fn offer(&mut self, core: &mut Core, fork: u32, purpose: Purpose, body: Option<Body>) {
        let (id, timer) = (self.id, self.timer_headers(core));
        let Some(session) = self.stage.session_of_fork(fork) else { return };
        session.own_offer = Some(OwnOffer::new(purpose, body));
        session.send_offer(core, id, &timer, &mut self.authentication);
    }

    /// The session timer belongs to confirmed dialogs.
    fn timer_headers(&self, core: &Core) -> Vec<Header> {
        match &self.stage {
            Stage::Talking(talking) => super::refresh::request_headers(core, talking.interval, self.min_se),
            Stage::Calling(_) | Stage::Ringing(_) | Stage::Leaving(_) | Stage::Over => Vec::new(),
        }
    }

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
    fn offer_unheard(&mut self, core: &mut Core, delivery: &Delivery, code: u16) {
        match &self.stage {
            Stage::Calling(_) | Stage::Ringing(_) => self.offer_over(core, delivery, code),
            Stage::Talking(_) | Stage::Leaving(_) | Stage::Over => self.fail(core),
        }
    }

    fn offer_accepted(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
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

    fn owe_answer(&mut self, delivery: &Delivery) {
        if let Stage::Talking(talking) = &mut self.stage {
            talking.await_answer(delivery.transaction, &delivery.request);
        }
    }

    fn offer_refused(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
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
    fn offer_over(&mut self, core: &mut Core, delivery: &Delivery, code: u16) {
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
    fn refresh_by_invite(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
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

    /// Gives way once more, if it is not too often.
    fn may_wait(&mut self, delivery: &Delivery) -> bool {
        let Some(session) = self.stage.session(&request_tag(delivery)) else { return false };
        let Some(offer) = &mut session.own_offer else { return false };
        offer.glares += 1;
        if offer.glares > GLARES_MAX {
            return false;
        }
        offer.progress = Progress::Waiting;
        true
    }

    /// The peer still owes an answer itself, and says when to come back (RFC 3311 §5.2).
    fn wait_as_told(&mut self, core: &mut Core, response: &Response) {
        let seconds = retry_after(response).unwrap_or_default();
        core.start(self.timer(CallTimer::Glare), Duration::from_secs(seconds.into()));
    }

    /// Both sides offered at once: the owner of the Call-ID waits longer (RFC 3261 §14.1).
    fn wait_after_glare(&mut self, core: &mut Core) {
        let role = match &self.stage {
            Stage::Calling(_) => Role::Caller,
            Stage::Ringing(_) => Role::Callee,
            Stage::Talking(talking) => talking.role,
            Stage::Leaving(_) | Stage::Over => return,
        };
        let units = match role {
            Role::Caller => 210 + core.random.below(191),
            Role::Callee => core.random.below(201),
        };
        core.start(self.timer(CallTimer::Glare), Duration::from_millis(units * 10));
    }

    pub(super) fn retry_after_glare(&mut self, core: &mut Core) {
        let is_busy = matches!(&self.stage, Stage::Talking(talking) if talking.unacknowledged.is_some());
        let (id, timer) = (self.id, self.timer_headers(core));
        let mut is_late = false;
        for session in self.stage.sessions() {
            let waits = session.own_offer.as_ref().is_some_and(|offer| !offer.is_sent());
            if waits && (is_busy || session.conflict().is_some()) {
                is_late = true;
            } else if waits {
                session.send_offer(core, id, &timer, &mut self.authentication);
            }
        }
        if is_late {
            core.start(self.timer(CallTimer::Glare), Duration::from_secs(1));
        }
    }
}

/// The seconds that a glare may ask us to wait.
fn retry_after(response: &Response) -> Option<u32> {
    let header: RetryAfter = response.headers.typed().ok()??;
    Some(header.seconds).filter(|seconds| *seconds <= RETRY_AFTER_S_MAX)
}
