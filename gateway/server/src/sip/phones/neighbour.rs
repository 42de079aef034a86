//! Trunks as the phones' domains see them.

use std::net::{IpAddr, SocketAddr};

use sip_stack::message::{Host, Uri};
use sip_stack::ua::NextHop;

/// A trunk whose calls to the domains are let in, and whose domain phones may call.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// The host of its URIs.
    pub domain: Host,
    /// The port of its URIs.
    pub port: Option<u16>,
    /// Where calls to it go.
    pub target: NextHop,
    /// Where its calls come from.
    pub sources: Vec<IpAddr>,
}

impl Neighbour {
    /// A trunk at an address, or at whatever hosts the DNS names; its calls come from there.
    pub fn of(trunk: &engine::Trunk) -> Self {
        let (domain, port, target) = (trunk.domain.clone(), trunk.port, trunk.target.clone());
        let mut sources = trunk.sources.clone();
        sources.extend(trunk.addresses.iter().map(SocketAddr::ip));
        if let NextHop::Address(address) = target {
            sources.push(address.remote.ip());
        }
        Self { domain, port, target, sources }
    }

    pub(super) fn sends_from(&self, source: SocketAddr) -> bool {
        self.sources.contains(&source.ip())
    }

    pub(super) fn is_meant_by(&self, uri: &Uri) -> bool {
        self.domain.matches(&uri.host) && self.port == uri.port
    }
}
