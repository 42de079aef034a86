//! The caller's side until the call is answered (RFC 3261 §13.2).

use super::cancel::Cancel;
use super::exchange::{Exchange, Meaning};
use super::first_invite::first_invite;
use super::leaving::Owner;
use super::prack_out::Acknowledged;
use super::redirect::Redirection;
use super::session::Session;
use super::talking::{Role, Talking};
use super::{Call, CallTimer, Stage};
use crate::dialog::Dialog;
use crate::endpoint::Hangup;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::CSeq;
use crate::message::{Header, HeaderName, Headers, Method, Request, Response};
use crate::transaction::TransactionId;
use crate::transaction::sending::to_tag;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::authenticate::{AUTHENTICATION_TRIES_MAX, Authentication};
use crate::ua::command::{Body, Invite, InviteId, Pracks};
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

/// RFC 6228.
pub(super) const EARLY_DIALOG_TERMINATED: u16 = 199;

/// The INVITE and the early dialogs that it forks into.
#[derive(Debug)]
pub(crate) struct Calling {
    pub(crate) transaction: TransactionId,
    pub(super) tries: u8,
    pub(super) forks: Vec<Fork>,
    /// The peers of early dialogs that the owner has left.
    pub(super) left: Vec<String>,
    pub(super) cancel: Cancel,
    pub(super) owner: Owner,
    pub(super) pracks: Pracks,
    pub(super) redirection: Option<Box<Redirection>>,
    offer: Option<Body>,
}

/// One early dialog.
#[derive(Debug)]
pub(super) struct Fork {
    pub(super) session: Session,
    pub(super) acknowledged: Acknowledged,
}

impl Call {
    /// Sends the INVITE.
    pub(crate) fn place(core: &mut Core, id: InviteId, invite: Invite) -> Result<Self, CommandError> {
        headers::check_own(&invite.headers)?;
        let hop = core.hop(&invite.target, invite.route.first().unwrap_or(&invite.uri))?;
        let (call_id, tag) = (core.random.token(), core.random.token());
        let request = first_invite(core, &invite, &hop.contact(), (&call_id, &tag));
        let (expiry, redirection) = (request.headers.clone(), Redirection::of(&invite));
        let authentication = Authentication::new(invite.credentials, &hop);
        let transaction = core.request(request, hop, User::Invite(id));
        let calling = Calling {
            transaction,
            tries: 0,
            forks: Vec::new(),
            left: Vec::new(),
            cancel: Cancel::No,
            owner: Owner::Waits,
            pracks: invite.options.pracks,
            redirection,
            offer: invite.body,
        };
        let stage = Stage::Calling(Box::new(calling));
        let mut call = Self::new(id, (call_id, tag), stage, authentication);
        call.trust = invite.options.trust;
        call.watch_expiry(core, &expiry);
        if let Some(patience) = core.config.first_response {
            core.start(call.timer(CallTimer::FirstResponse), patience);
        }
        Ok(call)
    }

    /// The INVITE's outcome, provisional or final.
    pub(crate) fn invite_outcome(&mut self, core: &mut Core, delivery: &Delivery) {
        core.stop(self.timer(CallTimer::FirstResponse));
        let is_unanswered = !matches!(delivery.outcome, Outcome::Response(_));
        if is_unanswered && self.go_elsewhere(core, delivery) {
            return;
        }
        match &delivery.outcome {
            Outcome::TimedOut => self.fail_synthetic(core, 408, "Request Timeout"),
            Outcome::TransportFailed => self.fail_synthetic(core, 503, "Service Unavailable"),
            Outcome::Unresolved(why) => self.fail_synthetic(core, 503, &why.to_string()),
            Outcome::Response(response) => match response.code.as_u16() {
                ..200 => self.provisional(core, delivery, response),
                200..300 => self.success(core, delivery, response),
                300.. => self.refused(core, delivery, response),
            },
        }
    }

    fn fail_synthetic(&mut self, core: &mut Core, code: u16, reason: &str) {
        if !matches!(self.stage, Stage::Calling(_)) {
            return;
        }
        let failed = self.synthetic(code, reason);
        self.finish_calling(core, failed);
    }

    pub(super) fn synthetic(&self, code: u16, reason: &str) -> UaEvent {
        let (id, reason) = (self.id, reason.to_owned());
        UaEvent::Failed { id, code, reason, headers: Headers::new(), synthetic: true }
    }

