//! The owner's word about a SUBSCRIBE or REFER (RFC 6665 §4.2.1.2, RFC 4488 §4).

use std::sync::Arc;

use super::{Notifier, Stage};
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::Expires;
use crate::message::{Header, HeaderName, Method, Response, StatusCode};
use crate::transaction::incoming::IncomingRequest;
use crate::ua::command::Body;
use crate::ua::headers;
use crate::ua::request::Reply;
use crate::ua::subscription::command::{Grant, Notify};
use crate::ua::subscription::event::SubscriptionEnd;
use crate::ua::subscription::place::Place;
use crate::ua::subscription::reason::TerminationReason;
use crate::ua::subscription::{Life, SubscriptionTimer, referral};

impl Notifier {
    /// Takes the SUBSCRIBE or REFER: 200, and the first NOTIFY at once.
    pub(crate) fn accept(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        code: StatusCode,
        grant: Grant,
    ) -> Result<(), CommandError> {
        headers::check_own(&grant.headers)?;
        let Stage::Asked(asked) = &self.stage else { return Err(CommandError::WrongState) };
        let (transaction, incoming) = (asked.transaction, Arc::clone(&asked.incoming));
        core.stop(self.timer(SubscriptionTimer::Answer));
        let expires_s = self.expires_s.min(grant.expires_s.unwrap_or(u32::MAX));
        let mut response = incoming.response(code, Some(&self.key.local_tag));
        incoming.copy_record_route(&mut response);
        response.headers.push(place.dialog.contact());
        if incoming.request.method == Method::Subscribe {
            response.headers.push(Header::from_typed(&Expires(expires_s)));
        }
        response.headers.extend(grant.headers);
        response.headers.extend(core.allow_events());
        response.headers.push(core.server());
        core.respond(transaction, &response);
        self.stage = Stage::Open(grant.state);
        self.tell_first(core, place, expires_s, grant.body);
        Ok(())
    }

    pub(super) fn tell_first(
        &mut self,
        core: &mut Core,
        place: Place<'_>,
        expires_s: u32,
        body: Option<Body>,
    ) {
        if expires_s == 0 {
            return self.close(
                core,
                place,
                SubscriptionEnd::Unsubscribed,
                Notify::last(TerminationReason::Timeout, body),
            );
        }
        self.hold(core, expires_s);
        self.waiting.push_back(Notify::news(body));
        self.send_next(core, place);
    }

    /// Says no: the dialog is not made.
    pub(crate) fn refuse(&self, core: &mut Core, reply: &Reply) -> Result<Life, CommandError> {
        headers::check_copied(&reply.headers)?;
        let Stage::Asked(asked) = &self.stage else { return Err(CommandError::WrongState) };
        let code = StatusCode::new(reply.code).filter(|code| code.as_u16() >= 300);
        let code = code.ok_or(CommandError::InvalidArgument)?;
        core.refuse(asked.transaction, &self.response(core, &asked.incoming, code, reply));
        Ok(self.end(core, SubscriptionEnd::Declined))
    }

    /// Takes a REFER without a subscription (RFC 4488 §4).
    pub(crate) fn accept_untold(&self, core: &mut Core) -> Result<Life, CommandError> {
        let Stage::Asked(asked) = &self.stage else { return Err(CommandError::WrongState) };
        if !self.is_referral() || !referral::wants_nothing(&asked.incoming) {
            return Err(CommandError::WrongState);
        }
        let reply = Reply::new(200);
        let mut response = self.response(core, &asked.incoming, StatusCode::OK, &reply);
        response.headers.push(Header::new(HeaderName::ReferSub, "false"));
        core.respond(asked.transaction, &response);
        Ok(self.end(core, SubscriptionEnd::Untold))
    }

    pub(super) fn response(
        &self,
        core: &Core,
        incoming: &IncomingRequest,
        code: StatusCode,
        reply: &Reply,
    ) -> Response {
        let mut response = incoming.response(code, Some(&self.key.local_tag));
        if let Some(reason) = &reply.reason {
            response.reason = reason.as_str().into();
        }
        response.headers.extend(reply.headers.iter().cloned());
        response.headers.push(core.server());
        headers::set_body(&mut response.headers, &mut response.body, reply.body.as_ref());
        response
    }
}
