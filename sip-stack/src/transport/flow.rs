//! Streams by id.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use super::Transport;
use crate::transaction::TransactionId;

/// One stream of the driver's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u64);

impl FlowId {
    /// The first id that the endpoint gives to a stream it asks for; the driver numbers accepted ones below.
    pub const FIRST_CONNECTED: Self = Self(1 << 63);
}

/// A message that waits for its stream to open.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) payload: Bytes,
    /// Whose failure it is if the stream never opens.
    pub(crate) transaction: Option<TransactionId>,
}

/// Whether a stream can carry bytes yet.
#[derive(Debug)]
pub(crate) enum StreamState {
    /// Asked for; messages wait in order.
    Connecting { waiting: Vec<Waiting>, bytes: usize },
    /// Open.
    Open,
}

/// What the endpoint knows of a stream.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) transport: Transport,
    pub(crate) local: Option<SocketAddr>,
    pub(crate) remote: SocketAddr,
    pub(crate) state: StreamState,
    /// When a byte last came or went.
    pub(crate) active: Instant,
}
