//! Pings, both sides (RFC 3261 §11).

use super::command::{RegistrationId, Target};
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
    target: Target,
) -> Result<(), CommandError> {
    let way = core.way_to(target)?;
    let contact = headers::contact(None, &way);
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
    core.request(Request::new(Method::Options, uri.for_request_line(), headers), way, User::Options(id));
    Ok(())
}

/// What became of it.
pub(crate) fn outcome(core: &mut Core, id: RegistrationId, delivery: &Delivery) {
    let code = match &delivery.outcome {
        Outcome::Response(response) if response.code.as_u16() < 200 => return,
        Outcome::Response(response) => response.code.as_u16(),
        Outcome::TimedOut => 408,
        Outcome::TransportFailed => 503,
    };
    core.event(UaEvent::OptionsAnswered { id, code });
}

/// The answer to a peer's OPTIONS.
pub(crate) fn capabilities(core: &Core, incoming: &IncomingRequest, tag: Option<&str>) -> Response {
    let mut response = incoming.response(StatusCode::OK, tag);
    response.headers.extend([
        core.allow(),
        super::inspect::accept(),
        headers::supported(core),
        core.server(),
    ]);
    response.headers.extend(core.allow_events());
    response
}
