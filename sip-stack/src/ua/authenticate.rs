//! Answers to 401 and 407 (RFC 3261 §22.2, §22.3), and the sessions that come of them.
//!
//! Each call, registration and request of the owner's has one [`Authentication`]. It answers a challenge when
//! the response belongs to a transaction of ours, the challenged request went to a peer that the owner named,
//! and the realm is one that the credentials are for. Within a dialog, where a Contact or a Record-Route says
//! who gets the request, nobody else is answered: else whoever is called could have digests computed (the
//! "digest leak").

use std::net::IpAddr;

use super::answers::{self, Answers, Means, Session, login, token};
use super::challenges::{Place, SERVERS_MAX, answers_of, challenges, realm_of, realms};
use super::credentials::{Credential, Credentials, TokenHop};
use crate::auth::{BearerChallenge, Challenge, Proof, WithoutQop};
use crate::endpoint::core::Core;
use crate::message::header::{AuthValue, AuthenticationInfo, To};
use crate::message::{Request, Response};
use crate::transaction::hop::Hop;
use crate::transaction::table::{Delivery, Outcome};
use crate::transport::Transport;

/// A request is sent again at most this often: once for the challenge, once more for a stale nonce or a second
/// server on the path.
pub(crate) const AUTHENTICATION_TRIES_MAX: u8 = 2;

/// The addresses that requests outside of dialogs went to, one after the other.
const PEERS_MAX: usize = 16;

/// What one usage answers challenges with.
#[derive(Debug)]
pub(crate) struct Authentication {
    credentials: Option<Credentials>,
    peers: Vec<IpAddr>,
    newcomers: Newcomers,
    sessions: Vec<Session>,
}

/// Whether a peer that a request outside of dialogs reaches for the first time is the owner's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Newcomers {
    Trusted,
    Strangers,
}

impl Authentication {
    /// Nobody is answered.
    pub(crate) const fn none() -> Self {
        Self { credentials: None, peers: Vec::new(), newcomers: Newcomers::Trusted, sessions: Vec::new() }
    }

    /// The credentials for whoever is at this next hop.
    pub(crate) fn new(credentials: Option<Credentials>, hop: &Hop) -> Self {
        let peers = hop.way().map(|way| way.remote.ip()).into_iter().collect();
        Self { credentials, peers, newcomers: Newcomers::Trusted, sessions: Vec::new() }
    }

    /// From now on a peer's word says where requests go: nobody is answered who was not asked before.
    pub(crate) fn keep_to_peers(&mut self) {
        self.newcomers = Newcomers::Strangers;
    }

    /// What challenges are answered with.
    pub(crate) fn credentials(&self) -> Option<Credentials> {
        self.credentials.clone()
    }

    /// Takes other credentials from now on.
    pub(crate) fn replace(&mut self, credentials: Option<Credentials>) {
        self.credentials = credentials;
        self.sessions.clear();
    }

    /// The answer to a challenge; `None` if nothing answers it, or the credentials were refused.
    pub(crate) fn answer(
        &mut self,
        core: &mut Core,
        delivery: &Delivery,
        response: &Response,
    ) -> Option<Answers> {
        self.credentials.as_ref()?;
        if !self.trusts(delivery) {
            core.counters.challenges_distrusted += 1;
            return None;
        }
        let challenges = challenges(response);
        let mut sessions = Vec::new();
        for (place, realm) in realms(&challenges) {
            let wanted = challenges.iter().filter(|(at, value)| *at == place && realm_of(value) == realm);
            let found = wanted.map(|(_, value)| value).find_map(|value| self.means(value, delivery));
            let Some((credential, means)) = found else { continue };
            if self.is_borrowed(&delivery.request, place, realm) {
                core.counters.challenges_distrusted += 1;
                continue;
            }
            let Some(rounds) = self.rounds_before(&delivery.request, (place, realm), credential, &means)
            else {
                // What was refused is not tried unasked again; the next request begins anew.
                self.sessions.clear();
                return None;
            };
            sessions.push(Session { place, realm: realm.to_owned(), means, credential, rounds: rounds + 1 });
        }
        if sessions.is_empty() {
            return None;
        }
        sessions.into_iter().for_each(|session| self.keep(session));
        core.counters.challenges_answered += 1;
        Some(answers::write(core, &self.sessions, self.credentials.as_ref(), &delivery.request))
    }

    /// Answers the servers that would ask for it, before they do (RFC 3261 §22.2, §22.3).
    pub(crate) fn anticipate(&mut self, core: &mut Core, request: &mut Request, hop: &Hop) {
        let is_peer = hop.way().is_some_and(|way| self.peers.contains(&way.remote.ip()));
        if !self.sessions.is_empty() && is_peer {
            let answers = answers::write(core, &self.sessions, self.credentials.as_ref(), request);
            answers.put(&mut request.headers);
        }
    }

    /// Notes what a response that was no challenge says about the servers (RFC 7616 §3.5).
    pub(crate) fn note(&mut self, core: &mut Core, delivery: &Delivery) {
        let Outcome::Response(response) = &delivery.outcome else { return };
        if !matches!(response.code.as_u16(), 200..=400 | 402..=406 | 408..) {
            return;
        }
        self.sessions.iter_mut().for_each(|session| session.rounds = 0);
        let info = response.headers.typed::<AuthenticationInfo>().ok().flatten();
        if let Some(info) = info.filter(|_| response.code.as_u16() < 300) {
            self.read_info(core, &delivery.request, response, &info);
        }
    }

