//! The next hop of a URI without asking the DNS.

use std::net::SocketAddr;

use crate::message::Uri;
use crate::transport::destination::Destination;
use crate::transport::{Layer, Transport};

/// The way to `uri`. A name keeps to the hop that the dialog already uses, because whoever answers for the
/// name has answered there; so does an address that no listener reaches.
pub(crate) fn towards(transports: &Layer, uri: &Uri, peer: &Destination) -> Destination {
    let Some(ip) = uri.host.ip() else { return *peer };
    let same_host = ip == peer.remote.ip();
    let unnamed = if same_host { peer.transport } else { Transport::Udp };
    let transport = uri.transport().unwrap_or(unnamed);
    let remote = SocketAddr::new(ip, uri.port.unwrap_or_else(|| transport.default_port()));
    let Some(mut way) = transports.destination(transport, remote) else { return *peer };
    if same_host && transport == peer.transport {
        way.local = peer.local;
        way.public = peer.public;
        way.flow = way.flow.or(peer.flow);
    }
    way
}
