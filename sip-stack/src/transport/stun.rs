//! As much of STUN as keeping a binding alive takes (RFC 5626 §3.5.2, RFC 5389): the binding request and its answer.
//!
//! Nothing is authenticated: the answer says no more than what the asker's own packet showed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use bytes::{BufMut, Bytes, BytesMut};

const HEADER: usize = 20;
const MAGIC_COOKIE: [u8; 4] = 0x2112_A442_u32.to_be_bytes();
/// What FINGERPRINT is combined with (RFC 5389 §15.5).
const FINGERPRINT_MASK: u32 = 0x5354_554E;
/// Attributes of one message that are looked at; no agent writes so many.
const ATTRIBUTES_MAX: usize = 32;

const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const BINDING_ERROR: u16 = 0x0111;

const ERROR_CODE: u16 = 0x0009;
const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
const FINGERPRINT: u16 = 0x8028;
/// Attributes below this must be understood or the request refused (RFC 5389 §7.3.1).
const OPTIONAL: u16 = 0x8000;
/// Those that are understood, in that they may stand there: addresses, USERNAME, MESSAGE-INTEGRITY, REALM, NONCE.
const UNDERSTOOD: [u16; 8] =
    [0x0001, 0x0006, 0x0008, ERROR_CODE, UNKNOWN_ATTRIBUTES, 0x0014, 0x0015, XOR_MAPPED_ADDRESS];

/// What ties an answer to its request.
pub(crate) type StunId = [u8; 12];

/// A message that this end acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stun {
    /// Somebody asks where he is seen.
    Request { id: StunId, unknown: Vec<u16> },
    /// Where we are seen; `None` in an error, which shows life all the same.
    Answer { id: StunId, mapped: Option<SocketAddr> },
}

/// Whether a datagram is STUN and not SIP: its first two bits are zero, and the cookie follows (RFC 5626 §8).
pub(crate) fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|byte| byte & 0xC0 == 0) && datagram.get(4..8) == Some(&MAGIC_COOKIE)
}

impl Stun {
    /// Reads a message; `None` for one that is malformed, of another method, or an indication.
    pub(crate) fn parse(datagram: &[u8]) -> Option<Self> {
        let (header, mut rest) = datagram.split_at_checked(HEADER)?;
        let length = usize::from(number(header, 2)?);
        if !is_stun(header) || rest.len() != length || !length.is_multiple_of(4) {
            return None;
        }
        let id = StunId::try_from(header.get(8..HEADER)?).ok()?;
        let (mut unknown, mut mapped) = (Vec::new(), None);
        for _ in 0..ATTRIBUTES_MAX {
            let Some(kind) = number(rest, 0) else { break };
            let len = usize::from(number(rest, 2)?);
            let value = rest.get(4..4 + len)?;
            match kind {
                FINGERPRINT if !has_fingerprint(datagram, datagram.len() - rest.len(), value) => return None,
                XOR_MAPPED_ADDRESS => mapped = unmask(value, &id),
                kind if kind < OPTIONAL && !UNDERSTOOD.contains(&kind) => unknown.push(kind),
                _ => {}
            }
            rest = rest.get(4 + len.next_multiple_of(4)..)?;
        }
        match number(header, 0)? {
            BINDING_REQUEST => Some(Self::Request { id, unknown }),
            BINDING_SUCCESS => Some(Self::Answer { id, mapped }),
            BINDING_ERROR => Some(Self::Answer { id, mapped: None }),
            _ => None,
        }
    }
}

/// A request to be told where we are seen.
pub(crate) fn request(id: &StunId) -> Bytes {
    message(BINDING_REQUEST, id, |_| {})
}

/// The answer: where the request came from.
pub(crate) fn success(id: &StunId, seen: SocketAddr) -> Bytes {
    message(BINDING_SUCCESS, id, |out| {
        let (family, address) = match seen.ip() {
            IpAddr::V4(ip) => (1, ip.octets().to_vec()),
            IpAddr::V6(ip) => (2, ip.octets().to_vec()),
        };
        put_head(out, XOR_MAPPED_ADDRESS, 4 + address.len());
        out.put_slice(&[0, family]);
        out.put_u16(seen.port() ^ mask_of_port());
        out.extend(address.iter().zip(mask(id)).map(|(byte, mask)| byte ^ mask));
    })
}

/// 420: attributes that must be understood are not.
pub(crate) fn refusal(id: &StunId, unknown: &[u16]) -> Bytes {
    const REASON: &[u8; 17] = b"Unknown Attribute";
    message(BINDING_ERROR, id, |out| {
        put_head(out, ERROR_CODE, 4 + REASON.len());
        out.put_slice(&[0, 0, 4, 20]);
        out.put_slice(REASON);
        pad(out);
        put_head(out, UNKNOWN_ATTRIBUTES, 2 * unknown.len());
        unknown.iter().for_each(|kind| out.put_u16(*kind));
        pad(out);
    })
}