    fn read_info(
        &mut self,
        core: &mut Core,
        request: &Request,
        response: &Response,
        info: &AuthenticationInfo,
    ) {
        let carried = answers_of(request, Place::Server);
        let known = self.sessions.iter().position(|session| {
            session.place == Place::Server && carried.iter().any(|answer| realm_of(answer) == session.realm)
        });
        let Some(at) = known else { return };
        let Some(session) = self.sessions.get_mut(at) else { return };
        let login = self.credentials.as_ref().and_then(|all| login(all, session.credential));
        let (Means::Digest(challenge), Some(login)) = (&mut session.means, login) else { return };
        let proofs = carried.iter().filter(|answer| realm_of(answer) == session.realm);
        let is_wrong = proofs.map(|answer| Proof::read(&info.0, answer, login, &response.body));
        if is_wrong.into_iter().any(|proof| proof == Proof::Wrong) {
            core.counters.servers_unproven += 1;
            self.sessions.remove(at);
        } else if let Some(next) = info.0.get("nextnonce") {
            challenge.nonce = next.to_owned();
        }
    }

    /// Whether the challenged request went to where the owner wanted it.
    fn trusts(&mut self, delivery: &Delivery) -> bool {
        let peer = delivery.way.remote.ip();
        if self.peers.contains(&peer) {
            return true;
        }
        let may_learn = self.newcomers == Newcomers::Trusted
            && !is_in_dialog(&delivery.request)
            && self.peers.len() < PEERS_MAX;
        if may_learn {
            self.peers.push(peer);
        }
        may_learn
    }

    /// The first of our credentials that answers this challenge.
    fn means(&self, value: &AuthValue, delivery: &Delivery) -> Option<(usize, Means)> {
        let credentials = self.credentials.as_ref()?;
        credentials.iter().enumerate().find_map(|(index, credential)| {
            let means = match credential {
                Credential::Password(password) => {
                    let challenge = Challenge::try_from(value).ok()?;
                    let fits = match &password.realm {
                        Some(realm) => *realm == challenge.realm,
                        None => self.is_first_realm(index, &challenge.realm, &delivery.request),
                    };
                    let strong = challenge.algorithm >= password.weakest;
                    let sound = challenge.qop.is_some() || password.without_qop == WithoutQop::Allowed;
                    (fits && strong && sound).then(|| Means::Digest(Box::new(challenge)))
                }
                Credential::Token { realm, hop, .. } => {
                    let challenge = BearerChallenge::try_from(value).ok()?;
                    let covered = *hop == TokenHop::Any || is_secure(delivery.way.transport);
                    (challenge.realm == *realm && covered).then_some(Means::Token)
                }
            };
            means.map(|means| (index, means))
        })
    }

    /// A password without a realm is for the first that was answered with it; a dialog cannot choose.
    fn is_first_realm(&self, credential: usize, realm: &str, request: &Request) -> bool {
        let first = self.sessions.iter().find(|session| session.credential == credential);
        first.map_or_else(|| !is_in_dialog(request), |session| session.realm == realm)
    }

    /// Whether a callee names the realm of the proxy before it, or the other way round: within a dialog a realm
    /// stays with who asked for it first.
    fn is_borrowed(&self, request: &Request, place: Place, realm: &str) -> bool {
        let mut known = self.sessions.iter().filter(|session| session.realm == realm);
        is_in_dialog(request) && known.any(|session| session.place != place)
    }

    /// How often this server was answered since it last took an answer; `None` if it refuses this one.
    fn rounds_before(
        &self,
        request: &Request,
        (place, realm): (Place, &str),
        credential: usize,
        means: &Means,
    ) -> Option<u8> {
        let known = self.sessions.iter().find(|session| session.place == place && session.realm == realm);
        let rounds = known.map_or(0, |session| session.rounds);
        let carried = answers_of(request, place);
        let may_go_on = match means {
            // A server that took answers before may have forgotten its nonces without saying so.
            Means::Digest(challenge) => {
                carried.iter().filter(|answer| realm_of(answer) == realm).all(|answer| {
                    let is_new = answer.params.get("nonce") != Some(challenge.nonce.as_str());
                    is_new && (challenge.stale || rounds == 0)
                })
            }
            Means::Token => {
                let ours = self.credentials.as_ref().and_then(|all| token(all, credential));
                carried.iter().all(|answer| answer.token.as_deref() != ours)
            }
        };
        (may_go_on && rounds < AUTHENTICATION_TRIES_MAX).then_some(rounds)
    }

    fn keep(&mut self, session: Session) {
        let known = self.sessions.iter_mut().find(|k| k.place == session.place && k.realm == session.realm);
        if let Some(known) = known {
            *known = session;
        } else if self.sessions.len() < SERVERS_MAX {
            self.sessions.push(session);
        }
    }
}

fn is_in_dialog(request: &Request) -> bool {
    request.headers.typed::<To>().ok().flatten().is_some_and(|to| to.0.tag().is_some())
}

const fn is_secure(transport: Transport) -> bool {
    match transport {
        Transport::Tls | Transport::Wss => true,
        Transport::Udp | Transport::Tcp | Transport::Ws => false,
    }
}
