//! The next hop of a URI without asking the DNS.

use std::net::{IpAddr, SocketAddr};

use crate::message::Uri;
use crate::transport::destination::Destination;
use crate::transport::{Layer, Transport};

/// The way to `uri`. A name keeps to the hop that the dialog already uses, because whoever answers for the
/// name has answered there; so does an address that no listener reaches, or that is private to the other side
/// of a NAT.
pub(crate) fn towards(transports: &Layer, uri: &Uri, peer: &Destination) -> Destination {
    let Some(ip) = uri.host.ip().filter(|ip| !is_hidden(*ip, peer.remote.ip())) else { return *peer };
    let same_host = ip == peer.remote.ip();
    let unnamed = if same_host { peer.transport } else { Transport::Udp };
    let transport = uri.transport().unwrap_or(unnamed);
    let remote = SocketAddr::new(ip, uri.port.unwrap_or_else(|| transport.default_port()));
    let Some(mut way) = transports.destination(transport, remote) else { return *peer };
    if same_host && transport == peer.transport {
        way.local = peer.local;
        way.public = peer.public;
        way.flow = peer.flow;
    }
    way
}

/// Whether a peer that reaches us from `seen` calls itself by an address that only its own network knows.
fn is_hidden(named: IpAddr, seen: IpAddr) -> bool {
    is_private(named) && !is_private(seen)
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => {
            ip.is_unique_local() || ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified()
        }
    }
}
