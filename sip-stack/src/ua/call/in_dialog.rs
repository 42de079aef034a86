//! Requests inside a dialog, early or confirmed, and the small ones that we send (RFC 3261 §12.2).

use std::sync::Arc;

use super::{Call, Stage};
use crate::dialog::{Dialog, Sequence};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::{Header, Method, StatusCode};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::capabilities;
use crate::ua::command::Body;
use crate::ua::event::{EndedBy, UaEvent};
use crate::ua::headers;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

impl Call {
    /// The dialog with this peer.
    fn dialog(&mut self, remote_tag: Option<&str>) -> Option<&mut Dialog> {
        self.stage.dialog(remote_tag.unwrap_or_default())
    }

    /// Whether a request with this From tag belongs to the call.
    pub(crate) fn has_dialog(&mut self, remote_tag: Option<&str>) -> bool {
        self.dialog(remote_tag).is_some()
    }

    /// A request of one of the call's dialogs.
    pub(crate) fn receive(
        &mut self,
        core: &mut Core,
        transaction: TransactionId,
        incoming: &Arc<IncomingRequest>,
    ) {
        let Some(dialog) = self.dialog(incoming.from_tag.as_deref()) else { return };
        dialog.hear_session(&incoming.request.headers);
        if dialog.receive_cseq(incoming.cseq.number) == Sequence::Stale {
            return respond_plainly(core, transaction, incoming, StatusCode::SERVER_INTERNAL_ERROR);
        }
        let is_leaving = matches!(self.stage, Stage::Leaving(_));
        match incoming.request.method {
            Method::Bye => self.receive_bye(core, transaction, incoming),
            // After a BYE there is no dialog outwardly (RFC 5407 §2, the Mortal state).
            _ if is_leaving => {
                let gone = StatusCode::CALL_OR_TRANSACTION_DOES_NOT_EXIST;
                respond_plainly(core, transaction, incoming, gone);
            }
            Method::Invite | Method::Update => self.receive_modification(core, transaction, incoming),
            Method::Info => self.receive_info(core, transaction, incoming),
            Method::Prack => self.receive_prack(core, transaction, incoming),
            Method::Options => core.respond(transaction, &capabilities(core, incoming, None)),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Extension(_) => {
                respond_plainly(core, transaction, incoming, StatusCode::METHOD_NOT_ALLOWED);
            }
        }
    }

    fn receive_bye(&mut self, core: &mut Core, transaction: TransactionId, incoming: &IncomingRequest) {
        respond_plainly(core, transaction, incoming, StatusCode::OK);
        let reason = headers::reason(&incoming.request.headers);
        match &mut self.stage {
            Stage::Calling(_) | Stage::Over => {}
            Stage::Ringing(_) => self.canceled(core, reason),
            Stage::Talking(talking) => {
                talking.session.close(core);
                talking.settle_ack(core, None);
                self.finish_ended(core, EndedBy::Remote, reason);
            }
            Stage::Leaving(_) => self.left(core),
        }
    }

    fn receive_info(&mut self, core: &mut Core, transaction: TransactionId, incoming: &IncomingRequest) {
        respond_plainly(core, transaction, incoming, StatusCode::OK);
        if let Some(body) = headers::body(&incoming.request.headers, &incoming.request.body) {
            core.event(UaEvent::Info { id: self.id, body });
        }
    }

    /// Sends an INFO.
    pub(crate) fn info(&mut self, core: &mut Core, body: &Body) -> Result<(), CommandError> {
        let Stage::Talking(talking) = &mut self.stage else { return Err(CommandError::WrongState) };
        let (mut info, hop) = talking.session.dialog.request(core, Method::Info);
        headers::set_body(&mut info.headers, &mut info.body, Some(body));
        self.authentication.anticipate(core, &mut info, &hop);
        core.request(info, hop, User::InDialog(self.id));
        Ok(())
    }

    /// What became of an INFO: a peer that has lost the dialog ends the call (RFC 3261 §12.2.1.2).
    pub(crate) fn in_dialog_outcome(&mut self, core: &mut Core, delivery: &Delivery) {
        let response = match &delivery.outcome {
            Outcome::TimedOut => return self.fail(core),
            Outcome::TransportFailed | Outcome::Unresolved(_) => return,
            Outcome::Response(response) => response,
        };
        match response.code.as_u16() {
            408 | 481 => self.fail(core),
            401 | 407 => {
                let Stage::Talking(talking) = &mut self.stage else { return };
                let Some(answer) = self.authentication.answer(core, delivery, response) else { return };
                let (number, change) = (talking.session.dialog.next_cseq(), Change::Authorize(answer));
                resend(core, &delivery.request, number, change, delivery.hop(), delivery.user);
            }
            _ => {}
        }
    }
}

/// Responds without a body to a request inside a dialog.
pub(super) fn respond_plainly(
    core: &mut Core,
    transaction: TransactionId,
    incoming: &IncomingRequest,
    code: StatusCode,
) {
    let mut response = incoming.response(code, None);
    response.headers.push(core.server());
    core.respond(transaction, &response);
}

/// The same with a header that says more.
pub(super) fn respond_with(
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
