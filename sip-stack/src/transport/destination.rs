//! Where a message is sent, and from where.

use std::net::SocketAddr;

use super::{FlowId, Transport};
use crate::message::Host;
use crate::ua::Target;

/// One hop: our address and theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) transport: Transport,
    /// The listener to send from.
    pub(crate) local: SocketAddr,
    /// What Via and Contact say.
    pub(crate) public: SocketAddr,
    pub(crate) remote: SocketAddr,
    /// The stream to prefer while it is open.
    pub(crate) flow: Option<FlowId>,
}

impl Destination {
    /// The host that Via and Contact say.
    pub(crate) fn public_host(&self) -> Host {
        self.public.ip().into()
    }

    /// Their end of it.
    pub(crate) fn target(&self) -> Target {
        Target::new(self.transport, self.remote)
    }

    /// Whether a target is the peer of this hop; a stream of its own making has another port.
    pub(crate) fn is_at(&self, target: &Target) -> bool {
        self.transport == target.transport && self.remote.ip() == target.remote.ip()
    }

    /// The same hop from the address that the peer already knows, over the stream that is open to it.
    pub(crate) fn like(mut self, peer: &Self) -> Self {
        if peer.is_at(&self.target()) {
            self.local = peer.local;
            self.public = peer.public;
            self.flow = peer.flow;
        }
        self
    }
}
