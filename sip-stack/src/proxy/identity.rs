//! Who we are to those who write our URIs.

use super::ProxyConfig;
use super::flow_token;
use crate::message::{Host, NameAddr, Uri};
use crate::seal::Seal;
use crate::transport::destination::Destination;
use crate::transport::{Listener, Transport};
use crate::ua::Source;

/// A proxy's names and addresses, and the key of its tokens.
#[derive(Debug)]
pub(crate) struct Identity {
    names: Vec<Host>,
    listeners: Vec<Listener>,
    seal: Seal,
    /// Tells our loop marks from those of a proxy that sees the same requests.
    salt: u64,
}

impl Identity {
    pub(crate) fn new(config: &ProxyConfig, listeners: &[Listener]) -> Self {
        let addresses: Vec<String> = listeners.iter().map(|at| at.public().to_string()).collect();
        Self {
            names: config.names.clone(),
            listeners: listeners.to_vec(),
            seal: Seal::new(&config.key, "flow token"),
            salt: Seal::new(&config.key, "loop mark").id(&[addresses.join(" ").as_bytes()]),
        }
    }

    pub(crate) const fn salt(&self) -> u64 {
        self.salt
    }

    /// Whether a URI of Route or the request line means this element.
    pub(crate) fn is_ours(&self, uri: &Uri) -> bool {
        uri.is_sip() && (self.is_address(uri) || self.is_name(uri))
    }

    /// Whether the owner is the one to say where this URI leads.
    pub(crate) fn is_name(&self, uri: &Uri) -> bool {
        let is_port = |port| self.listeners.iter().any(|listener| listener.public().port() == port);
        self.names.iter().any(|name| name.matches(&uri.host)) && uri.port.is_none_or(is_port)
    }

    fn is_address(&self, uri: &Uri) -> bool {
        let Some(ip) = uri.host.ip() else { return false };
        let is_port = |listener: &Listener, address: std::net::SocketAddr| {
            address.port() == uri.port.unwrap_or_else(|| listener.transport.default_port())
        };
        self.listeners.iter().any(|listener| {
            [listener.public(), listener.local]
                .iter()
                .any(|address| address.ip() == ip && is_port(listener, *address))
        })
    }

    /// Whether an address is one of ours, whatever the port.
    pub(crate) fn is_host(&self, host: &Host) -> bool {
        let is_ours = |ip| self.listeners.iter().any(|at| at.public().ip() == ip || at.local.ip() == ip);
        host.ip().is_some_and(is_ours)
    }

    /// Our URI as the peer at the other end of `way` has to write it to come back here, with the flow in it if
    /// the way back must be the same.
    pub(crate) fn route(&self, way: &Destination, flow: Option<&Source>) -> NameAddr {
        let user = flow.map(|flow| flow_token::close(&self.seal, flow));
        let mut uri = Uri::sip(user, way.public_host(), Some(way.public.port()));
        match way.transport {
            Transport::Udp => {}
            Transport::Tcp => uri.params.set("transport", "tcp"),
            Transport::Tls => uri.params.set("transport", "tls"),
            Transport::Ws | Transport::Wss => uri.params.set("transport", "ws"),
        }
        uri.params.set_flag("lr");
        NameAddr::new(uri)
    }

    /// The flow in a URI of ours: `None` if there is none to begin with, `Some(None)` if it was tampered with.
    pub(crate) fn flow_of(&self, uri: &Uri) -> Option<Option<Source>> {
        uri.user.as_deref().map(|token| flow_token::open(&self.seal, token))
    }
}
