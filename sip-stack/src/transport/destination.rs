//! Where a message is sent, and from where.

use std::net::SocketAddr;

use super::{FlowId, Transport};
use crate::message::Host;

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
}
