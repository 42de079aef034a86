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

mod glare;
mod outcome;

use super::prack_out::Acknowledged;
use super::session::Session;
use super::talking::Talking;
use super::{Call, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::{Header, HeaderName, Method};
use crate::transaction::TransactionId;
use crate::ua::authenticate::Authentication;
use crate::ua::command::{Body, InviteId};
use crate::ua::headers;
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
}
