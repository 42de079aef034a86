//! Which addresses a stranger's URL may lead to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is anybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On the public Internet.
    Public,
    /// Ours, our neighbour's, a carrier's inside, or nobody's (RFC 6890).
    Internal,
}

/// Judges an address, whatever its spelling: an IPv4 address inside an IPv6 one counts as itself.
pub fn reach(address: IpAddr) -> Reach {
    let is_internal = match address {
        IpAddr::V4(address) => is_internal_v4(address),
        IpAddr::V6(address) => embedded(address).map_or_else(|| is_internal_v6(address), is_internal_v4),
    };
    if is_internal { Reach::Internal } else { Reach::Public }
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    match address.octets() {
        // This network, private, loopback, and from 224 on multicast, reserved and broadcast.
        [0 | 10 | 127 | 224.., ..] => true,
        // Shared by carriers' translators (RFC 6598), private.
        [100, 64..=127, ..] | [172, 16..=31, ..] => true,
        // Link-local, private, benchmarks, protocol assignments.
        [169, 254, ..] | [192, 168, ..] | [198, 18 | 19, ..] | [192, 0, 0, _] => true,
        // The 6to4 relay, and examples.
        [192, 88, 99, _] | [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        _ => false,
    }
}

/// Public is what IANA allots from 2000::/3, without Teredo, benchmarks, ORCHID and examples.
fn is_internal_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    match (first, second) {
        (0x2001, 0..=0x01ff | 0x0db8) => true,
        (0x3fff, 0..=0x0fff) => true,
        _ => first & 0xe000 != 0x2000,
    }
}

/// The IPv4 address that a mapped, compatible, translated (RFC 6052) or 6to4 (RFC 3056) one leads to.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let join = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => Some(join(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_is_inside_in_every_spelling() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "fec0::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
            "100::1",
        ] {
            assert_eq!(reach(text.parse().unwrap()), Reach::Internal, "{text}");
        }
        for text in [
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert_eq!(reach(text.parse().unwrap()), Reach::Public, "{text}");
        }
    }
}
