//! Flow tokens (RFC 5626 §5.2): a flow in the user part of our own Path and Record-Route URIs.
//!
//! The token is a code over the flow and the flow itself: transport, our address, the peer's, and the stream if
//! there is one. Nobody can change it or make one up, and nothing has to be remembered.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::seal::{CODE_BYTES, Seal, hexadecimal, is_same, unhexadecimal};
use crate::transport::{FlowId, Transport};
use crate::ua::Source;

const TRANSPORTS: [Transport; 5] =
    [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];

/// The token's user part of a URI.
pub(crate) fn close(seal: &Seal, flow: &Source) -> String {
    let mut content = Vec::with_capacity(64);
    let transport = TRANSPORTS.iter().position(|transport| *transport == flow.transport);
    content.push(transport.unwrap_or_default() as u8);
    push_address(&mut content, flow.local);
    push_address(&mut content, flow.remote);
    if let Some(stream) = flow.flow {
        content.extend_from_slice(&stream.0.to_be_bytes());
    }
    let code = seal.code(&[&content]);
    hexadecimal(code.iter().take(CODE_BYTES).chain(&content))
}

/// The flow of a token of ours; `None` if it was tampered with.
pub(crate) fn open(seal: &Seal, token: &str) -> Option<Source> {
    let bytes = unhexadecimal(token)?;
    let (code, content) = bytes.split_at_checked(CODE_BYTES)?;
    if !is_same(code, &seal.code(&[content])) {
        return None;
    }
    let (transport, rest) = content.split_first()?;
    let (local, rest) = address(rest)?;
    let (remote, rest) = address(rest)?;
    let flow = rest.try_into().ok().map(|stream| FlowId(u64::from_be_bytes(stream)));
    Some(Source { transport: *TRANSPORTS.get(usize::from(*transport))?, remote, local, flow })
}

fn push_address(content: &mut Vec<u8>, address: SocketAddr) {
    match address.ip() {
        IpAddr::V4(ip) => {
            content.push(4);
            content.extend_from_slice(&ip.octets());
        }
        IpAddr::V6(ip) => {
            content.push(16);
            content.extend_from_slice(&ip.octets());
        }
    }
    content.extend_from_slice(&address.port().to_be_bytes());
}

fn address(content: &[u8]) -> Option<(SocketAddr, &[u8])> {
    let (len, rest) = content.split_first()?;
    let (ip, rest) = rest.split_at_checked(usize::from(*len))?;
    let (port, rest) = rest.split_at_checked(2)?;
    let ip = match *len {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(ip).ok()?)),
        _ => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(ip).ok()?)),
    };
    Some((SocketAddr::new(ip, u16::from_be_bytes(port.try_into().ok()?)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_comes_back_and_nothing_else_does() {
        let seal = Seal::new(&[1; 32], "flow");
        for (transport, remote, flow) in
            [(Transport::Udp, "192.0.2.1:5060", None), (Transport::Wss, "[2001:db8::1]:9", Some(FlowId(7)))]
        {
            let flow = Source {
                transport,
                remote: remote.parse().unwrap(),
                local: "198.51.100.1:5061".parse().unwrap(),
                flow,
            };
            let token = close(&seal, &flow);
            assert_eq!(open(&seal, &token), Some(flow));
            assert_eq!(open(&Seal::new(&[2; 32], "flow"), &token), None);
            for at in 0..token.len() {
                let mut changed = token.clone().into_bytes();
                changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
                assert_eq!(open(&seal, std::str::from_utf8(&changed).unwrap()), None, "{at}");
            }
        }
        for noise in ["", "00", "zz", "é"] {
            assert_eq!(open(&seal, noise), None, "{noise}");
        }
    }
}
