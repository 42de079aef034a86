//! RFC 5359 §2.13 and §2.14: the proxy lets through whom it likes.

use sip_stack::message::HeaderName;
use sip_stack::{Reply, Transport, UaEvent};

use crate::net::Net;

/// A proxy that refuses calls whose From names Alice.
fn screened() -> Net {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.phone("bob", "192.0.2.2:5060");
    net.proxy(
        "proxy",
        "192.0.2.10:5060",
        "example.net",
        Box::new(|endpoint, now, event| {
            let UaEvent::Requested { id, request, .. } = event else { return Some(event) };
            let from = request.headers.get(&HeaderName::From).unwrap_or_default();
            let code = if from.contains("alice") { 403 } else { 480 };
            endpoint.reply(now, id, Reply::new(code)).unwrap();
            None
        }),
    );
    net
}

#[test]
fn who_is_not_wanted_is_told_so() {
    let mut net = screened();
    net.call("alice", 1, "sip:bob@example.net", "proxy", Transport::Udp);
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Failed { code: 403, .. }]));
    net.call("bob", 1, "sip:alice@example.net", "proxy", Transport::Udp);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Failed { code: 480, .. }]));
    assert_eq!(net.count("proxy", "bob", "INVITE"), 0);
}
