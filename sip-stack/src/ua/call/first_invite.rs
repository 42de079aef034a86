//! The INVITE that makes a call (RFC 3261 §13.2.1).

use crate::dialog;
use crate::endpoint::core::Core;
use crate::message::header::CSeq;
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Request};
use crate::transport::destination::Destination;
use crate::ua::command::Invite;
use crate::ua::{headers, identity};

pub(super) fn first_invite(
    core: &mut Core,
    invite: &Invite,
    way: &Destination,
    ids: (&str, &str),
) -> Request {
    let (call_id, tag) = ids;
    let mut own = invite.headers.clone();
    let mut from = identity::shown_from(&invite.from, &own, invite.options.trust);
    identity::conceal(&mut own, invite.options.trust);
    from.params.set("tag", tag);
    let route: Vec<NameAddr> = invite.route.iter().cloned().map(NameAddr::new).collect();
    let (uri, route) = dialog::request_line(&invite.uri, &route);
    let user = invite.from.uri.user.as_deref();
    let session_expires = core.config.session_timer.expires_s.to_string();
    let mut headers: Headers =
        route.iter().map(|route| Header::new(HeaderName::Route, route.to_string())).collect();
    headers.extend(invite.options.reach.headers());
    headers.extend([
        Header::new(HeaderName::From, from.to_string()),
        Header::new(HeaderName::To, invite.to.to_string()),
        Header::new(HeaderName::CallId, call_id),
        Header::from_typed(&CSeq { number: 1, method: Method::Invite }),
        Header::new(HeaderName::Contact, headers::contact(user, way)),
        headers::supported_by_caller(core),
        Header::new(HeaderName::SessionExpires, session_expires),
        core.user_agent(),
    ]);
    headers.extend(core.abilities());
    headers.extend(own);
    core.name_session(&mut headers, None);
    let mut request = Request::new(Method::Invite, uri.for_request_line(), headers);
    headers::set_body(&mut request.headers, &mut request.body, invite.body.as_ref());
    request
}
