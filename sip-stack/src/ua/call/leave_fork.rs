//! Ending one early dialog of several by a BYE (RFC 3261 §15), and the answers that nobody wants.

use super::calling::{abandon_fork, cseq_of};
use super::leaving::Owner;
use super::{Call, CallTimer, Calling, Stage};
use crate::endpoint::Hangup;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::{Method, Response};
use crate::transaction::sending::to_tag;
use crate::transaction::table::{Delivery, Outcome};
use crate::ua::event::UaEvent;
use crate::ua::headers;
use crate::ua::in_call::InCallEvent;
use crate::ua::resend::{Change, resend};
use crate::ua::user::User;

impl Calling {
    /// Whether a response is of an early dialog that the owner has left.
    pub(super) fn has_left(&self, response: &Response) -> bool {
        let tag = to_tag(&response.headers).unwrap_or_default();
        self.left.contains(&tag)
    }
}

impl Call {
    pub(crate) fn leave_fork(
        &mut self,
        core: &mut Core,
        fork: u32,
        hangup: Hangup,
    ) -> Result<(), CommandError> {
        headers::check_own(&hangup.headers)?;
        let Stage::Calling(calling) = &mut self.stage else { return Err(CommandError::WrongState) };
        if calling.cancel.is_wanted() || calling.owner == Owner::Told {
            return Err(CommandError::WrongState);
        }
        let at = calling.forks.iter().position(|each| each.session.fork == fork);
        let mut session = calling.forks.remove(at.ok_or(CommandError::WrongState)?).session;
        session.close(core);
        let (mut bye, way) = session.dialog.request(core, Method::Bye);
        bye.headers.extend(hangup.reason.iter().map(headers::reason_header));
        bye.headers.extend(hangup.headers);
        calling.left.push(session.dialog.remote_tag);
        self.authentication.anticipate(core, &mut bye, &way);
        core.request(bye, way, User::LeftFork(self.id));
        Ok(())
    }

    /// What became of the BYE: only a challenge matters.
    pub(crate) fn left_fork_outcome(&mut self, core: &mut Core, delivery: &Delivery) {
        let Outcome::Response(response) = &delivery.outcome else { return };
        if !matches!(response.code.as_u16(), 401 | 407) {
            return;
        }
        let Some(answer) = self.authentication.answer(core, delivery, response) else { return };
        let number = cseq_of(&delivery.request) + 1;
        resend(core, &delivery.request, number, Change::Authorize(answer), delivery.way, delivery.user);
    }

    /// A fork without an early dialog of ours answers. Others have 64*T1 to do so (RFC 3261 §13.2.2.4); then the call
    /// is over.
    pub(super) fn unwanted_answer(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) {
        abandon_fork(core, delivery, response);
        let timer = self.timer(CallTimer::LastForks);
        if !core.schedule.is_running(timer) {
            core.start(timer, core.config.timers.patience());
        }
    }

    /// Shows a body that is not, or not only, a description.
    pub(super) fn show_enclosed(&self, core: &mut Core, response: &Response) {
        let Some(body) = headers::body(&response.headers, &response.body) else { return };
        let description = headers::description(&response.headers, &response.body);
        if description.is_none_or(|description| description.content != body.content) {
            let (id, code) = (self.id, response.code.as_u16());
            core.event(UaEvent::InCall(InCallEvent::Enclosed { id, code, body }));
        }
    }
}
