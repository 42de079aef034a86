//! What the owner asks of its publications.

use crate::message::header::Event;
use crate::message::{Header, NameAddr, Uri};
use crate::ua::command::{Body, NextHop};
use crate::ua::credentials::Credentials;

/// One publication that the endpoint keeps fresh; picked by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicationId(pub u64);

/// Event state to publish (RFC 3903 §4).
#[derive(Clone, Debug)]
pub struct Publish {
    /// Whose state it is.
    pub uri: Uri,
    /// Where the state agent is, or the first hop to it.
    pub target: NextHop,
    /// The preloaded route set (outbound proxies), first hop first.
    pub route: Vec<Uri>,
    /// Who publishes; the endpoint adds the tag.
    pub from: NameAddr,
    /// Whose state it is.
    pub to: NameAddr,
    /// The event package.
    pub event: Event,
    /// Seconds asked for; the state agent's answer counts.
    pub expires_s: u32,
    /// Headers of the caller's own.
    pub headers: Vec<Header>,
    /// The state.
    pub body: Body,
    /// For 401 and 407.
    pub credentials: Option<Credentials>,
}
