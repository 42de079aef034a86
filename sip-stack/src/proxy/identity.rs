//! Who we are to those who write our URIs.

use super::{InwardHops, ProxyConfig};
use super::{flow_token, signature};
use std::net::IpAddr;

use crate::dialog::is_hidden;
use crate::message::{Host, NameAddr, Uri};
use crate::seal::Seal;
use crate::transaction::incoming::IncomingRequest;
use crate::transport::destination::Destination;
use crate::transport::{Listener, Transport};
use crate::ua::Source;

/// A proxy's names and addresses, and the key of its tokens.
#[derive(Debug)]
pub(crate) struct Identity {
    names: Vec<Host>,
    listeners: Vec<Listener>,
    /// Of the flows that registrations came by.
    paths: Seal,
    /// Of the flows that dialogs came by.
    flows: Seal,
    dialogs: Seal,
    inward: InwardHops,
    /// Tells our loop marks from those of a proxy that sees the same requests.
    salt: u64,
}

impl Identity {
    pub(crate) fn new(config: &ProxyConfig, listeners: &[Listener]) -> Self {
        let addresses: Vec<String> = listeners.iter().map(|at| at.public().to_string()).collect();
        Self {
            names: config.names.clone(),
            listeners: listeners.to_vec(),
            paths: Seal::new(&config.key, "path token"),
            flows: Seal::new(&config.key, "flow token"),
            dialogs: Seal::new(&config.key, "dialog"),
            inward: config.inward,
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

    /// Our Path as the peer at the other end of `way` has to write it to come back here and leave by this flow.
    pub(crate) fn path(&self, way: &Destination, flow: &Source) -> NameAddr {
        NameAddr::new(own_uri(way, Some(flow_token::close(&self.paths, flow))))
    }

    /// The same for the Record-Route of this request's dialog, with the flow in it if the way back must be the same.
    pub(crate) fn record_route(
        &self,
        way: &Destination,
        flow: Option<&Source>,
        incoming: &IncomingRequest,
    ) -> NameAddr {
        let mut uri = own_uri(way, flow.map(|flow| flow_token::close(&self.flows, flow)));
        signature::sign(&self.dialogs, &mut uri, incoming);
        NameAddr::new(uri)
    }

    /// Whether a Route of ours was written for the dialog of this request.
    pub(crate) fn has_signed(&self, route: &Uri, incoming: &IncomingRequest) -> bool {
        signature::is_signed(&self.dialogs, route, incoming)
    }

    /// Whether somebody at `source` may name `hop` as the next one.
    pub(crate) fn may_name(&self, hop: IpAddr, source: IpAddr) -> bool {
        self.inward == InwardHops::Allowed || !is_hidden(hop, source)
    }

    /// The flow in a URI of ours.
    pub(crate) fn token_of(&self, uri: &Uri) -> Token {
        let Some(token) = uri.user.as_deref() else { return Token::None };
        let path = || flow_token::open(&self.paths, token).map(Token::Path);
        let flow = flow_token::open(&self.flows, token).map(Token::Flow);
        flow.or_else(path).unwrap_or(Token::Tampered)
    }
}

/// What the user part of a URI of ours says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    None,
    /// The flow of a registration: whoever knows it may send by it.
    Path(Source),
    /// The flow of a dialog, for requests of that dialog.
    Flow(Source),
    /// We never wrote it.
    Tampered,
}

fn own_uri(way: &Destination, user: Option<String>) -> Uri {
    let mut uri = Uri::sip(user, way.public_host(), Some(way.public.port()));
    match way.transport {
        Transport::Udp => {}
        Transport::Tcp => uri.params.set("transport", "tcp"),
        Transport::Tls => uri.params.set("transport", "tls"),
        Transport::Ws | Transport::Wss => uri.params.set("transport", "ws"),
    }
    uri.params.set_flag("lr");
    uri
}
