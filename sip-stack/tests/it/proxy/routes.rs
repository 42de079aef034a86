//! Record-Route and Route (RFC 3261 §16.4, §16.6 steps 4 and 6, §16.12).

use sip_stack::{Transport, UaEvent};

use super::{forward_to, lone, net, recorded};
use crate::call::{answer, s};
use crate::lone::{header, request};

#[test]
fn a_change_of_transport_is_recorded_twice_and_walked_back() {
    let mut net = net(&[&["bob"]]);
    net.call("alice", 1, super::CALLEE, "proxy", Transport::Tcp);
    let bob = net.incoming("bob");
    let invite = net.last("proxy", "bob", "INVITE");
    let routes = invite.headers("Record-Route");
    assert_eq!(routes.len(), 2, "{routes:?}");
    assert!(routes[0].starts_with("<sip:192.0.2.10:5060;lr;dlg="), "{routes:?}");
    assert!(routes[1].contains("transport=tcp"), "{routes:?}");
    net.respond("bob", bob, answer());
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Acknowledged { .. }]));
    net.hangup("bob", bob);
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Answered { .. }, UaEvent::Ended { .. }]));
    net.run(s(1));
    assert_eq!(net.count("proxy", "alice", "BYE"), 1);
}

#[test]
fn a_strict_router_before_us_is_undone() {
    let mut lone = lone();
    let own = recorded(&mut lone);
    let text = request("BYE", 2, "a", "tag", "Route: <sip:192.0.2.30;lr>, <sip:peer@192.0.2.31>\n");
    lone.hear(
        &text.replace("BYE sip:alice@192.0.2.1 SIP", &format!("BYE {} SIP", own.trim_matches(['<', '>']))),
    );
    assert_eq!(lone.sent[0].0, "192.0.2.30:5060".parse().unwrap());
    let sent = lone.take_one();
    assert!(sent.starts_with("BYE sip:peer@192.0.2.31 SIP/2.0"), "{sent}");
    assert_eq!(header(&sent, "Route"), "<sip:192.0.2.30;lr>");
}

#[test]
fn a_strict_router_behind_us_finds_itself_in_the_request_line() {
    let mut lone = lone();
    let route = format!("Route: {}, <sip:192.0.2.30>, <sip:192.0.2.31;lr>\n", recorded(&mut lone));
    let text = request("BYE", 2, "a", "tag", &route);
    lone.hear(&text.replace("sip:alice@192.0.2.1 SIP", "sip:bob@192.0.2.2 SIP"));
    assert_eq!(lone.sent[0].0, "192.0.2.30:5060".parse().unwrap());
    let sent = lone.take_one();
    assert!(sent.starts_with("BYE sip:192.0.2.30 SIP/2.0"), "{sent}");
    let routes: Vec<&str> = sent.lines().filter_map(|line| line.strip_prefix("Route: ")).collect();
    assert_eq!(routes, ["<sip:192.0.2.31;lr>", "<sip:bob@192.0.2.2>"]);
}

#[test]
fn an_ack_of_a_2xx_passes_without_a_trace() {
    let mut lone = lone();
    let route = format!("Route: {}\n", recorded(&mut lone));
    let text = request("ACK", 1, "a", "tag", &route);
    lone.hear(&text.replace("sip:alice@192.0.2.1 SIP", "sip:bob@192.0.2.2 SIP"));
    assert_eq!(lone.sent[0].0, "192.0.2.2:5060".parse().unwrap());
    let sent = lone.take_one();
    assert!(sent.starts_with("ACK sip:bob@192.0.2.2 SIP/2.0") && !sent.contains("\r\nRoute:"), "{sent}");
    assert_eq!(lone.endpoint.transactions(), 0);
}

#[test]
fn our_route_is_taken_off_before_the_owner_is_asked() {
    let mut lone = lone();
    let text = request("MESSAGE", 1, "a", "", "Route: <sip:example.net;lr>\n");
    lone.hear(&text.replace("sip:alice@192.0.2.1 SIP", "sip:bob@elsewhere.example SIP"));
    forward_to(&mut lone, &["192.0.2.2:5060"]);
    assert!(!lone.take_one().contains("\r\nRoute:"));
}
