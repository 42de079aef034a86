//! Who may speak for a user: whoever knows the password.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use sip_stack::auth::{Account, Algorithm, Authenticator, Nonces, Subject, User, Verdict};
use sip_stack::message::header::{Authorization, ProxyAuthenticate, ProxyAuthorization, WwwAuthenticate};
use sip_stack::message::{Header, Request};
use sip_stack::{Reply, Source};
use tracing::{debug, warn};

use crate::config::{DigestAlgorithm, Secret};

/// How long a nonce is taken; phones refresh within the hour with one that they have.
const NONCE_LIFETIME: Duration = Duration::from_secs(3600);

/// Whether a request asks us as the server at its end, or as a proxy on its way (RFC 3261 §22.2, §22.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    AsRegistrar,
    AsProxy,
}

/// The users' passwords and what checks them.
pub(super) struct Access {
    authenticator: Authenticator,
    passwords: BTreeMap<String, Secret>,
    started: Instant,
}

impl Access {
    pub(super) fn new(
        realm: &str,
        algorithms: &[DigestAlgorithm],
        passwords: BTreeMap<String, Secret>,
        key: [u8; 32],
        started: Instant,
    ) -> Self {
        let mut authenticator = Authenticator::new(realm, Nonces::new(key, NONCE_LIFETIME));
        authenticator.algorithms = algorithms.iter().copied().map(algorithm).collect();
        Self { authenticator, passwords, started }
    }

    /// The realm of all passwords.
    pub(super) fn realm(&self) -> &str {
        &self.authenticator.realm
    }

    /// Whether there is a user of this name with a phone.
    pub(super) fn knows(&self, user: &str) -> bool {
        self.passwords.contains_key(user)
    }

    /// Checks that the sender is `user`.
    pub(super) fn check(
        &mut self,
        now: Instant,
        asked: Asked,
        user: &str,
        request: &Request,
        source: Source,
    ) -> Result<(), Reply> {
        let since = now.saturating_duration_since(self.started);
        let peer = peer(source.remote.ip());
        let uri = request.uri.to_string();
        let subject = Subject { method: &request.method, uri: &uri, body: &request.body };
        let answers = answers(asked, request);
        let passwords = &self.passwords;
        let find = |user: User<'_>| account(passwords, user);
        let verdict = self.authenticator.verify(since, &peer, &answers, &subject, find);
        match &verdict {
            Verdict::Accepted { username } if username == user => return Ok(()),
            Verdict::Accepted { .. } => return Err(Reply::new(403)),
            Verdict::WrongCredentials { .. } => {
                warn!(source = %source.remote, "a phone gave a wrong user or password");
                metrics::counter!("offhook_sip_wrong_credentials_total").increment(1);
            }
            Verdict::Missing | Verdict::Stale | Verdict::Replayed | Verdict::Malformed => {
                debug!(source = %source.remote, ?verdict, "a phone is asked for its password");
            }
        }
        Err(self.challenge(since, asked, &peer, &verdict))
    }

    fn challenge(&mut self, since: Duration, asked: Asked, peer: &[u8], last: &Verdict) -> Reply {
        let values = self.authenticator.challenges(since, peer, last).into_iter();
        let (code, headers) = match asked {
            Asked::AsRegistrar => {
                (401, values.map(|value| Header::from_typed(&WwwAuthenticate(value))).collect())
            }
            Asked::AsProxy => {
                (407, values.map(|value| Header::from_typed(&ProxyAuthenticate(value))).collect())
            }
        };
        Reply { headers, ..Reply::new(code) }
    }
}

const fn algorithm(algorithm: DigestAlgorithm) -> Algorithm {
    match algorithm {
        DigestAlgorithm::Md5 => Algorithm::Md5,
        DigestAlgorithm::Sha256 => Algorithm::Sha256,
        DigestAlgorithm::Sha512_256 => Algorithm::Sha512_256,
    }
}

fn answers(asked: Asked, request: &Request) -> Vec<sip_stack::message::header::AuthValue> {
    match asked {
        Asked::AsRegistrar => {
            let values: Vec<Authorization> = request.headers.typed_all().unwrap_or_default();
            values.into_iter().map(|value| value.0).collect()
        }
        Asked::AsProxy => {
            let values: Vec<ProxyAuthorization> = request.headers.typed_all().unwrap_or_default();
            values.into_iter().map(|value| value.0).collect()
        }
    }
}

fn account(passwords: &BTreeMap<String, Secret>, user: User<'_>) -> Option<Account> {
    let User::Named(name) = user else { return None };
    let password = passwords.get(name)?.expose().to_owned();
    Some(Account { username: name.to_owned(), password })
}

/// What a nonce is bound to: the address, not the port, which a NAT may change.
fn peer(ip: IpAddr) -> Vec<u8> {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}
