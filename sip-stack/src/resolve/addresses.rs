//! The addresses of one host, both families in turn (RFC 8305 §4).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::query::Record;

/// Addresses of one host that are tried.
const ADDRESSES_MAX: usize = 16;

/// A family of addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6, which RFC 6724 puts first.
    #[default]
    V6,
}

impl Family {
    pub(crate) fn of(ip: IpAddr) -> Self {
        if ip.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

/// The addresses in the order to try them: families alternate, the preferred one begins.
pub(crate) fn interleave(v4: &[Record], v6: &[Record], first: Family) -> Vec<IpAddr> {
    let v4 = v4.iter().filter_map(usable_v4).take(ADDRESSES_MAX);
    let v6 = v6.iter().filter_map(usable_v6).take(ADDRESSES_MAX);
    let (v4, v6): (Vec<IpAddr>, Vec<IpAddr>) = (v4.collect(), v6.collect());
    let (first, second) = if first == Family::V4 { (v4, v6) } else { (v6, v4) };
    let turns = first.len().max(second.len());
    let alternate = (0..turns).flat_map(|turn| [first.get(turn), second.get(turn)]);
    alternate.flatten().copied().take(ADDRESSES_MAX).collect()
}

fn usable_v4(record: &Record) -> Option<IpAddr> {
    let Record::A(ip) = record else { return None };
    let is_host = *ip != Ipv4Addr::BROADCAST && !ip.is_unspecified() && !ip.is_multicast();
    is_host.then_some(IpAddr::V4(*ip))
}

/// An IPv4 address in disguise would slip past whoever filters by family; it has an A record of its own.
fn usable_v6(record: &Record) -> Option<IpAddr> {
    let Record::Aaaa(ip) = record else { return None };
    let is_mapped = ip.to_ipv4_mapped().is_some();
    let is_host = *ip != Ipv6Addr::UNSPECIFIED && !ip.is_multicast() && !is_mapped;
    is_host.then_some(IpAddr::V6(*ip))
}
