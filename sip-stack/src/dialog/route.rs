//! The next hop of a dialog.

use std::net::{IpAddr, SocketAddr};

use crate::message::{Host, Uri};
use crate::transaction::hop::{Hop, Locate};
use crate::transport::destination::Destination;
use crate::transport::{Layer, Transport};

/// The hop to `uri`. A name is resolved, unless the peer is a WebSocket client, which nobody can connect to.
pub(crate) fn towards(transports: &Layer, uri: &Uri, peer: &Destination) -> Hop {
    let is_client = matches!(peer.transport, Transport::Ws | Transport::Wss);
    let is_name = matches!(uri.host, Host::Name(_)) || uri.params.contains("maddr");
    if is_name && !is_client {
        let (uri, peer) = (uri.clone(), *peer);
        return Hop::Located(Locate { uri, peer: Some(peer), contact: peer, relay: None, named_by: None });
    }
    Hop::Fixed(literal(transports, uri, peer))
}

/// The way to a literal address. One that no listener reaches, or that is private to the other side of a NAT,
/// keeps to the hop that the dialog already uses.
fn literal(transports: &Layer, uri: &Uri, peer: &Destination) -> Destination {
    let Some(ip) = uri.host.ip().filter(|ip| !is_hidden(*ip, peer.remote.ip())) else { return *peer };
    let same_host = ip == peer.remote.ip();
    let unnamed = if same_host { peer.transport } else { Transport::Udp };
    let transport = uri.transport().unwrap_or(unnamed);
    let remote = SocketAddr::new(ip, uri.port.unwrap_or_else(|| transport.default_port()));
    transports.destination(transport, remote).map_or(*peer, |way| way.like(peer))
}

/// Whether a peer that reaches us from `seen` calls itself by an address that only its own network knows.
pub(crate) fn is_hidden(named: IpAddr, seen: IpAddr) -> bool {
    is_private(named) && !is_private(seen)
}

fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified(),
        IpAddr::V6(ip) => {
            ip.is_unique_local() || ip.is_loopback() || ip.is_unicast_link_local() || ip.is_unspecified()
        }
    }
}
