//! A request of ours outside of calls, until its final response (RFC 3261 §8.1).

use super::authenticate::{AUTHENTICATION_TRIES_MAX, Authentication};
use super::event::UaEvent;
use super::headers;
use super::request::{Outgoing, OutgoingId, Unreplied};
use super::resend::{Change, resend};
use super::user::User;
use crate::dialog::MAX_FORWARDS;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::CSeq;
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Request, Response};
use crate::transaction::TransactionId;
use crate::transaction::table::{Delivery, Outcome};
use crate::transport::destination::Destination;

/// Whether the final response is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waiting {
    Still,
    Over,
}

/// A request under way.
#[derive(Debug)]
pub(crate) struct Sent {
    id: OutgoingId,
    transaction: TransactionId,
    authentication: Authentication,
    cseq: u32,
    tries: u8,
}

impl Sent {
    /// Sends the request for the first time.
    pub(crate) fn start(core: &mut Core, id: OutgoingId, outgoing: Outgoing) -> Result<Self, CommandError> {
        headers::check_own(outgoing.headers.iter().filter(|header| !is_owners(&outgoing.method, header)))?;
        if matches!(outgoing.method, Method::Invite | Method::Ack | Method::Cancel | Method::Bye) {
            return Err(CommandError::InvalidArgument);
        }
        let hop = core.hop(&outgoing.target, outgoing.route.first().unwrap_or(&outgoing.uri))?;
        let request = write(core, &outgoing, &hop.contact());
        if request.method == Method::Message && hop.way().is_some_and(|way| !core.fits(&request, way)) {
            return Err(CommandError::TooLarge);
        }
        let authentication = Authentication::new(outgoing.credentials, &hop);
        let transaction = core.request(request, hop, User::Outgoing(id));
        Ok(Self { id, transaction, authentication, cseq: 1, tries: 0 })
    }

    /// What became of it.
    pub(crate) fn outcome(&mut self, core: &mut Core, delivery: &Delivery) -> Waiting {
        if delivery.transaction != self.transaction {
            return Waiting::Still;
        }
        let why = match &delivery.outcome {
            Outcome::Response(response) => return self.answered(core, delivery, response),
            Outcome::TimedOut => Unreplied::TimedOut,
            Outcome::TransportFailed => Unreplied::TransportFailed,
            Outcome::Unresolved(why) => Unreplied::Unresolved(*why),
        };
        core.event(UaEvent::Unreplied { id: self.id, why });
        Waiting::Over
    }

    fn answered(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) -> Waiting {
        match response.code.as_u16() {
            ..200 => return Waiting::Still,
            401 | 407 if self.authorize(core, delivery, response) => return Waiting::Still,
            _ => {}
        }
        core.event(UaEvent::Replied { id: self.id, response: Box::new(response.clone()) });
        Waiting::Over
    }

    /// Answers a challenge; false if there is nothing to answer it with.
    fn authorize(&mut self, core: &mut Core, delivery: &Delivery, response: &Response) -> bool {
        if self.tries >= AUTHENTICATION_TRIES_MAX {
            return false;
        }
        let Some(answer) = self.authentication.answer(core, delivery, response) else { return false };
        self.tries += 1;
        self.cseq += 1;
        let user = User::Outgoing(self.id);
        self.transaction =
            resend(core, &delivery.request, self.cseq, Change::Authorize(answer), delivery.hop(), user);
        true
    }
}

pub(crate) fn write(core: &mut Core, outgoing: &Outgoing, way: &Destination) -> Request {
    let mut from = outgoing.from.clone();
    from.params.set("tag", core.random.token());
    let mut headers = Headers::new();
    let route = outgoing.route.iter().map(|uri| NameAddr::new(uri.clone()).to_string());
    headers.extend(route.map(|hop| Header::new(HeaderName::Route, hop)));
    headers.extend([
        Header::new(HeaderName::MaxForwards, MAX_FORWARDS),
        Header::new(HeaderName::From, from.to_string()),
        Header::new(HeaderName::To, outgoing.to.to_string()),
        Header::new(HeaderName::CallId, core.random.token()),
        Header::from_typed(&CSeq { number: 1, method: outgoing.method.clone() }),
        core.user_agent(),
    ]);
    headers.extend(outgoing.headers.iter().cloned());
    let mut request = Request::new(outgoing.method.clone(), outgoing.uri.for_request_line(), headers);
    headers::set_body(&mut request.headers, &mut request.body, outgoing.body.as_ref());
    request.headers.extend(contact(&outgoing.method, way));
    request
}

/// A REGISTER is about contacts; the owner names them.
fn is_owners(method: &Method, header: &Header) -> bool {
    *method == Method::Register && header.name == HeaderName::Contact
}

/// RFC 3428 §4 forbids Contact in MESSAGE, and PUBLISH has no use for it (RFC 3903 §4). A REGISTER without one asks for
/// the bindings (RFC 3261 §10.2.3).
fn contact(method: &Method, way: &Destination) -> Option<Header> {
    let wants = !matches!(method, Method::Message | Method::Publish | Method::Register);
    wants.then(|| Header::new(HeaderName::Contact, headers::contact(None, way)))
}
