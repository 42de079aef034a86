//! The callee's side until the call is answered (RFC 3261 §13.3).

use std::sync::Arc;
use std::time::Duration;

use super::reliable::Reliable;
use super::talking::{Role, Talking};
use super::{Call, CallTimer, Stage};
use crate::dialog::Dialog;
use crate::endpoint::Hangup;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::{HeaderName, Response, StatusCode, Text};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::authenticate::Authentication;
use crate::ua::command::{InviteId, Reason, Respond};
use crate::ua::event::{EndedBy, UaEvent};
use crate::ua::headers;

/// A proxy forgets an INVITE after three minutes without a provisional response (RFC 3261 §13.3.1.1).
const KEEP_RINGING: Duration = Duration::from_secs(60);

/// The peer's INVITE and its early dialog.
#[derive(Debug)]
pub(crate) struct Ringing {
    pub(crate) transaction: TransactionId,
    pub(crate) incoming: Arc<IncomingRequest>,
    pub(crate) dialog: Dialog,
    pub(super) reliable: Reliable,
}

impl Call {
    /// Takes an INVITE on: 100 at once, the rest is the owner's word. `None` if it names no way back.
    pub(crate) fn ring(
        core: &mut Core,
        id: InviteId,
        transaction: TransactionId,
        incoming: Arc<IncomingRequest>,
    ) -> Option<Self> {
        let tag = core.random.token();
        let contact = headers::contact(incoming.request.uri.user.as_deref(), &incoming.hop);
        let dialog = Dialog::of_request(&incoming, &tag, &contact)?;
        core.respond(transaction, &incoming.response(StatusCode::TRYING, None));
        let reliable = Reliable::of_invite(core, &incoming.request.headers);
        let key = (incoming.call_id.clone(), tag);
        core.event(UaEvent::Incoming {
            id,
            request: Box::new(incoming.request.clone()),
            source: incoming.source,
        });
        let stage = Stage::Ringing(Box::new(Ringing { transaction, incoming, dialog, reliable }));
        Some(Self { id, key, stage, authentication: Authentication::none() })
    }

    /// Responds to the INVITE.
    pub(crate) fn respond(&mut self, core: &mut Core, respond: Respond) -> Result<(), CommandError> {
        headers::check_own(&respond.headers)?;
        let code = StatusCode::new(respond.code).filter(|code| *code != StatusCode::TRYING);
        let code = code.ok_or(CommandError::InvalidArgument)?;
        let Stage::Ringing(ringing) = &mut self.stage else { return Err(CommandError::WrongState) };
        match code.as_u16() {
            ..300 if ringing.reliable.must_wait(code) => ringing.reliable.queue(respond)?,
            ..200 => self.respond_provisional(core, code, respond),
            200..300 => self.respond_success(core, code, respond),
            300.. => {
                core.respond(ringing.transaction, &ringing.response(core, code, &respond));
                self.finish_ended(core, EndedBy::Local, None);
            }
        }
        Ok(())
    }

    fn respond_provisional(&mut self, core: &mut Core, code: StatusCode, respond: Respond) {
        let Stage::Ringing(ringing) = &mut self.stage else { return };
        let mut response = ringing.response(core, code, &respond);
        let transaction = ringing.transaction;
        let repeated = ringing.reliable.mark(&mut response, respond.body.is_some(), core.config.timers.t1);
        core.respond(transaction, &response);
        match repeated {
            Some(interval) => self.await_prack(core, interval),
            None => core.start(self.timer(CallTimer::KeepRinging), KEEP_RINGING),
        }
    }

    fn respond_success(&mut self, core: &mut Core, code: StatusCode, respond: Respond) {
        let Stage::Ringing(ringing) = std::mem::replace(&mut self.stage, Stage::Over) else { return };
        self.stop_timers(core);
        let mut response = ringing.response(core, code, &respond);
        let invite = &ringing.incoming.request.headers;
        let session = super::refresh::accept(core, invite, &mut response.headers);
        core.respond(ringing.transaction, &response);
        let mut talking = Talking::new(ringing.dialog, Role::Callee, respond.body);
        talking.note_peer(invite);
        self.stage = Stage::Talking(Box::new(talking));
        self.await_ack(core, ringing.transaction, ringing.incoming.cseq.number);
        self.run_session_timer(core, session);
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
        let Stage::Ringing(ringing) = &self.stage else { return };
        let tag = ringing.dialog.local_tag.as_str();
        let mut response = ringing.incoming.response(StatusCode::REQUEST_TERMINATED, Some(tag));
        response.headers.push(core.server());
        core.respond(ringing.transaction, &response);
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
    fn response(&self, core: &Core, code: StatusCode, respond: &Respond) -> Response {
        let mut response = self.incoming.response(code, Some(&self.dialog.local_tag));
        if let Some(reason) = &respond.reason {
            response.reason = Text::from(reason.as_str());
        }
        if code.as_u16() < 300 {
            self.incoming.copy_record_route(&mut response);
            response.headers.extend([self.dialog.contact(), headers::allow(), headers::supported()]);
        }
        response.headers.push(core.server());
        let own = respond.headers.iter().filter(|header| header.name != HeaderName::Server);
        response.headers.extend(own.cloned());
        headers::set_body(&mut response.headers, &mut response.body, respond.body.as_ref());
        response
    }
}
