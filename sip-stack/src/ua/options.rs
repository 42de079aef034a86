//! Pings, both sides (RFC 3261 §11).

use super::command::{NextHop, RegistrationId};
use super::event::UaEvent;
use super::headers;
use super::user::User;
use crate::dialog::MAX_FORWARDS;
use crate::endpoint::core::Core;
use crate::endpoint::error::CommandError;
use crate::message::header::CSeq;
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Request, Response, StatusCode, Uri};
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::table::{Delivery, Outcome};

/// Sends an OPTIONS.
pub(crate) fn ping(
    core: &mut Core,
    id: RegistrationId,
    uri: &Uri,
    next: &NextHop,
) -> Result<(), CommandError> {
    let hop = core.hop(next, uri)?;
    let contact = headers::contact(None, &hop.contact());
    let mut headers = Headers::new();
    headers.extend([
        Header::new(HeaderName::MaxForwards, MAX_FORWARDS),
        Header::new(HeaderName::From, format!("{contact};tag={}", core.random.token())),
        Header::new(HeaderName::To, NameAddr::new(uri.clone()).to_string()),
        Header::new(HeaderName::CallId, core.random.token()),
        Header::from_typed(&CSeq { number: 1, method: Method::Options }),
        Header::new(HeaderName::Contact, contact),
        super::inspect::accept(),
        core.user_agent(),
    ]);
    core.request(Request::new(Method::Options, uri.for_request_line(), headers), hop, User::Options(id));
    Ok(())
}

/// What became of it.
pub(crate) fn outcome(core: &mut Core, id: RegistrationId, delivery: &Delivery) {
    let code = match &delivery.outcome {
        Outcome::Response(response) if response.code.as_u16() < 200 => return,
        Outcome::Response(response) => response.code.as_u16(),
        Outcome::TimedOut => 408,
        Outcome::TransportFailed | Outcome::Unresolved(_) => 503,
    };
    core.event(UaEvent::OptionsAnswered { id, code });
}

/// How an INVITE would be answered now, and so an OPTIONS is (RFC 3261 §11.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Availability {
    /// It would ring.
    #[default]
    Available,
    /// It would be refused, with 486 or 603 for example.
    Refuses(StatusCode),
}

/// The answer to a peer's OPTIONS outside of dialogs.
pub(crate) fn answer(core: &Core, incoming: &IncomingRequest, tag: &str) -> Response {
    let mut response = capabilities(core, incoming, Some(tag));
    if let Availability::Refuses(code) = core.availability {
        response.code = code;
        response.reason = code.phrase().into();
    }
    response
}

/// The answer to a peer's OPTIONS, whoever it is for.
pub(crate) fn capabilities(core: &Core, incoming: &IncomingRequest, tag: Option<&str>) -> Response {
    let mut response = incoming.response(StatusCode::OK, tag);
    response.headers.extend(core.abilities());
    let types = core.config.services.messages.iter().map(String::as_str);
    let accept: Vec<&str> = std::iter::once(super::inspect::DESCRIPTION).chain(types).collect();
    response.headers.extend([
        Header::new(HeaderName::Accept, accept.join(", ")),
        Header::new(HeaderName::AcceptEncoding, "identity"),
        headers::supported(core),
        core.server(),
    ]);
    response
}
