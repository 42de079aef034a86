//! Trunks as the phones' domains see them.

use std::net::{IpAddr, SocketAddr};

use sip_stack::message::{Host, Uri};
use sip_stack::ua::{NextHop, Target};

/// A trunk whose calls to the domains are let in, and whose domain phones may call.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// The host of its URIs.
    pub domain: Host,
    /// The port of its URIs.
    pub port: Option<u16>,
    /// Where it is.
    pub target: Target,
    /// More addresses that its calls come from.
    pub sources: Vec<IpAddr>,
}

impl Neighbour {
    /// A trunk at one address; one whose hosts the DNS names is no neighbour.
    pub fn of(trunk: &engine::Trunk) -> Option<Self> {
        let NextHop::Address(target) = trunk.target else { return None };
        let (domain, port, sources) = (trunk.domain.clone(), trunk.port, trunk.sources.clone());
        Some(Self { domain, port, target, sources })
    }

    pub(super) fn sends_from(&self, source: SocketAddr) -> bool {
        self.target.remote.ip() == source.ip() || self.sources.contains(&source.ip())
    }

    pub(super) fn is_meant_by(&self, uri: &Uri) -> bool {
        self.domain.matches(&uri.host) && self.port == uri.port
    }
}
