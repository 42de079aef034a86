//! The registrar and proxy of a domain, with phones that are reached only by the flow they registered over.

use sip_stack::{InviteId, Transport, UaEvent};

use crate::call::{answer, respond, s};
use crate::net::Net;

const ALICE: &str = "sip:alice@example.net";

fn home() -> Net {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.phone("bob", "192.0.2.2:5060");
    net.home("home", "192.0.2.10:5060", "example.net");
    net
}

#[test]
fn a_phone_behind_a_stream_is_called_and_hung_up_over_it() {
    let mut net = home();
    net.register("alice", "home", "example.net", Transport::Tcp);
    net.take_ladder();
    net.call("bob", 1, ALICE, "home", Transport::Udp);
    let alice = net.incoming("alice");
    net.respond("alice", alice, answer());
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Answered { .. }]));
    net.hangup("bob", InviteId(1));
    assert!(matches!(
        net.take_events("alice").as_slice(),
        [UaEvent::Acknowledged { .. }, UaEvent::Ended { .. }]
    ));
    let routes = net.last("home", "alice", "INVITE").headers("Record-Route").join(" ");
    assert!(routes.contains("transport=tcp") && routes.contains('@'), "the flow is in the route: {routes}");
}

#[test]
fn a_caller_behind_a_stream_is_hung_up_over_it() {
    let mut net = home();
    net.register("alice", "home", "example.net", Transport::Udp);
    net.call("bob", 1, ALICE, "home", Transport::Tcp);
    let alice = net.incoming("alice");
    net.respond("alice", alice, answer());
    net.hangup("alice", alice);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Answered { .. }, UaEvent::Ended { .. }]));
    assert_eq!(net.count("home", "bob", "BYE"), 1);
}

#[test]
fn a_phone_whose_stream_is_gone_is_not_there() {
    let mut net = home();
    net.register("alice", "home", "example.net", Transport::Tcp);
    net.cut_streams("alice");
    net.call("bob", 1, ALICE, "home", Transport::Udp);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Failed { code: 480, .. }]));
    assert!(matches!(net.take_events("home").as_slice(), [UaEvent::FlowFailed { .. }]));
    net.call("bob", 2, ALICE, "home", Transport::Udp);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Failed { code: 480, .. }]));
    assert!(net.take_events("home").is_empty(), "the binding is set aside");
}

#[test]
fn who_is_not_registered_is_not_there() {
    let mut net = home();
    net.call("bob", 1, ALICE, "home", Transport::Udp);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Failed { code: 480, .. }]));
    net.call("bob", 2, "sip:alice@elsewhere.example", "home", Transport::Udp);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Failed { code: 404, .. }]));
    net.register("alice", "home", "example.net", Transport::Udp);
    net.call("bob", 3, ALICE, "home", Transport::Udp);
    let alice = net.incoming("alice");
    net.respond("alice", alice, respond(486));
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Failed { code: 486, .. }]));
    net.run(s(700));
    assert_eq!(net.endpoint("home").forwarding(), 0);
}
