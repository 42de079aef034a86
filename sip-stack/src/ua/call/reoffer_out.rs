//! Our re-INVITE or UPDATE inside the dialog (RFC 3261 §14.1, RFC 3311).

use std::time::Duration;

use super::calling::{acknowledge, cseq_of, retry_change};
use super::{Call, CallTimer, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::RetryAfter;
use crate::message::{Header, HeaderName, Method, Response};
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::AUTHENTICATION_TRIES_MAX;
use crate::ua::command::Body;
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::resend::resend;
use crate::ua::user::User;

use super::talking::{Role, Talking};

/// What the request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The owner's new description.
    Reoffer,
    RefreshByInvite,
    RefreshByUpdate,
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
    body: Option<Body>,
    tries: u8,
    glares: u8,
    progress: Progress,
}

impl OwnOffer {
    pub(super) fn is_sent(&self) -> bool {
        self.progress == Progress::Sent
    }
}

impl Talking {
    /// Whether an offer of either side is open, or an ACK is missing.
    pub(super) fn is_negotiating(&self) -> bool {
        self.own_offer.is_some()
            || self.peer_offer.is_some()
            || self.unacknowledged.is_some()
            || self.owes_answer()
    }
}

impl Call {
    /// Offers a new description.
    pub(crate) fn reoffer(&mut self, core: &mut Core, body: Body) -> Result<(), CommandError> {
        let Stage::Talking(talking) = &self.stage else { return Err(CommandError::WrongState) };
        if talking.is_negotiating() {
            return Err(CommandError::WrongState);
        }
        self.offer(core, Purpose::Reoffer, Some(body));
        Ok(())
    }

    pub(super) fn offer(&mut self, core: &mut Core, purpose: Purpose, body: Option<Body>) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        talking.own_offer = Some(OwnOffer { purpose, body, tries: 0, glares: 0, progress: Progress::Sent });
        self.send_offer(core);
    }

    fn send_offer(&mut self, core: &mut Core) {
        let id = self.id;
        let Stage::Talking(talking) = &mut self.stage else { return };
        let Some(offer) = &mut talking.own_offer else { return };
        offer.progress = Progress::Sent;
        let (method, user, body) = match offer.purpose {
            Purpose::RefreshByUpdate => (Method::Update, User::Update(id), None),
            Purpose::Reoffer | Purpose::RefreshByInvite => {
                (Method::Invite, User::Reinvite(id), offer.body.as_ref())
            }
        };
        let (mut request, way) = talking.dialog.request(core, method);
        request.headers.extend([
            talking.dialog.contact(),
            headers::allow(),
            Header::new(HeaderName::Supported, "timer"),
            super::refresh::request_header(core, talking.session),
        ]);
        headers::set_body(&mut request.headers, &mut request.body, body);
        self.authentication.anticipate(core, &mut request, &way);
        core.request(request, way, user);
    }

    /// What became of our re-INVITE or UPDATE.
    pub(crate) fn offer_outcome(&mut self, core: &mut Core, delivery: &Delivery) {
        let Outcome::Response(response) = &delivery.outcome else { return self.fail(core) };
        match response.code.as_u16() {
            ..200 => {}
            200..300 => self.offer_accepted(core, delivery, response),
            408 | 481 => self.fail(core),
            491 if self.may_wait() => self.wait_after_glare(core),
            500 if retry_after(response).is_some() && self.may_wait() => self.wait_as_told(core, response),
            405 | 501 if delivery.request.method == Method::Update => self.refresh_by_invite(core),
            _ => self.offer_refused(core, delivery, response),
        }
    }

    fn offer_accepted(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let dialog = match &mut self.stage {
            Stage::Talking(talking) => &mut talking.dialog,
            Stage::Leaving(leaving) => &mut leaving.dialog,
            Stage::Calling(_) | Stage::Ringing(_) | Stage::Over => return,
        };
        dialog.refresh_target(&response.headers);
        if delivery.request.method == Method::Invite {
            acknowledge(core, dialog, delivery.transaction, &delivery.request, None);
        }
        let Stage::Talking(talking) = &mut self.stage else { return };
        let Some(offer) = talking.own_offer.take() else { return };
        if offer.body.is_some() {
            talking.local_body = offer.body;
        }
        self.start_session_timer(core, &response.headers);
        if offer.purpose == Purpose::Reoffer {
            let body = headers::body(&response.headers, &response.body);
            core.event(UaEvent::ReofferDone { id: self.id, code: response.code.as_u16(), body });
        }
    }

    fn offer_refused(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        let Some(offer) = &mut talking.own_offer else { return };
        if offer.tries < AUTHENTICATION_TRIES_MAX {
            offer.tries += 1;
            let change = retry_change(core, delivery, response, &mut self.authentication);
            if let Some(change) = change {
                let number = talking.dialog.next_cseq().max(cseq_of(&delivery.request) + 1);
                resend(core, &delivery.request, number, change, delivery.way, delivery.user);
                return;
            }
        }
        let purpose = offer.purpose;
        talking.own_offer = None;
        if purpose == Purpose::Reoffer {
            let code = response.code.as_u16();
            core.event(UaEvent::ReofferDone { id: self.id, code, body: None });
        } else {
            self.refresh_once_more(core);
        }
    }

    fn refresh_by_invite(&mut self, core: &mut Core) {
        let Stage::Talking(talking) = &mut self.stage else { return };
        talking.peer_allows_update = false;
        let body = talking.own_offer.take().and_then(|offer| offer.body);
        if body.is_some() {
            self.offer(core, Purpose::RefreshByInvite, body);
        }
    }

    /// Gives way once more, if it is not too often.
    fn may_wait(&mut self) -> bool {
        let Stage::Talking(talking) = &mut self.stage else { return false };
        let Some(offer) = &mut talking.own_offer else { return false };
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
        let Stage::Talking(talking) = &mut self.stage else { return };
        let units = match talking.role {
            Role::Caller => 210 + core.random.below(191),
            Role::Callee => core.random.below(201),
        };
        core.start(self.timer(CallTimer::Glare), Duration::from_millis(units * 10));
    }

    pub(super) fn retry_after_glare(&mut self, core: &mut Core) {
        let Stage::Talking(talking) = &self.stage else { return };
        if talking.peer_offer.is_some() || talking.unacknowledged.is_some() {
            return core.start(self.timer(CallTimer::Glare), Duration::from_secs(1));
        }
        self.send_offer(core);
    }
}

/// The seconds that a glare may ask us to wait.
fn retry_after(response: &Response) -> Option<u32> {
    let header: RetryAfter = response.headers.typed().ok()??;
    Some(header.seconds).filter(|seconds| *seconds <= RETRY_AFTER_S_MAX)
}
