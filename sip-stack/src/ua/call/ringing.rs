//! The callee's side until the call is answered (RFC 3261 §13.3).

use std::sync::Arc;
use std::time::Duration;

use super::calling::EARLY_DIALOG_TERMINATED;
use super::exchange::{Exchange, Meaning};
use super::reliable::{Delivery, Reliable};
use super::session::Session;
use super::talking::{Role, Talking};
use super::{Call, CallTimer, Stage};
use crate::dialog::Dialog;
use crate::endpoint::Hangup;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::{Header, HeaderName, Response, StatusCode, Text};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::authenticate::Authentication;
use crate::ua::command::{Body, InviteId, Reason, Respond};
use crate::ua::event::{EndedBy, UaEvent};
use crate::ua::relation::{Relation, RelationKind};
use crate::ua::{headers, identity};

/// A proxy forgets an INVITE after three minutes without a provisional response (RFC 3261 §13.3.1.1).
const KEEP_RINGING: Duration = Duration::from_secs(60);

/// The peer's INVITE and its early dialog.
#[derive(Debug)]
pub(crate) struct Ringing {
    pub(crate) transaction: TransactionId,
    pub(crate) incoming: Arc<IncomingRequest>,
    pub(crate) session: Session,
    pub(super) reliable: Reliable,
    /// What an unreliable response has said of the answer.
    preview: Option<Body>,
    relations: Vec<Relation>,
}

impl Call {
    /// Takes an INVITE on: 100 at once, the rest is the owner's word. `None` if it names no way back.
    pub(crate) fn ring(
        core: &mut Core,
        id: InviteId,
        transaction: TransactionId,
        incoming: Arc<IncomingRequest>,
        relations: Vec<Relation>,
    ) -> Option<Self> {
        let tag = core.random.token();
        let contact = headers::contact(incoming.request.uri.user.as_deref(), &incoming.hop);
        let dialog = Dialog::of_request(&incoming, &tag, &contact)?;
        let offer = headers::description(&incoming.request.headers, &incoming.request.body);
        let mut session = Session::new(dialog, 0, Exchange::of_received(offer.as_ref()), None);
        session.note_peer(&incoming.request.headers);
        core.respond(transaction, &incoming.response(StatusCode::TRYING, None));
        let reliable = Reliable::of_invite(core, &incoming.request.headers);
        let key = (incoming.call_id.clone(), tag);
        core.event(UaEvent::Incoming {
            id,
            request: Box::new(incoming.request.clone()),
            source: incoming.source,
            relations: relations.clone(),
        });
        let ringing = Ringing { transaction, incoming, session, reliable, preview: None, relations };
        let invite = ringing.incoming.request.headers.clone();
        let call = Self::new(id, key, Stage::Ringing(Box::new(ringing)), Authentication::none());
        call.watch_expiry(core, &invite);
        Some(call)
    }

    /// Responds to the INVITE.
    pub(crate) fn respond(&mut self, core: &mut Core, mut respond: Respond) -> Result<(), CommandError> {
        // A refusal's contacts are other places to try, and the owner's to name (RFC 3261 §8.3, §21.4.23).
        let names_others = |header: &&Header| respond.code >= 300 && header.name == HeaderName::Contact;
        headers::check_own(respond.headers.iter().filter(|header| !names_others(header)))?;
        identity::conceal(&mut respond.headers, self.trust);
        let code = StatusCode::new(respond.code).filter(|code| *code != StatusCode::TRYING);
        let code = code.ok_or(CommandError::InvalidArgument)?;
        let Stage::Ringing(ringing) = &mut self.stage else { return Err(CommandError::WrongState) };
        let takes_199 = headers::has_option(&ringing.incoming.request.headers, &HeaderName::Supported, "199");
        if code.as_u16() == EARLY_DIALOG_TERMINATED && !takes_199 {
            return Err(CommandError::InvalidArgument);
        }
        if code.as_u16() < 300 && ringing.must_wait(code) {
            return ringing.reliable.queue(respond);
        }
        self.respond_now(core, code, respond)
    }

