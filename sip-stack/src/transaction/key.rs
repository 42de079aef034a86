//! How a message finds its transaction (RFC 3261 §17.1.3, §17.2.3): by a hash under a key that no stranger knows.
//!
//! 128 bits of SipHash are equal for two transactions less often than a machine forgets a bit, and nobody can aim at
//! another's. A table of them is an eighth of what the texts would take, and is searched without touching them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::TransactionId;
use super::incoming::IncomingRequest;
use crate::message::Method;

/// What RFC 3261 branches begin with; older ones are not unique by themselves.
pub(crate) const MAGIC_COOKIE: &str = "z9hG4bK";

/// What a message and its transaction share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(u128);

/// Transactions by what they share with their messages. The keys are hashes already; the map's own hasher needs no key.
pub(crate) type ByKey = HashMap<Key, TransactionId, BuildHasherDefault<DefaultHasher>>;

/// Makes keys.
#[derive(Debug)]
pub(crate) struct Keys {
    secret: [u8; 16],
}

/// What a key is of.
#[derive(Clone, Copy, Hash)]
enum Kind {
    Client,
    Server,
    Merge,
}

impl Keys {
    pub(crate) const fn new(secret: [u8; 16]) -> Self {
        Self { secret }
    }

    /// A response's transaction: the branch that we made up, and the method, because CANCEL shares a branch.
    pub(crate) fn client(&self, branch: &str, method: &Method) -> Key {
        self.key(Kind::Client, (branch, method.as_str()))
    }

    /// The transaction that a request makes or belongs to; an ACK belongs to its INVITE.
    pub(crate) fn server(&self, incoming: &IncomingRequest) -> Key {
        let method = &incoming.cseq.method;
        self.server_with(incoming, if *method == Method::Ack { &Method::Invite } else { method })
    }

    /// The INVITE that an ACK or a CANCEL means (RFC 3261 §9.2).
    pub(crate) fn invite(&self, incoming: &IncomingRequest) -> Key {
        self.server_with(incoming, &Method::Invite)
    }

    /// Branch and sent-by, or without the magic cookie the whole identity of RFC 2543.
    fn server_with(&self, incoming: &IncomingRequest, method: &Method) -> Key {
        let via = &incoming.via;
        let branch = via.branch().unwrap_or_default();
        let hop = (branch, via.host.to_string(), via.port, method.as_str());
        if branch.starts_with(MAGIC_COOKIE) {
            return self.key(Kind::Server, hop);
        }
        let IncomingRequest { call_id, from_tag, cseq, request, .. } = incoming;
        self.key(Kind::Server, (hop, call_id, from_tag, cseq.number, request.uri.to_string()))
    }

    /// What two copies of one request share when a proxy forked it to us twice (RFC 3261 §8.2.2.2). `None` inside a
    /// dialog, where nothing is merged.
    pub(crate) fn merge(&self, incoming: &IncomingRequest) -> Option<Key> {
        let IncomingRequest { call_id, from_tag, to_tag, cseq, .. } = incoming;
        let shared = (call_id, from_tag, cseq.number, cseq.method.as_str());
        to_tag.is_none().then(|| self.key(Kind::Merge, shared))
    }

    fn key(&self, kind: Kind, shared: impl Hash) -> Key {
        let mut hasher = SipHasher13::new_with_key(&self.secret);
        (kind, shared).hash(&mut hasher);
        Key(hasher.finish128().as_u128())
    }
}

impl Key {
    /// The key as a name.
    pub(crate) fn name(self) -> String {
        format!("{:032x}", self.0)
    }
}
