//! Challenging requests and judging the answers.

use std::time::Duration;

use super::answer::{Answer, Name};
use super::challenge::WithoutQop;
use super::hash::{Algorithm, response, same};
use super::nonce::{Freshness, Nonces};
use super::replay::{Replay, Use};
use super::{Login, Subject, Verdict};
use crate::message::header::AuthValue;
use crate::message::{Params, Uri};

/// The nonces whose counts are remembered unless the owner says otherwise.
const REPLAY_NONCES_MAX: usize = 65_536;

/// What an unknown user's answer is compared with, so that it takes as long as a known one's.
const NOBODY: &str = "no password is this one";

/// Whether user names are asked for as hashes (RFC 7616 §3.4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserHashing {
    /// As they are.
    #[default]
    NotAsked,
    /// As [`user_hash`](super::user_hash) makes them; the owner's lookup has to know the hashes.
    Asked,
}

/// Whose password is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User<'a> {
    /// By name.
    Named(&'a str),
    /// By [`user_hash`](super::user_hash) of the name, in lower case.
    Hashed(Algorithm, &'a str),
}

/// A user and the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The name, not its hash.
    pub username: String,
    /// Never printed.
    pub password: String,
}

/// A realm that asks for digests.
#[derive(Clone)]
pub struct Authenticator {
    /// The realm its users belong to.
    pub realm: String,
    /// The algorithms it offers and takes, in the order of its challenges (RFC 8760 §2.3: preferred first).
    pub algorithms: Vec<Algorithm>,
    /// Whether names are asked for as hashes; plain ones are taken all the same.
    pub user_hashing: UserHashing,
    /// Whether answers without `qop` are taken.
    pub without_qop: WithoutQop,
    nonces: Nonces,
    replay: Replay,
}

impl Authenticator {
    /// A realm that offers SHA-512-256, SHA-256 and MD5, in this order.
    pub fn new(realm: impl Into<String>, nonces: Nonces) -> Self {
        Self {
            realm: realm.into(),
            algorithms: vec![Algorithm::Sha512_256, Algorithm::Sha256, Algorithm::Md5],
            user_hashing: UserHashing::default(),
            without_qop: WithoutQop::default(),
            nonces,
            replay: Replay::new(REPLAY_NONCES_MAX),
        }
    }

    /// The same with room for the counts of this many nonces.
    #[must_use]
    pub fn remembering(mut self, nonces_max: usize) -> Self {
        self.replay = Replay::new(nonces_max.max(1));
        self
    }

    /// The challenges for a 401 or 407, one an algorithm, for the request whose answer got this verdict.
    pub fn challenges(&mut self, now: Duration, peer: &[u8], last: &Verdict) -> Vec<AuthValue> {
        let nonce = self.nonce(now, peer);
        self.algorithms.iter().map(|algorithm| self.challenge(*algorithm, &nonce, last)).collect()
    }

    /// A fresh nonce, such as the `nextnonce` of [`prove`](super::prove).
    pub fn nonce(&mut self, now: Duration, peer: &[u8]) -> String {
        self.nonces.issue(now, &self.realm, peer)
    }

    fn challenge(&self, algorithm: Algorithm, nonce: &str, last: &Verdict) -> AuthValue {
        let mut params = Params::new();
        params.set_quoted("realm", &self.realm);
        params.set_quoted("nonce", nonce);
        params.set("algorithm", algorithm.as_str());
        params.set_quoted("qop", "auth,auth-int");
        params.set("charset", "UTF-8");
        if self.user_hashing == UserHashing::Asked {
            params.set("userhash", "true");
        }
        if last.is_stale() {
            params.set("stale", "true");
        }
        AuthValue::new("Digest", params)
    }

    /// Judges the answers that a request carries, of which one may be for this realm. `find` looks a user up; it
    /// is asked whether or not the nonce is good, and an unknown user costs as much as a known one.
    pub fn verify<'a>(
        &mut self,
        now: Duration,
        peer: &[u8],
        answers: impl IntoIterator<Item = &'a AuthValue>,
        subject: &Subject<'_>,
        find: impl FnOnce(User<'_>) -> Option<Account>,
    ) -> Verdict {
        let ours = answers.into_iter().find(|value| {
            value.scheme.eq_ignore_ascii_case("Digest") && value.params.get("realm") == Some(&self.realm)
        });
        let Some(value) = ours else { return Verdict::Missing };
        let Some(answer) = Answer::read(value).filter(|answer| self.takes(answer, subject)) else {
            return Verdict::Malformed;
        };
        match knows_password(&answer, subject, find) {
            Some(account) => self.admit(now, peer, &answer, account),
            None => {
                let (Name::Plain(username) | Name::Hashed(username)) = answer.name;
                Verdict::WrongCredentials { username }
            }
        }
    }

    /// The password is right; the nonce and its count remain.
    fn admit(&mut self, now: Duration, peer: &[u8], answer: &Answer<'_>, account: Account) -> Verdict {
        let nonce = answer.terms.nonce;
        if self.nonces.check(now, &self.realm, peer, nonce) != Freshness::Fresh {
            return Verdict::Stale;
        }
        self.replay.expire(now, self.nonces.lifetime());
        let issue = self.nonces.issue_of(&self.realm, peer, nonce);
        match issue.map(|issue| self.replay.take(issue, answer.count())) {
            Some(Use::First) => Verdict::Accepted { username: account.username },
            Some(Use::Again) | None => Verdict::Replayed,
        }
    }

    fn takes(&self, answer: &Answer<'_>, subject: &Subject<'_>) -> bool {
        let has_quality = answer.terms.qop.is_some() || self.without_qop == WithoutQop::Allowed;
        has_quality && self.algorithms.contains(&answer.terms.algorithm) && same_uri(answer.uri, subject.uri)
    }
}

fn knows_password(
    answer: &Answer<'_>,
    subject: &Subject<'_>,
    find: impl FnOnce(User<'_>) -> Option<Account>,
) -> Option<Account> {
    let found = match &answer.name {
        Name::Plain(name) => find(User::Named(name)),
        Name::Hashed(hash) => find(User::Hashed(answer.terms.algorithm, hash)),
    };
    let (Name::Plain(tried) | Name::Hashed(tried)) = &answer.name;
    let login = found.as_ref().map_or(Login { username: tried, password: NOBODY }, |account| Login {
        username: &account.username,
        password: &account.password,
    });
    let expected = response(&answer.terms, login, &Subject { uri: answer.uri, ..*subject });
    let is_right = same(&expected, answer.response);
    found.filter(|_| is_right)
}

fn same_uri(theirs: &str, ours: &str) -> bool {
    let matching = || Some(ours.parse::<Uri>().ok()?.matches(&theirs.parse().ok()?));
    ours == theirs || matching().unwrap_or(false)
}
