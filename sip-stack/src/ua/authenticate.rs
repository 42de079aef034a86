//! Answers to 401 and 407 (RFC 3261 §22.2, §22.3).

use super::command::Credentials;
use crate::auth::{self, Challenge, Login, Subject};
use crate::endpoint::core::Core;
use crate::message::header::{
    AuthValue, Authorization, ProxyAuthenticate, ProxyAuthorization, WwwAuthenticate,
};
use crate::message::{Header, HeaderName, Request, Response};

/// A request is sent again at most this often: once for the challenge, once more for a stale nonce or a second
/// server on the path.
pub(crate) const AUTHENTICATION_TRIES_MAX: u8 = 2;

/// The header that answers a challenge to `request`; `None` if it is not for these credentials, or refuses
/// them.
///
/// Only responses that matched a transaction of ours come here, so that no stranger can provoke an answer.
pub(crate) fn answer(
    core: &mut Core,
    request: &Request,
    response: &Response,
    credentials: &Credentials,
) -> Option<Header> {
    let proxy = response.code.as_u16() == 407;
    let challenge = auth::strongest(challenges(response).iter(), credentials.realm.as_deref())?;
    if is_refusal(request, &challenge) {
        return None;
    }
    let uri = request.uri.to_string();
    let login = Login { username: &credentials.username, password: &credentials.password };
    let subject = Subject { method: &request.method, uri: &uri, body: &request.body };
    let (cnonce, count) = (core.random.token(), core.nonce_counts.next(&challenge.nonce));
    let value = auth::answer(&challenge, login, &subject, count, &cnonce);
    core.counters.challenges_answered += 1;
    Some(if proxy {
        Header::from_typed(&ProxyAuthorization(value))
    } else {
        Header::from_typed(&Authorization(value))
    })
}

fn challenges(response: &Response) -> Vec<AuthValue> {
    let headers = &response.headers;
    if response.code.as_u16() == 407 {
        let values: Vec<ProxyAuthenticate> = headers.typed_all().unwrap_or_default();
        values.into_iter().map(|value| value.0).collect()
    } else {
        let values: Vec<WwwAuthenticate> = headers.typed_all().unwrap_or_default();
        values.into_iter().map(|value| value.0).collect()
    }
}

/// Whether the request already answered this realm with the same nonce, or with another that was not stale.
fn is_refusal(request: &Request, challenge: &Challenge) -> bool {
    let ours: Vec<Authorization> = request.headers.typed_all().unwrap_or_default();
    let proxies: Vec<ProxyAuthorization> = request.headers.typed_all().unwrap_or_default();
    let answers = ours.into_iter().map(|value| value.0).chain(proxies.into_iter().map(|value| value.0));
    answers
        .filter(|answer| answer.params.get("realm") == Some(challenge.realm.as_str()))
        .any(|answer| !challenge.stale || answer.params.get("nonce") == Some(challenge.nonce.as_str()))
}

/// Whether the request carries an answer to some challenge.
pub(crate) fn is_authorized(request: &Request) -> bool {
    [HeaderName::Authorization, HeaderName::ProxyAuthorization]
        .iter()
        .any(|name| request.headers.contains(name))
}
