//! What the owner of an [`Endpoint`](crate::Endpoint) asks it to do.

use std::net::SocketAddr;

use bytes::Bytes;

use super::Source;
use super::credentials::Credentials;
use super::identity::Trust;
use super::outbound::Outbound;
use super::reach::Reach;
use crate::message::{Header, NameAddr, Uri};
use crate::transport::{FlowId, Transport};

/// One INVITE usage: a call leg, from its first INVITE to its end, over all the early dialogs it forks into.
///
/// The caller of [`Endpoint::invite`](crate::Endpoint::invite) picks ids below `1 << 63`; the endpoint numbers
/// incoming ones from there, so that the two never meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InviteId(pub u64);

impl InviteId {
    /// The first id of an incoming INVITE.
    pub const FIRST_INCOMING: Self = Self(1 << 63);
}

/// One registration that the endpoint keeps fresh; picked by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId(pub u64);

/// A message body with its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// For example `application/sdp`.
    pub content_type: String,
    /// The bytes, as they travel.
    pub content: Bytes,
}

impl Body {
    /// A session description.
    pub fn sdp(content: impl Into<Bytes>) -> Self {
        Self { content_type: "application/sdp".to_owned(), content: content.into() }
    }
}

/// An address to send to, already resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// How.
    pub transport: Transport,
    /// Where.
    pub remote: SocketAddr,
    /// The open stream to take, whatever the address: the only way to whoever is behind a NAT or in a browser.
    pub flow: Option<FlowId>,
}

impl Target {
    /// An address, by a stream that leads there or a new one.
    pub const fn new(transport: Transport, remote: SocketAddr) -> Self {
        Self { transport, remote, flow: None }
    }
}

/// Back to where a request came from, on the stream that it came on.
impl From<Source> for Target {
    fn from(source: Source) -> Self {
        Self { transport: source.transport, remote: source.remote, flow: source.flow }
    }
}

/// Where a request goes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextHop {
    /// To this address.
    Address(Target),
    /// Where the first Route leads, or the request URI where there is none (RFC 3261 §8.1.2, RFC 3263 §4); if one
    /// target fails, to the next.
    Resolve,
    /// Where this URI leads, in the same way. The request does not show it: a proxy that everything goes through.
    Uri(Box<Uri>),
}

impl From<Target> for NextHop {
    fn from(target: Target) -> Self {
        Self::Address(target)
    }
}

/// A question where a URI leads; picked by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocateId(pub u64);

/// A call to place.
#[derive(Clone, Debug)]
pub struct Invite {
    /// The request URI.
    pub uri: Uri,
    /// Where the first hop is.
    pub target: NextHop,
    /// The preloaded route set (outbound proxies), first hop first.
    pub route: Vec<Uri>,
    /// The caller; the endpoint adds the tag.
    pub from: NameAddr,
    /// The callee.
    pub to: NameAddr,
    /// Headers of the caller's own, such as `P-Asserted-Identity`.
    pub headers: Vec<Header>,
    /// The offer; `None` makes a late offer.
    pub body: Option<Body>,
    /// For 401 and 407.
    pub credentials: Option<Credentials>,
    /// What few calls need.
    pub options: CallOptions,
}

/// Who acknowledges the reliable provisional responses to our INVITE (RFC 3262 §4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pracks {
    /// The endpoint, at once; only a late offer waits for its answer.
    #[default]
    AtOnce,
    /// The owner, each with [`Endpoint::prack`](crate::Endpoint::prack), so that it can carry a new offer.
    ByOwner,
}

/// What becomes of a 300, 301 or 302 to our INVITE (RFC 3261 §8.1.3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirects {
    /// It is the end of the call: [`UaEvent::Failed`](crate::UaEvent::Failed) with its contacts.
    #[default]
    TellOwner,
    /// Its contacts are tried one after the other by their q, no URI twice and at most nine; the last failure ends the
    /// call. They are asked by the preloaded route or the [`NextHop::Uri`] of the call; without either each is found by
    /// its own URI. Credentials still go to none but those who were asked before.
    Follow,
}

/// What few calls need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// Who sends PRACK.
    pub pracks: Pracks,
    /// Whether the peer is told the identities that we assert; else `P-Asserted-Identity` and its like are left out,
    /// and a caller who asks for privacy is shown as anonymous.
    pub trust: Trust,
    /// How far the INVITE may go.
    pub reach: Reach,
    /// What becomes of a 3xx.
    pub redirects: Redirects,
}

impl Invite {
    /// A call to this URI without an offer.
    pub fn new(uri: Uri, target: impl Into<NextHop>, from: NameAddr) -> Self {
        let to = NameAddr::new(uri.clone());
        let (route, headers) = (Vec::new(), Vec::new());
        Self {
            uri,
            target: target.into(),
            route,
            from,
            to,
            headers,
            body: None,
            credentials: None,
            options: CallOptions::default(),
        }
    }
}

/// A response to an incoming INVITE.
#[derive(Clone, Debug)]
pub struct Respond {
    /// 101 to 699.
    pub code: u16,
    /// `None` takes the standard phrase.
    pub reason: Option<String>,
    /// Headers of the caller's own. In a refusal also `Contact`, which names other places to try (RFC 3261 §8.3).
    pub headers: Vec<Header>,
    /// The answer, or the offer if the INVITE had none.
    pub body: Option<Body>,
}

impl Respond {
    /// A response of nothing but its code.
    pub const fn new(code: u16) -> Self {
        Self { code, reason: None, headers: Vec::new(), body: None }
    }
}

/// Why a call is hung up, for the `Reason` header (RFC 3326).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// `SIP` or `Q.850`.
    pub protocol: String,
    /// The SIP code or Q.850 cause.
    pub cause: u16,
    /// Words.
    pub text: Option<String>,
}

/// A registration to keep.
#[derive(Clone, Debug)]
pub struct Register {
    /// The registrar's URI, for example `sip:carrier.example`.
    pub registrar: Uri,
    /// Where it is.
    pub target: NextHop,
    /// The address of record.
    pub aor: NameAddr,
    /// The user part of our contact.
    pub contact_user: String,
    /// Seconds asked for; the registrar's answer counts.
    pub expires_s: u32,
    /// For 401 and 407.
    pub credentials: Option<Credentials>,
    /// The flow to be reached by (RFC 5626); `None` is reached by address.
    pub outbound: Option<Outbound>,
}
