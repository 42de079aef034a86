//! Requests outside of calls: the peer's that the owner answers itself, and our own.

use super::command::{Body, NextHop};
use super::credentials::Credentials;
use crate::message::{Header, Method, NameAddr, Uri};
use crate::resolve::Unresolved;

/// A request of a peer's that waits for its owner's word; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

/// A request of ours outside of calls; picked by the caller of [`Endpoint::send`](crate::Endpoint::send).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OutgoingId(pub u64);

/// The owner's response to a screened request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// 101 to 699; one of 200 and more is the last.
    pub code: u16,
    /// `None` takes the standard phrase.
    pub reason: Option<String>,
    /// All but what a response takes over from its request; `Contact` is the owner's.
    pub headers: Vec<Header>,
    /// What is said beyond the code.
    pub body: Option<Body>,
}

impl Reply {
    /// A response of nothing but its code.
    pub const fn new(code: u16) -> Self {
        Self { code, reason: None, headers: Vec::new(), body: None }
    }
}

/// A request of ours outside of calls: MESSAGE, PUBLISH, OPTIONS and the like (RFC 3261 §8.1).
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Neither INVITE, ACK, CANCEL nor BYE, which belong to calls.
    pub method: Method,
    /// The request URI.
    pub uri: Uri,
    /// Where the first hop is.
    pub target: NextHop,
    /// The preloaded route set (outbound proxies), first hop first.
    pub route: Vec<Uri>,
    /// Who asks; the endpoint adds the tag.
    pub from: NameAddr,
    /// Who is asked.
    pub to: NameAddr,
    /// Headers of the caller's own. In a REGISTER also `Contact`, which the endpoint writes in other requests: none asks
    /// for the bindings, `*` with `Expires: 0` removes them (RFC 3261 §10.2.2, §10.2.3).
    pub headers: Vec<Header>,
    /// The body.
    pub body: Option<Body>,
    /// For 401 and 407.
    pub credentials: Option<Credentials>,
}

/// Why a request of ours has no final response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreplied {
    /// Nobody answered in time: as if a 408 had come (RFC 3261 §8.1.3.1).
    TimedOut,
    /// The transport refused: as if a 503 had come.
    TransportFailed,
    /// Its URI leads nowhere; nothing was sent.
    Unresolved(Unresolved),
}