    /// The last event of a call that was not answered, unless its owner has been told.
    pub(super) fn finish_calling(&mut self, core: &mut Core, last: UaEvent) {
        for session in self.stage.sessions() {
            session.close(core);
        }
        let is_told = matches!(&self.stage, Stage::Calling(calling) if calling.owner == Owner::Told);
        if !is_told {
            return self.finish(core, last);
        }
        self.stop_timers(core);
        self.stage = Stage::Over;
    }

    /// The owner is told that nobody is there. The INVITE lives on, so that whoever answers late is cancelled.
    pub(super) fn give_up_unheard(&mut self, core: &mut Core) {
        let failed = self.synthetic(408, "Request Timeout");
        let Stage::Calling(calling) = &mut self.stage else { return };
        if calling.cancel.is_wanted() {
            return;
        }
        calling.owner = Owner::Told;
        core.event(failed);
        self.cancel(core, Hangup { code: 487, reason: None, headers: Vec::new() });
    }

    fn provisional(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        self.send_wanted_cancel(core);
        let Stage::Calling(calling) = &mut self.stage else { return };
        let code = response.code.as_u16();
        if code == 100 || calling.owner == Owner::Told {
            return;
        }
        if calling.has_left(response) {
            return;
        }
        let Some(fork) = calling.fork(core, delivery, response) else { return };
        let Some((prack, body)) = self.acknowledge_provisional(core, fork, response) else { return };
        if code == EARLY_DIALOG_TERMINATED {
            self.lose_fork(core, fork);
        }
        let Stage::Calling(calling) = &self.stage else { return };
        let Some(fork) = calling.forks.get(fork).map(|fork| fork.session.fork) else { return };
        self.show_enclosed(core, response);
        core.event(UaEvent::Progress {
            id: self.id,
            fork,
            code,
            reason: response.reason.to_string(),
            headers: response.headers.clone(),
            body,
            prack,
        });
    }

    /// The early dialog has ended, and with it what was open in it (RFC 6228 §6).
    fn lose_fork(&mut self, core: &mut Core, fork: usize) {
        let Stage::Calling(calling) = &mut self.stage else { return };
        if let Some(fork) = calling.forks.get_mut(fork) {
            fork.session.close(core);
            fork.session.own_offer = None;
        }
    }

    fn success(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let tag = to_tag(&response.headers).unwrap_or_default();
        match &mut self.stage {
            Stage::Talking(talking) if talking.session.dialog.remote_tag == tag => {}
            Stage::Talking(_) | Stage::Leaving(_) | Stage::Ringing(_) | Stage::Over => {
                abandon_fork(core, delivery, response);
            }
            Stage::Calling(calling) if calling.has_left(response) => {
                self.unwanted_answer(core, delivery, response);
            }
            Stage::Calling(calling) if calling.cancel.is_wanted() => {
                self.answered_too_late(core, delivery, response)
            }
            Stage::Calling(calling) => {
                let Some(fork) = calling.fork(core, delivery, response) else {
                    return self.unwanted_answer(core, delivery, response);
                };
                self.answered(core, fork, delivery, response);
            }
        }
    }

    fn answered(&mut self, core: &mut Core, fork: usize, delivery: &Delivery, response: &Response) {
        let Stage::Calling(mut calling) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        let mut session = calling.forks.swap_remove(fork).session;
        for lost in &mut calling.forks {
            lost.session.close(core);
        }
        session.dialog.confirm(response);
        session.note_peer(&response.headers);
        self.stop_timers(core);
        let body = headers::description(&response.headers, &response.body);
        let body = body.filter(|_| session.exchange.hear() != Meaning::Surplus);
        let fork = session.fork;
        let mut talking = Talking::new(session, Role::Caller);
        if talking.session.exchange == Exchange::Owed {
            talking.await_answer(delivery.transaction, &delivery.request);
        } else {
            talking.send_ack(core, delivery.transaction, &delivery.request, None);
            talking.session.exchange = Exchange::Settled;
        }
        self.stage = Stage::Talking(Box::new(talking));
        self.start_session_timer(core, &response.headers);
        self.show_enclosed(core, response);
        core.event(UaEvent::Answered { id: self.id, fork, headers: response.headers.clone(), body });
    }

