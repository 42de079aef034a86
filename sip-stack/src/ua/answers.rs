//! The servers of a usage that were answered, and the headers that do it again.

use super::challenges::Place;
use super::credentials::{Credential, Credentials};
use crate::auth::{self, Challenge, Login, Subject};
use crate::endpoint::core::Core;
use crate::message::header::{Authorization, ProxyAuthorization};
use crate::message::{Header, HeaderName, Headers, Request};

/// How a server is answered.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    Digest(Box<Challenge>),
    Token,
}

/// A server that was answered, and will be before it asks again.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) place: Place,
    pub(crate) realm: String,
    pub(crate) means: Means,
    /// Which of the credentials.
    pub(crate) credential: usize,
    /// Answers since the last that was not refused.
    pub(crate) rounds: u8,
}

/// The headers that answer, in place of those that the request has.
#[derive(Debug)]
pub(crate) struct Answers(Vec<Header>);

impl Answers {
    pub(crate) fn put(self, headers: &mut Headers) {
        for name in [HeaderName::Authorization, HeaderName::ProxyAuthorization] {
            headers.remove(&name);
        }
        headers.extend(self.0);
    }
}

/// Answers all servers of a usage, in a request that may be another than the challenged one.
pub(crate) fn write(
    core: &mut Core,
    sessions: &[Session],
    credentials: Option<&Credentials>,
    request: &Request,
) -> Answers {
    let uri = request.uri.to_string();
    let subject = Subject { method: &request.method, uri: &uri, body: &request.body };
    let headers = sessions.iter().filter_map(|session| {
        let value = match &session.means {
            Means::Digest(challenge) => {
                let login = login(credentials?, session.credential)?;
                let count = core.nonce_counts.next(&challenge.nonce);
                auth::answer(challenge, login, &subject, count, &core.random.token())
            }
            Means::Token => auth::bearer(token(credentials?, session.credential)?).ok()?,
        };
        Some(match session.place {
            Place::Server => Header::from_typed(&Authorization(value)),
            Place::Proxy => Header::from_typed(&ProxyAuthorization(value)),
        })
    });
    Answers(headers.collect())
}

pub(crate) fn login(credentials: &Credentials, index: usize) -> Option<Login<'_>> {
    match credentials.iter().nth(index)? {
        Credential::Password(password) => {
            Some(Login { username: &password.username, password: &password.password })
        }
        Credential::Token { .. } => None,
    }
}

pub(crate) fn token(credentials: &Credentials, index: usize) -> Option<&str> {
    match credentials.iter().nth(index)? {
        Credential::Token { token, .. } => Some(token),
        Credential::Password(_) => None,
    }
}
