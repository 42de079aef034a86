//! An address of ours.

use std::net::SocketAddr;

use super::Transport;

/// A socket that the driver has bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    /// What it speaks.
    pub transport: Transport,
    /// Where it is bound; outgoing datagrams leave from here.
    pub local: SocketAddr,
    /// What Via and Contact say instead of `local`, behind a one-to-one NAT.
    pub advertised: Option<SocketAddr>,
}

impl Listener {
    /// A UDP socket without NAT.
    pub const fn udp(local: SocketAddr) -> Self {
        Self { transport: Transport::Udp, local, advertised: None }
    }

    /// The address that peers are told.
    pub fn public(&self) -> SocketAddr {
        self.advertised.unwrap_or(self.local)
    }
}
