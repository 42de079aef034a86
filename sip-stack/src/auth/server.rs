//! Challenging requests and judging the answers.

use std::time::Duration;

use super::challenge::{Qop, algorithm};
use super::hash::{Algorithm, Terms, response};
use super::nonce::{Freshness, Nonces};
use super::{Login, Subject};
use crate::message::header::AuthValue;
use crate::message::{Params, Uri};

/// A realm that asks for digests.
#[derive(Clone)]
pub struct Authenticator {
    /// The realm its users belong to.
    pub realm: String,
    /// The algorithms it offers and takes, in the order of its challenges (RFC 8760 §2.4: preferred first).
    pub algorithms: Vec<Algorithm>,
    /// Makes and checks its nonces.
    pub nonces: Nonces,
}

/// What an answer is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Right; this is who asks.
    Accepted {
        /// The digest's `username`.
        username: String,
    },
    /// The nonce is too old: challenge again, with `stale`.
    Stale,
    /// Wrong user, password, nonce, request or form: challenge again.
    Refused,
}

impl Authenticator {
    /// The challenges for a 401 or 407, one an algorithm. `last` is the verdict on the answer the request
    /// carried, if any.
    pub fn challenges(&self, now: Duration, peer: &[u8], last: Option<&Verdict>) -> Vec<AuthValue> {
        let nonce = self.nonces.issue(now, peer);
        let challenge = |algorithm: &Algorithm| {
            let mut params = Params::new();
            params.set_quoted("realm", &self.realm);
            params.set_quoted("nonce", &nonce);
            params.set("algorithm", algorithm.as_str());
            params.set_quoted("qop", "auth,auth-int");
            if last == Some(&Verdict::Stale) {
                params.set("stale", "true");
            }
            AuthValue::new("Digest", params)
        };
        self.algorithms.iter().map(challenge).collect()
    }

    /// Judges the answer to a challenge. `password` finds the user's password.
    ///
    /// Without memory a digest can be sent again while its nonce lives; who must not allow that remembers the
    /// nonce count.
    pub fn verify(
        &self,
        now: Duration,
        peer: &[u8],
        answer: &AuthValue,
        subject: &Subject<'_>,
        password: impl FnOnce(&str) -> Option<String>,
    ) -> Verdict {
        let Some(given) = Given::read(answer).filter(|given| self.takes(given, subject)) else {
            return Verdict::Refused;
        };
        let freshness = self.nonces.check(now, peer, given.terms.nonce);
        let Some(password) = password(given.username).filter(|_| freshness != Freshness::Forged) else {
            return Verdict::Refused;
        };
        let login = Login { username: given.username, password: &password };
        let expected = response(&given.terms, login, &Subject { uri: given.uri, ..*subject });
        match (same(&expected, given.response), freshness) {
            (true, Freshness::Fresh) => Verdict::Accepted { username: given.username.to_owned() },
            (true, Freshness::Stale) => Verdict::Stale,
            _ => Verdict::Refused,
        }
    }

    fn takes(&self, given: &Given<'_>, subject: &Subject<'_>) -> bool {
        given.terms.realm == self.realm
            && self.algorithms.contains(&given.terms.algorithm)
            && same_uri(given.uri, subject.uri)
    }
}

/// An answer's parameters.
struct Given<'a> {
    username: &'a str,
    uri: &'a str,
    response: &'a str,
    terms: Terms<'a>,
}

impl<'a> Given<'a> {
    fn read(answer: &'a AuthValue) -> Option<Self> {
        let params = &answer.params;
        if !answer.scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let qop = match params.get("qop") {
            Some(word) => Some(Qop::from_word(word)?),
            None => None,
        };
        let nc = params.get("nc").unwrap_or_default();
        let cnonce = params.get("cnonce").unwrap_or_default();
        if qop.is_some() && (cnonce.is_empty() || !is_count(nc)) {
            return None;
        }
        Some(Self {
            username: params.get("username")?,
            uri: params.get("uri")?,
            response: params.get("response")?,
            terms: Terms {
                algorithm: algorithm(params).ok()?,
                realm: params.get("realm")?,
                nonce: params.get("nonce")?,
                qop,
                nc,
                cnonce,
            },
        })
    }
}

fn is_count(nc: &str) -> bool {
    nc.len() == 8 && nc.bytes().all(|digit| digit.is_ascii_hexdigit())
}

fn same_uri(ours: &str, theirs: &str) -> bool {
    let matching = || Some(ours.parse::<Uri>().ok()?.matches(&theirs.parse().ok()?));
    ours == theirs || matching().unwrap_or(false)
}

/// Compares without telling by its time where the difference is; hexadecimal digits in any case.
fn same(expected: &str, given: &str) -> bool {
    let difference = expected
        .bytes()
        .zip(given.bytes())
        .fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs.to_ascii_lowercase()));
    expected.len() == given.len() && difference == 0
}