    fn respond_now(
        &mut self,
        core: &mut Core,
        code: StatusCode,
        respond: Respond,
    ) -> Result<(), CommandError> {
        match code.as_u16() {
            ..200 => self.respond_provisional(core, code, respond),
            200..300 => self.respond_success(core, code, respond),
            300.. => {
                self.respond_refusal(core, code, &respond);
                Ok(())
            }
        }
    }

    /// Sends what waited for a PRACK, or for the end of an early offer.
    pub(super) fn send_queued(&mut self, core: &mut Core) {
        while let Stage::Ringing(ringing) = &mut self.stage {
            if ringing.reliable.is_waiting() || ringing.is_negotiating() {
                return;
            }
            let Some(respond) = ringing.reliable.next_queued() else { return };
            let Some(code) = StatusCode::new(respond.code) else { return };
            // It was valid when it was queued, and nothing is in its way now.
            let _ = self.respond_now(core, code, respond);
        }
    }

    fn respond_provisional(
        &mut self,
        core: &mut Core,
        code: StatusCode,
        mut respond: Respond,
    ) -> Result<(), CommandError> {
        let Stage::Ringing(ringing) = &mut self.stage else { return Err(CommandError::WrongState) };
        let (policy, exchange) = (core.config.reliable_responses, ringing.session.exchange);
        let delivery = ringing.reliable.delivery(policy, exchange, respond.body.is_some())?;
        respond.body = match delivery {
            Delivery::Reliable => ringing.describe(respond.body),
            Delivery::Unreliable => ringing.preview(respond.body),
        };
        let mut response = ringing.response(core, code, &respond);
        if delivery == Delivery::Reliable {
            ringing.reliable.mark(&mut response, core.config.timers.t1);
        }
        core.respond(ringing.transaction, &response);
        match delivery {
            Delivery::Reliable => self.await_prack(core),
            Delivery::Unreliable => core.start(self.timer(CallTimer::KeepRinging), KEEP_RINGING),
        }
        Ok(())
    }

    fn respond_success(
        &mut self,
        core: &mut Core,
        code: StatusCode,
        mut respond: Respond,
    ) -> Result<(), CommandError> {
        let Stage::Ringing(ringing) = &mut self.stage else { return Err(CommandError::WrongState) };
        if ringing.session.exchange == Exchange::Open && respond.body.is_none() {
            return Err(CommandError::InvalidArgument);
        }
        respond.body = ringing.describe_finally(respond.body);
        let mut response = ringing.response(core, code, &respond);
        let Stage::Ringing(ringing) = std::mem::replace(&mut self.stage, Stage::Over) else {
            return Err(CommandError::WrongState);
        };
        self.stop_timers(core);
        let invite = &ringing.incoming;
        let interval = super::refresh::accept(core, &invite.request.headers, &mut response.headers);
        core.respond(ringing.transaction, &response);
        let replaced = ringing.relations.iter().filter(|relation| relation.kind == RelationKind::Replaces);
        core.replaced.extend(replaced.map(|relation| relation.call));
        let mut talking = Talking::new(ringing.session, Role::Callee);
        talking.last_reliable = Some((ringing.reliable, invite.cseq.clone()));
        self.stage = Stage::Talking(Box::new(talking));
        self.await_ack(core, ringing.transaction, invite.cseq.number);
        self.run_session_timer(core, interval);
        Ok(())
    }

