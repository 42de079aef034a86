//! Connection reuse (RFC 5923): requests to where a peer listens take the stream that it opened.

use std::net::SocketAddr;

use super::flow::{FlowId, Peer, Stream};
use super::{Layer, Transport};
use crate::message::header::Via;

impl Layer {
    /// Takes the peer's word for where it listens, as far as it proves it.
    ///
    /// Over TLS the certificate proves it, and is looked at again for each request that would go this way. TCP has
    /// no proof but the packet's source: such an alias never takes an address that another stream leads to.
    pub(crate) fn take_alias(&mut self, flow: FlowId, via: &Via) {
        let Some(stream) = self.streams.get(flow).filter(|stream| stream.alias.is_none()) else { return };
        let port = via.port.unwrap_or_else(|| stream.transport.default_port());
        let address = SocketAddr::new(stream.remote.ip(), port);
        let is_free = || self.streams.leading_to(Transport::Tcp, address, None).is_none();
        let is_taken_for_true = match stream.transport {
            Transport::Tls => proves(stream, via),
            Transport::Tcp => via.host.ip() == Some(stream.remote.ip()) && is_free(),
            // Nobody listens behind a WebSocket, and datagrams have no stream.
            Transport::Udp | Transport::Ws | Transport::Wss => false,
        };
        if is_taken_for_true {
            self.streams.set_alias(flow, address);
        }
    }
}

/// Whether the certificate speaks for the host that Via names, or for anyone at the address it came from.
fn proves(stream: &Stream, via: &Via) -> bool {
    match &stream.peer {
        Peer::Proved(identities) => {
            let is_source = via.host.ip() == Some(stream.remote.ip());
            identities.include(&via.host) || (is_source && !identities.is_empty())
        }
        Peer::Expected(_) | Peer::Stranger => false,
    }
}