fn message(kind: u16, id: &StunId, write: impl FnOnce(&mut BytesMut)) -> Bytes {
    let mut out = BytesMut::with_capacity(64);
    out.put_u16(kind);
    out.put_u16(0);
    out.put_slice(&MAGIC_COOKIE);
    out.put_slice(id);
    write(&mut out);
    let length = u16::try_from(out.len() - HEADER).unwrap_or(u16::MAX).to_be_bytes();
    out[2..4].copy_from_slice(&length);
    out.freeze()
}

fn put_head(out: &mut BytesMut, kind: u16, len: usize) {
    out.put_u16(kind);
    out.put_u16(u16::try_from(len).unwrap_or(u16::MAX));
}

fn pad(out: &mut BytesMut) {
    let len = out.len().next_multiple_of(4);
    out.resize(len, 0);
}

fn number(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn mask_of_port() -> u16 {
    u16::from_be_bytes([MAGIC_COOKIE[0], MAGIC_COOKIE[1]])
}

/// What addresses are combined with, so that no router on the way rewrites them (RFC 5389 §15.2).
fn mask(id: &StunId) -> impl Iterator<Item = u8> + '_ {
    MAGIC_COOKIE.into_iter().chain(id.iter().copied())
}

fn unmask(value: &[u8], id: &StunId) -> Option<SocketAddr> {
    let port = number(value, 2)? ^ mask_of_port();
    let octets: Vec<u8> = value.get(4..)?.iter().zip(mask(id)).map(|(byte, mask)| byte ^ mask).collect();
    let ip = match *value.get(1)? {
        1 => Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?).into(),
        2 => Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?).into(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

/// Whether the fingerprint at `end` is that of what stands before it.
fn has_fingerprint(message: &[u8], end: usize, value: &[u8]) -> bool {
    let expected = crc32(message.get(..end).unwrap_or_default()) ^ FINGERPRINT_MASK;
    value == expected.to_be_bytes()
}

/// The checksum of ITU-T V.42, bit by bit: a few dozen octets every half minute.
fn crc32(octets: &[u8]) -> u32 {
    !octets.iter().fold(u32::MAX, |sum, octet| {
        (0..8).fold(sum ^ u32::from(*octet), |sum, _| (sum >> 1) ^ (0xEDB8_8320 * (sum & 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/stun-vectors");
        std::fs::read(format!("{folder}/{name}.bin")).expect("the test data lies beside the checkout")
    }

    #[test]
    fn the_answers_of_rfc_5769_are_read() {
        for (name, mapped) in [
            ("rfc5769-2.2-response-ipv4", "192.0.2.1:32853"),
            ("rfc5769-2.3-response-ipv6", "[2001:db8:1234:5678:11:2233:4455:6677]:32853"),
        ] {
            let Some(Stun::Answer { id, mapped: found }) = Stun::parse(&vector(name)) else {
                panic!("{name}")
            };
            assert_eq!(id, *b"\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae");
            assert_eq!(found, mapped.parse().ok());
        }
    }

    #[test]
    fn the_requests_of_rfc_5769_are_read() {
        // It asks for ICE's PRIORITY, which means nothing here.
        let ice = Stun::parse(&vector("rfc5769-2.1-request"));
        assert!(matches!(ice, Some(Stun::Request { unknown, .. }) if unknown == [0x0024]));
        let plain = Stun::parse(&vector("rfc5769-2.4-request-longterm"));
        assert!(matches!(plain, Some(Stun::Request { unknown, .. }) if unknown.is_empty()));
        let wrong_length = "rfc8489-B.1-request-longterm-sha256-userhash";
        assert_eq!(Stun::parse(&vector(wrong_length)), None);
    }

    #[test]
    fn a_broken_fingerprint_is_no_message() {
        let mut octets = vector("rfc5769-2.2-response-ipv4");
        octets[25] ^= 1;
        assert_eq!(Stun::parse(&octets), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let id = *b"twelve bytes";
        assert_eq!(Stun::parse(&request(&id)), Some(Stun::Request { id, unknown: Vec::new() }));
        for seen in ["192.0.2.7:4444", "[2001:db8::9]:5060"] {
            let seen = seen.parse().unwrap();
            assert_eq!(Stun::parse(&success(&id, seen)), Some(Stun::Answer { id, mapped: Some(seen) }));
        }
        assert_eq!(Stun::parse(&refusal(&id, &[0x24, 0x25, 0x26])), Some(Stun::Answer { id, mapped: None }));
    }

    #[test]
    fn no_cut_of_a_message_is_one() {
        let octets = vector("rfc5769-2.2-response-ipv4");
        for end in 0..octets.len() {
            assert_eq!(Stun::parse(&octets[..end]), None, "{end}");
        }
    }

    #[test]
    fn sip_is_not_taken_for_stun() {
        assert!(!is_stun(b"OPTIONS sip:a@b SIP/2.0\r\n") && !is_stun(b"\r\n\r\n") && !is_stun(b""));
        assert!(is_stun(&request(&[0; 12])));
    }
}
