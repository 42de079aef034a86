//! How a message finds its transaction (RFC 3261 §17.1.3, §17.2.3).

use super::incoming::IncomingRequest;
use crate::message::Method;

/// What RFC 3261 branches begin with; older ones are not unique by themselves.
pub(crate) const MAGIC_COOKIE: &str = "z9hG4bK";

/// A response's transaction: the branch that we made up, and the method, because CANCEL shares a branch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ClientKey {
    pub(crate) branch: String,
    pub(crate) method: Method,
}

/// A request's transaction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServerKey {
    /// Branch and sent-by, or without the magic cookie the whole identity of RFC 2543.
    identity: String,
    method: Method,
}

impl ServerKey {
    /// The key of the transaction that `incoming` makes or belongs to; an ACK belongs to its INVITE.
    pub(crate) fn of(incoming: &IncomingRequest) -> Self {
        let belongs_to_invite = incoming.cseq.method == Method::Ack;
        let method = if belongs_to_invite { Method::Invite } else { incoming.cseq.method.clone() };
        Self { identity: identity(incoming), method }
    }

    /// The INVITE that a CANCEL means (RFC 3261 §9.2).
    pub(crate) fn canceled_by(cancel: &IncomingRequest) -> Self {
        Self { identity: identity(cancel), method: Method::Invite }
    }

    /// What the INVITE, its ACK and its CANCEL share.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }
}

fn identity(incoming: &IncomingRequest) -> String {
    let via = &incoming.via;
    let port = via.port.unwrap_or_default();
    match via.branch() {
        Some(branch) if branch.starts_with(MAGIC_COOKIE) => format!("{branch} {}:{port}", via.host),
        branch => format!(
            "{} {}:{port} {} {} {} {}",
            branch.unwrap_or_default(),
            via.host,
            incoming.call_id,
            incoming.from_tag.as_deref().unwrap_or_default(),
            incoming.cseq.number,
            incoming.request.uri,
        ),
    }
}

/// What two copies of one request share when a proxy forked it to us twice (RFC 3261 §8.2.2.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct MergeKey {
    call_id: String,
    from_tag: String,
    cseq: u32,
    method: Method,
}

impl MergeKey {
    /// `None` inside a dialog, where nothing is merged.
    pub(crate) fn of(incoming: &IncomingRequest) -> Option<Self> {
        if incoming.to_tag.is_some() {
            return None;
        }
        Some(Self {
            call_id: incoming.call_id.clone(),
            from_tag: incoming.from_tag.clone().unwrap_or_default(),
            cseq: incoming.cseq.number,
            method: incoming.cseq.method.clone(),
        })
    }
}
