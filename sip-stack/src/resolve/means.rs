//! What there are listeners for: nothing else is worth resolving.

use std::net::IpAddr;

use super::Family;
use crate::endpoint::config::Config;
use crate::transport::Transport;

/// Transports in the order in which they are taken when nothing else decides (RFC 3263 §4.1: UDP for `sip:`).
const PLAIN: [Transport; 5] = Transport::ALL;
/// The transports of `sips:`.
const SECURE: [Transport; 2] = [Transport::Tls, Transport::Wss];

/// Whether every hop has to be secure (`sips:`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Security {
    Any,
    Required,
}

impl Security {
    /// The transports that the scheme permits, first choice first.
    fn transports(self) -> &'static [Transport] {
        match self {
            Self::Any => &PLAIN,
            Self::Required => &SECURE,
        }
    }

    pub(crate) fn permits(self, transport: Transport) -> bool {
        self.transports().contains(&transport)
    }
}

/// The transports and address families of the listeners.
#[derive(Debug)]
pub(crate) struct Means(Vec<(Transport, Family)>);

impl Means {
    pub(crate) fn of(config: &Config) -> Self {
        let dialled = config.listeners.iter().filter(|at| config.outbound.contains(&at.transport));
        Self(dialled.map(|at| (at.transport, Family::of(at.local.ip()))).collect())
    }

    pub(crate) fn reaches(&self, transport: Transport, ip: IpAddr) -> bool {
        self.has(transport, Family::of(ip))
    }

    pub(crate) fn has(&self, transport: Transport, family: Family) -> bool {
        self.0.contains(&(transport, family))
    }

    pub(crate) fn supports(&self, transport: Transport) -> bool {
        self.0.iter().any(|(ours, _)| *ours == transport)
    }

    /// The transports that both sides allow, first choice first.
    pub(crate) fn transports(&self, security: Security) -> impl Iterator<Item = Transport> {
        security.transports().iter().copied().filter(|transport| self.supports(*transport))
    }
}