    fn respond_refusal(&mut self, core: &mut Core, code: StatusCode, respond: &Respond) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        ringing.session.close(core);
        core.refuse(ringing.transaction, &ringing.response(core, code, respond));
        self.finish_ended(core, EndedBy::Local, None);
    }

    /// Refuses the INVITE for a reason that is not the owner's.
    pub(super) fn end_ringing(&mut self, core: &mut Core, code: StatusCode) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        ringing.session.close(core);
        let tag = ringing.session.dialog.local_tag.as_str();
        let mut response = ringing.incoming.response(code, Some(tag));
        response.headers.push(core.server());
        core.respond(ringing.transaction, &response);
    }

    /// Refuses the INVITE because the owner hangs up.
    pub(super) fn refuse(&mut self, core: &mut Core, hangup: Hangup) -> Result<(), CommandError> {
        if hangup.code < 300 {
            return Err(CommandError::InvalidArgument);
        }
        let mut headers = hangup.headers;
        headers.extend(hangup.reason.iter().map(headers::reason_header));
        self.respond(core, Respond { code: hangup.code, reason: None, headers, body: None })
    }

    /// The caller gave up: a CANCEL, or a BYE in the early dialog.
    pub(crate) fn canceled(&mut self, core: &mut Core, reason: Option<Reason>) {
        if !matches!(self.stage, Stage::Ringing(_)) {
            return;
        }
        self.end_ringing(core, StatusCode::REQUEST_TERMINATED);
        let id = self.id;
        self.finish(core, UaEvent::Canceled { id, reason });
    }

    pub(super) fn keep_ringing(&mut self, core: &mut Core) {
        let Stage::Ringing(ringing) = &self.stage else { return };
        core.repeat_provisional(ringing.transaction);
        core.start(self.timer(CallTimer::KeepRinging), KEEP_RINGING);
    }
}

impl Ringing {
    /// Whether a response has to wait for a PRACK, or a 2xx for the end of an early offer (RFC 3311 §5.1).
    fn must_wait(&self, code: StatusCode) -> bool {
        let waits_behind = self.reliable.has_queued();
        self.reliable.must_wait(code) || waits_behind || (code.as_u16() >= 200 && self.is_negotiating())
    }

    /// Whether an offer of either side is open after the first exchange.
    pub(super) fn is_negotiating(&self) -> bool {
        self.session.peer_offer.is_some() || self.session.own_offer.is_some()
    }

    /// The description of a response that must arrive; one too many is left out (RFC 6337 §3.1.1).
    fn describe(&mut self, body: Option<Body>) -> Option<Body> {
        let body = body.filter(|_| self.session.exchange.say() != Meaning::Surplus)?;
        self.session.local_body = Some(body.clone());
        Some(body)
    }

    /// The description of a 2xx: the preview if there is nothing newer, the offer if its PRACK left out the answer.
    fn describe_finally(&mut self, body: Option<Body>) -> Option<Body> {
        match self.session.exchange {
            Exchange::Offered => self.session.local_body.clone(),
            Exchange::Owed => {
                let preview = self.preview.take();
                self.describe(body.or(preview))
            }
            Exchange::Open | Exchange::Settled => self.describe(body),
        }
    }

    /// The description of a response that may be lost: a preview of the answer, never an offer.
    fn preview(&mut self, body: Option<Body>) -> Option<Body> {
        let body = body.filter(|_| self.session.exchange == Exchange::Owed)?;
        self.preview = Some(body.clone());
        Some(body)
    }

    fn response(&self, core: &Core, code: StatusCode, respond: &Respond) -> Response {
        let mut response = self.incoming.response(code, Some(&self.session.dialog.local_tag));
        if let Some(reason) = &respond.reason {
            response.reason = Text::from(reason.as_str());
        }
        if code.as_u16() < 300 {
            self.incoming.copy_record_route(&mut response);
            response.headers.extend([self.session.dialog.contact(), headers::supported(core)]);
            response.headers.extend(core.abilities());
        }
        response.headers.push(core.server());
        let own = respond.headers.iter().filter(|header| header.name != HeaderName::Server);
        response.headers.extend(own.cloned());
        headers::set_body(&mut response.headers, &mut response.body, respond.body.as_ref());
        response
    }
}