    fn refused(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        let Stage::Calling(calling) = &mut self.stage else { return };
        let change = if calling.cancel.is_wanted() || calling.tries >= AUTHENTICATION_TRIES_MAX {
            None
        } else {
            retry_change(core, delivery, response, &mut self.authentication)
        };
        if let Some(change) = change {
            self.min_se = change.min_se().or(self.min_se);
            calling.tries += 1;
            calling.begin_again(core);
            let number = cseq_of(&delivery.request) + 1;
            calling.transaction =
                resend(core, &delivery.request, number, change, delivery.hop(), User::Invite(self.id));
            return;
        }
        if self.go_elsewhere(core, delivery) {
            return;
        }
        let Stage::Calling(calling) = &mut self.stage else { return };
        let event = UaEvent::Failed {
            id: self.id,
            code: response.code.as_u16(),
            reason: response.reason.to_string(),
            headers: response.headers.clone(),
            synthetic: false,
        };
        if calling.owner == Owner::Waits {
            self.show_enclosed(core, response);
        }
        self.finish_calling(core, event);
    }
}

impl Calling {
    /// The early dialogs of the last INVITE are over.
    pub(super) fn begin_again(&mut self, core: &mut Core) {
        for mut fork in self.forks.drain(..) {
            fork.session.close(core);
        }
        self.left.clear();
    }

    /// The early dialog of a response, made if it is new and there is room.
    pub(super) fn fork(
        &mut self,
        core: &mut Core,
        delivery: &Delivery,
        response: &Response,
    ) -> Option<usize> {
        let tag = to_tag(&response.headers).unwrap_or_default();
        if let Some(known) = self.forks.iter().position(|fork| fork.session.dialog.remote_tag == tag) {
            return Some(known);
        }
        let seen = self.forks.len() + self.left.len();
        if seen >= core.config.limits.forks {
            core.counters.limited_forks += 1;
            return None;
        }
        let dialog = Dialog::of_response(&delivery.request, response, delivery.way)?;
        let exchange = Exchange::of_sent(self.offer.as_ref());
        let session = Session::new(dialog, fork_number(seen), exchange, self.offer.clone());
        self.forks.push(Fork { session, acknowledged: Acknowledged::default() });
        Some(self.forks.len() - 1)
    }
}

/// What a second attempt changes after 401, 407 or 422; `None` if there is no point in one.
pub(super) fn retry_change(
    core: &mut Core,
    delivery: &Delivery,
    response: &Response,
    authentication: &mut Authentication,
) -> Option<Change> {
    match response.code.as_u16() {
        401 | 407 => authentication.answer(core, delivery, response).map(Change::Authorize),
        422 => {
            let min_se = super::refresh::min_se(&response.headers)?;
            Some(Change::SessionInterval {
                expires_s: min_se.max(core.config.session_timer.expires_s),
                min_se,
            })
        }
        _ => None,
    }
}

/// Acknowledges a 2xx that nobody wants, and says good-bye to its fork (RFC 3261 §13.2.2.4).
pub(crate) fn abandon_fork(core: &mut Core, delivery: &Delivery, response: &Response) {
    if let Some(mut dialog) = Dialog::of_response(&delivery.request, response, delivery.way) {
        dialog.confirm(response);
        acknowledge(core, &dialog, delivery.transaction, &delivery.request, None);
        dialog.skip_early_numbers();
        let (bye, hop) = dialog.request(core, Method::Bye);
        core.request(bye, hop, User::Nobody);
    }
}

/// Acknowledges the 2xx of a re-INVITE whose call has ended meanwhile.
pub(crate) fn acknowledge_late(core: &mut Core, delivery: &Delivery, response: &Response) {
    if let Some(dialog) = Dialog::of_response(&delivery.request, response, delivery.way) {
        acknowledge(core, &dialog, delivery.transaction, &delivery.request, None);
    }
}

/// Sends the ACK of a 2xx, with the credentials of its INVITE (RFC 3261 §22.1).
pub(super) fn acknowledge(
    core: &mut Core,
    dialog: &Dialog,
    transaction: TransactionId,
    invite: &Request,
    answer: Option<&Body>,
) {
    let (mut ack, way) = dialog.ack(core, cseq_of(invite));
    for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
        let values = invite.headers.get_all(&name);
        ack.headers.extend(values.map(|value| Header::new(name.clone(), value)));
    }
    headers::set_body(&mut ack.headers, &mut ack.body, answer);
    core.send_ack(transaction, &dialog.remote_tag, ack, way);
}

pub(super) fn cseq_of(request: &Request) -> u32 {
    request.headers.typed::<CSeq>().ok().flatten().map_or(0, |cseq| cseq.number)
}

fn fork_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
