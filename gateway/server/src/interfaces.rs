//! The addresses of this machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses of all interfaces that are up, loopback last.
///
/// IPv6 link-local ones are left out: a browser cannot reach them without naming one of its own interfaces.
pub fn all() -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let usable = |ip: &IpAddr| match ip {
        IpAddr::V4(v4) => !v4.is_unspecified(),
        IpAddr::V6(v6) => !v6.is_unicast_link_local() && !v6.is_unspecified(),
    };
    let mut addresses: Vec<IpAddr> =
        interfaces.iter().map(|interface| interface.ip()).filter(usable).collect();
    addresses.sort_by_key(|ip| (ip.is_loopback(), ip.is_ipv6()));
    addresses.dedup();
    addresses
}

/// The address that the default route leaves from, else any, else loopback.
pub fn preferred(ipv4: bool) -> Option<IpAddr> {
    let routed = routed_from(if ipv4 {
        // Documentation addresses (RFC 5737, RFC 3849): connecting a UDP socket asks the routing table, and sends nothing.
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))
    } else {
        IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))
    });
    routed.or_else(|| all().into_iter().find(|ip| ip.is_ipv4() == ipv4))
}

/// The address of ours that packets to `remote` leave from.
pub fn routed_from(remote: IpAddr) -> Option<IpAddr> {
    const DISCARD: u16 = 9;
    let any: IpAddr =
        if remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(SocketAddr::new(remote, DISCARD)).ok()?;
    let local = socket.local_addr().ok()?.ip();
    (!local.is_unspecified()).then_some(local)
}
