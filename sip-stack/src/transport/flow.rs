//! One stream.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use super::identity::{Identities, same};
use super::keep_alive::Pinging;
use super::{Security, Transport};
use crate::message::Host;
use crate::transaction::TransactionId;

/// One stream of the driver's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u64);

impl FlowId {
    /// The first id that the endpoint gives to a stream it asks for; the driver numbers accepted ones below, in
    /// the order in which they come.
    pub const FIRST_CONNECTED: Self = Self(1 << 63);
}

/// A message on its way to a stream.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) payload: Bytes,
    /// Whose failure it is if the stream breaks.
    pub(crate) transaction: Option<TransactionId>,
}

/// Whether a stream can carry bytes yet.
#[derive(Debug)]
pub(crate) enum StreamState {
    /// Asked for; messages wait in order.
    Connecting { waiting: Vec<Parcel>, bytes: usize },
    /// Open.
    Open,
}

/// Who is at the other end, as far as TLS proves it.
#[derive(Debug)]
pub(crate) enum Peer {
    /// The stream was asked for, to reach this host or domain.
    Expected(Option<Host>),
    /// The certificate has these names.
    Proved(Identities),
    /// Without certificate.
    Stranger,
}

/// What the endpoint knows of a stream.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) transport: Transport,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: SocketAddr,
    pub(crate) state: StreamState,
    pub(crate) peer: Peer,
    /// Where the peer listens, by its own word (RFC 5923).
    pub(crate) alias: Option<SocketAddr>,
    /// When a byte last came or went.
    pub(crate) active: Instant,
    /// How it is kept alive, if it carries a registration of ours.
    pub(crate) pinging: Option<Pinging>,
    /// The client transactions whose request went this way.
    pub(crate) transactions: BTreeSet<TransactionId>,
}

impl Stream {
    /// Whether a request for `wanted` may take this stream (RFC 5923 §8.1): over TLS only to whom the certificate
    /// names.
    pub(crate) fn reaches(&self, wanted: Option<&Host>) -> bool {
        if self.transport.security() == Security::Clear {
            return true;
        }
        let Some(wanted) = wanted else { return false };
        match &self.peer {
            Peer::Expected(expected) => expected.as_ref().is_some_and(|expected| same(expected, wanted)),
            Peer::Proved(identities) => identities.include(wanted),
            Peer::Stranger => false,
        }
    }
}
