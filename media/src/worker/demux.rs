//! Whose packet it is, of all that come to one UDP port.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use super::PortId;

const STUN_HEADER_LEN: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;

/// From ICE name and remote address to port. Addresses enter only after a check with the right
/// password, so strangers cannot fill it.
#[derive(Debug, Default)]
pub(super) struct Demux {
    by_ufrag: HashMap<String, PortId>,
    by_address: HashMap<SocketAddr, PortId>,
    addresses: HashMap<PortId, VecDeque<SocketAddr>>,
}

impl Demux {
    /// A new name of a port, beside the names it has.
    pub(super) fn add_ufrag(&mut self, ufrag: String, port: PortId) {
        self.by_ufrag.insert(ufrag, port);
    }

    /// A name that is not answered any more.
    pub(super) fn remove_ufrag(&mut self, ufrag: &str) {
        self.by_ufrag.remove(ufrag);
    }

    /// `address` has passed a check of `port`; the oldest of more than `limit` is forgotten.
    pub(super) fn add_address(&mut self, address: SocketAddr, port: PortId, limit: usize) {
        if let Some(former) = self.by_address.insert(address, port) {
            if former == port {
                return;
            }
            self.forget(address, former);
        }
        let addresses = self.addresses.entry(port).or_default();
        addresses.push_back(address);
        if addresses.len() > limit
            && let Some(oldest) = addresses.pop_front()
        {
            self.by_address.remove(&oldest);
        }
    }

    /// The port is gone.
    pub(super) fn remove(&mut self, port: PortId) {
        for address in self.addresses.remove(&port).unwrap_or_default() {
            self.by_address.remove(&address);
        }
        self.by_ufrag.retain(|_, of| *of != port);
    }

    /// The port that sends from `address`.
    pub(super) fn by_address(&self, address: SocketAddr) -> Option<PortId> {
        self.by_address.get(&address).copied()
    }

    /// The port that a STUN request is for, by the first half of its user name (RFC 8445 §7.2.2).
    pub(super) fn by_username(&self, packet: &[u8]) -> Option<PortId> {
        let username = username(packet)?;
        let end = username.iter().position(|byte| *byte == b':')?;
        let ufrag = std::str::from_utf8(&username[..end]).ok()?;
        self.by_ufrag.get(ufrag).copied()
    }

    fn forget(&mut self, address: SocketAddr, port: PortId) {
        if let Some(addresses) = self.addresses.get_mut(&port) {
            addresses.retain(|known| *known != address);
        }
    }
}

/// Tells STUN from the rest of RFC 7983 §7.
pub(super) fn is_stun(packet: &[u8]) -> bool {
    packet.len() >= STUN_HEADER_LEN && packet[0] < 4 && packet[4..8] == MAGIC_COOKIE
}

/// Finds the attribute without parsing the others (RFC 8489 §14).
fn username(packet: &[u8]) -> Option<&[u8]> {
    let mut rest = packet.get(STUN_HEADER_LEN..)?;
    while let Some(([t0, t1, l0, l1], value)) = rest.split_first_chunk::<4>() {
        let len = usize::from(u16::from_be_bytes([*l0, *l1]));
        if u16::from_be_bytes([*t0, *t1]) == USERNAME {
            return value.get(..len);
        }
        rest = value.get(len.next_multiple_of(4)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stun(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut packet = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        for (kind, value) in attributes {
            packet.extend(kind.to_be_bytes());
            packet.extend((value.len() as u16).to_be_bytes());
            packet.extend(*value);
            packet.resize(packet.len().next_multiple_of(4), 0);
        }
        packet
    }

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    #[test]
    fn a_request_finds_its_port_by_name() {
        let mut demux = Demux::default();
        demux.add_ufrag("abcd".into(), PortId(7));
        let packet = stun(&[(0x0024, &[1, 2, 3]), (USERNAME, b"abcd:efgh")]);
        assert!(is_stun(&packet));
        assert_eq!(demux.by_username(&packet), Some(PortId(7)));
        assert_eq!(demux.by_username(&stun(&[(USERNAME, b"abcde:efgh")])), None);
        assert_eq!(demux.by_username(&stun(&[(USERNAME, b"abcd")])), None);
        assert_eq!(demux.by_username(&packet[..30]), None);
    }

    #[test]
    fn a_port_keeps_its_latest_addresses() {
        let mut demux = Demux::default();
        (0..5).for_each(|port| demux.add_address(address(port), PortId(1), 3));
        assert_eq!(demux.by_address(address(1)), None);
        assert_eq!(demux.by_address(address(2)), Some(PortId(1)));
        demux.add_address(address(4), PortId(2), 3);
        demux.remove(PortId(1));
        assert_eq!(demux.by_address(address(3)), None);
        assert_eq!(demux.by_address(address(4)), Some(PortId(2)));
    }
}
