//! A peer's request outside of calls while its owner decides about it.

use std::sync::Arc;
use std::time::Duration;

use super::command::InviteId;
use super::headers;
use super::in_call::InCallEvent;
use super::request::{Reply, RequestId};
use crate::endpoint::core::{Core, TimerKey};
use crate::endpoint::error::CommandError;
use crate::message::{Method, Response, StatusCode, Text};
use crate::transaction::TransactionId;
use crate::transaction::incoming::IncomingRequest;
use crate::ua::event::UaEvent;

/// An INVITE is told that it arrived if the owner takes longer than this (RFC 3261 §17.2.1).
pub(crate) const TRYING_AFTER: Duration = Duration::from_millis(200);

/// The timers of a screened request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ScreenTimer {
    /// Time for a 100.
    Trying,
    /// The owner forgot a request that is not INVITE; its sender has given up (RFC 4320 §4.2).
    Patience,
}

/// What the owner has to decide about.
#[derive(Debug)]
pub(crate) struct Screened {
    pub(crate) transaction: TransactionId,
    pub(crate) incoming: Arc<IncomingRequest>,
    /// The To tag of each of its responses.
    tag: String,
}

impl Screened {
    /// Asks the owner.
    pub(crate) fn ask(core: &mut Core, transaction: TransactionId, incoming: Arc<IncomingRequest>) -> Self {
        let id = RequestId(transaction.0);
        let (timer, after) = if incoming.request.method == Method::Invite {
            (ScreenTimer::Trying, TRYING_AFTER)
        } else {
            (ScreenTimer::Patience, core.config.timers.patience())
        };
        core.start(TimerKey::Screen(id, timer), after);
        let request = Box::new(incoming.request.clone());
        core.event(UaEvent::Requested { id, request, source: incoming.source });
        Self { transaction, incoming, tag: core.random.token() }
    }

    /// Asks the owner about a MESSAGE inside of a call.
    pub(crate) fn ask_in_call(
        core: &mut Core,
        transaction: TransactionId,
        incoming: Arc<IncomingRequest>,
        call: InviteId,
    ) -> Self {
        let message = RequestId(transaction.0);
        core.start(TimerKey::Screen(message, ScreenTimer::Patience), core.config.timers.patience());
        let request = Box::new(incoming.request.clone());
        core.event(UaEvent::InCall(InCallEvent::Message { id: call, message, request }));
        Self { transaction, incoming, tag: String::new() }
    }

    /// Says 100 to an INVITE that waits.
    pub(crate) fn trying(&self, core: &mut Core) {
        core.respond(self.transaction, &self.incoming.response(StatusCode::TRYING, None));
    }

    /// Sends the owner's response.
    pub(crate) fn reply(&self, core: &mut Core, reply: &Reply) -> Result<StatusCode, CommandError> {
        headers::check_copied(&reply.headers)?;
        let code = StatusCode::new(reply.code).filter(|code| *code != StatusCode::TRYING);
        let code = code.ok_or(CommandError::InvalidArgument)?;
        core.stop(TimerKey::Screen(RequestId(self.transaction.0), ScreenTimer::Trying));
        let response = self.response(core, code, reply);
        match code.as_u16() {
            ..300 => core.respond(self.transaction, &response),
            300.. => core.refuse(self.transaction, &response),
        }
        Ok(code)
    }

    fn response(&self, core: &Core, code: StatusCode, reply: &Reply) -> Response {
        let mut response = self.incoming.response(code, Some(&self.tag));
        if let Some(reason) = &reply.reason {
            response.reason = Text::from(reason.as_str());
        }
        response.headers.extend(reply.headers.iter().cloned());
        response.headers.push(core.server());
        headers::set_body(&mut response.headers, &mut response.body, reply.body.as_ref());
        response
    }

    /// The caller gave up before the owner decided (RFC 3261 §9.2).
    pub(crate) fn canceled(&self, core: &mut Core) {
        let terminated = self.response(core, StatusCode::REQUEST_TERMINATED, &Reply::new(487));
        core.respond(self.transaction, &terminated);
        core.event(UaEvent::RequestCanceled { id: RequestId(self.transaction.0) });
    }

    pub(crate) fn stop_timers(&self, core: &mut Core) {
        let id = RequestId(self.transaction.0);
        core.stop(TimerKey::Screen(id, ScreenTimer::Trying));
        core.stop(TimerKey::Screen(id, ScreenTimer::Patience));
    }
}
