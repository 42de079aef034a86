//! The topmost Via: ours on requests, the truth about the sender on what comes in (RFC 3261 §18, RFC 3581).

use std::net::SocketAddr;

use super::destination::Destination;
use super::{Reliability, Transport};
use crate::message::header::Via;
use crate::message::{Header, Headers};

/// Our Via for a request.
pub(crate) fn ours_typed(way: &Destination, branch: &str) -> Via {
    let mut via = Via::new(way.transport, way.public_host(), Some(way.public.port()), branch);
    via.params.set_flag("rport");
    if way.transport == Transport::Tls {
        via.params.set_flag("alias");
    }
    via
}

/// The same as a header.
pub(crate) fn ours(way: &Destination, branch: &str) -> Header {
    Header::from_typed(&ours_typed(way, branch))
}

/// The branch of the topmost Via.
pub(crate) fn branch(headers: &Headers) -> Option<String> {
    let via: Via = headers.typed().ok()??;
    via.branch().map(str::to_owned)
}

/// Writes the packet's source into the topmost Via; whatever the sender wrote there himself is replaced.
pub(crate) fn stamp(headers: &mut Headers, source: SocketAddr) -> Option<Via> {
    let mut via: Via = headers.typed().ok()??;
    let claimed = via.params.remove("received");
    let differs = via.host.ip() != Some(source.ip());
    if differs || via.wants_rport() {
        via.params.set("received", source.ip().to_string());
    }
    let wants_rport = via.wants_rport();
    if wants_rport {
        via.params.set("rport", source.port().to_string());
    }
    if claimed || differs || wants_rport {
        headers.set_first(&via);
    }
    Some(via)
}

/// Where the responses to a stamped request go (RFC 3261 §18.2.2): never further than the packet's source.
pub(crate) fn response_way(via: &Via, hop: Destination) -> Destination {
    let sent_by = via.port.unwrap_or_else(|| default_port(via, hop.transport));
    let port = match hop.transport.reliability() {
        Reliability::Unreliable => via.rport().unwrap_or(sent_by),
        Reliability::Reliable => sent_by,
    };
    Destination { remote: SocketAddr::new(hop.remote.ip(), port), ..hop }
}

fn default_port(via: &Via, transport: Transport) -> u16 {
    via.known_transport().unwrap_or(transport).default_port()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Header, HeaderName};

    fn stamped(value: &str) -> (String, Via) {
        let mut headers: Headers = [Header::new(HeaderName::Via, value)].into_iter().collect();
        let via = stamp(&mut headers, "192.0.2.7:4444".parse().unwrap()).unwrap();
        (headers.get(&HeaderName::Via).unwrap().to_owned(), via)
    }

    fn hop() -> Destination {
        let local = "198.51.100.1:5060".parse().unwrap();
        let remote = "192.0.2.7:4444".parse().unwrap();
        Destination { transport: Transport::Udp, local, public: local, remote, flow: None }
    }

    #[test]
    fn rport_is_filled_and_answered() {
        let (value, via) = stamped("SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa;rport, SIP/2.0/UDP b.example");
        assert!(value.contains("received=192.0.2.7") && value.contains("rport=4444"), "{value}");
        assert!(value.ends_with("SIP/2.0/UDP b.example"), "{value}");
        assert_eq!(response_way(&via, hop()).remote, "192.0.2.7:4444".parse().unwrap());
    }

    #[test]
    fn a_claimed_received_is_replaced_by_the_source() {
        let (value, via) = stamped("SIP/2.0/UDP 192.0.2.7:5070;received=203.0.113.9;branch=z9hG4bKa");
        assert!(!value.contains("203.0.113.9"), "{value}");
        assert_eq!(response_way(&via, hop()).remote, "192.0.2.7:5070".parse().unwrap());
    }
}
