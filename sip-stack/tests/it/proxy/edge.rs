//! The edge of outbound (RFC 5626 §5) and Path (RFC 3327 §5.2): phones that only one proxy can reach.

use sip_stack::proxy::{Branch, Forward, PathInsertion};
use sip_stack::{InviteId, Target, Transport, UaEvent};

use super::{lone, lone_config, recorded};
use crate::call::answer;
use crate::lone::{Lone, header, request};
use crate::net::Net;

const ALICE: &str = "sip:alice@example.net";
const HOME: &str = "192.0.2.20:5060";

/// Alice behind an edge proxy, Bob, and the home of `example.net`.
fn network() -> Net {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.phone("bob", "192.0.2.2:5060");
    net.home("home", HOME, "example.net");
    let home = Target::new(Transport::Udp, net.address("home"));
    net.proxy(
        "edge",
        "192.0.2.10:5060",
        "edge.example",
        Box::new(move |endpoint, now, event| {
            let UaEvent::Requested { id, request, .. } = event else { return Some(event) };
            let forward = Forward::to(Branch::new(request.uri.clone(), home));
            endpoint.forward(now, id, Forward { path: PathInsertion::Insert, ..forward }).unwrap();
            None
        }),
    );
    net
}

#[test]
fn a_phone_is_called_through_its_edge_and_hangs_up() {
    let mut net = network();
    net.register("alice", "edge", "example.net", Transport::Tcp);
    net.call("bob", 1, ALICE, "home", Transport::Udp);
    let alice = net.incoming("alice");
    net.respond("alice", alice, answer());
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Answered { .. }]));
    let path = net.last("edge", "home", "REGISTER").headers("Path").join("");
    assert!(path.contains("@192.0.2.10:5060;lr;ob>"), "{path}");
    let routes = net.last("edge", "alice", "INVITE").headers("Record-Route").join(" ");
    assert_eq!(routes.matches(";lr").count(), 3, "both sides of the edge, and the home: {routes}");
    net.hangup("alice", alice);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Ended { .. }]));
    assert_eq!((net.count("alice", "edge", "BYE"), net.count("edge", "alice", "INVITE")), (1, 1));
}

#[test]
fn the_other_end_hangs_up_over_the_same_flow() {
    let mut net = network();
    net.register("alice", "edge", "example.net", Transport::Tcp);
    net.call("bob", 1, ALICE, "home", Transport::Udp);
    let alice = net.incoming("alice");
    net.respond("alice", alice, answer());
    net.hangup("bob", InviteId(1));
    assert_eq!(net.count("edge", "alice", "BYE"), 1);
    assert!(matches!(net.take_events("alice").last(), Some(UaEvent::Ended { .. })));
}

#[test]
fn a_flow_that_is_gone_is_a_430_to_the_home_and_a_480_to_the_caller() {
    let mut net = network();
    net.register("alice", "edge", "example.net", Transport::Tcp);
    net.cut_streams("alice");
    net.call("bob", 1, ALICE, "home", Transport::Udp);
    assert_eq!(net.count("edge", "home", "430"), 1);
    assert!(matches!(net.take_events("home").as_slice(), [UaEvent::FlowFailed { .. }]));
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Failed { code: 480, .. }]));
}

/// A REGISTER that a test's words carry to an edge, and what the edge sends for it.
fn registered(more: &str, path: PathInsertion) -> (Lone, String) {
    let mut lone = Lone::with(lone_config());
    lone.hear(&request("REGISTER", 1, "a", "", more));
    let Some(UaEvent::Requested { id, request, .. }) = lone.events.pop() else { panic!("{:?}", lone.events) };
    let branch = Branch::new(request.uri, Target::new(Transport::Udp, HOME.parse().unwrap()));
    lone.endpoint.forward(lone.now, id, Forward { path, ..Forward::to(branch) }).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

#[test]
fn a_phone_that_does_not_know_of_paths_is_told_where_they_are_needed() {
    let (_, refused) = registered("", PathInsertion::Require);
    assert!(refused.starts_with("SIP/2.0 421 Extension Required"), "{refused}");
    assert_eq!(header(&refused, "Require"), "path");
    let (_, sent) = registered("Supported: path\n", PathInsertion::Require);
    assert!(sent.starts_with("REGISTER") && header(&sent, "Require") == "path", "{sent}");
    let (_, sent) = registered("Path: <sip:before@192.0.2.30;lr>\n", PathInsertion::Insert);
    let paths: Vec<&str> = sent.lines().filter_map(|line| line.strip_prefix("Path: ")).collect();
    assert_eq!((paths.len(), paths[1]), (2, "<sip:before@192.0.2.30;lr>"));
}

#[test]
fn only_the_first_hop_writes_ob_and_nobody_else_writes_tokens() {
    let (mut lone, sent) =
        registered("Via: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bKphone\n", PathInsertion::Insert);
    let path = header(&sent, "Path").to_owned();
    assert!(!path.contains(";ob"), "{path}");
    lone.hear(&request("MESSAGE", 1, "b", "", &format!("Route: {path}\n")));
    forward_nowhere(&mut lone, "came over the very flow");
    let forged = path.replacen('0', "1", 1);
    lone.hear(&request("MESSAGE", 2, "c", "", &format!("Route: {forged}\n")));
    assert!(lone.take_one().starts_with("SIP/2.0 403 Forbidden"));
    let elsewhere = request("MESSAGE", 3, "d", "", &format!("Route: {path}\n"));
    lone.hear_from("192.0.2.66:5060", &elsewhere.replace("192.0.2.9:5060;branch", "192.0.2.66:5060;branch"));
    let (remote, sent) = lone.sent.pop().unwrap();
    assert_eq!(remote, "192.0.2.9:5060".parse().unwrap());
    assert!(sent.starts_with("MESSAGE") && !sent.contains("\r\nRoute:"), "{sent}");
}

/// A request that goes out of the edge is its owner's to route.
fn forward_nowhere(lone: &mut Lone, why: &str) {
    assert!(matches!(lone.events.pop(), Some(UaEvent::Requested { .. })), "{why}");
    assert!(lone.sent.is_empty(), "{why}");
}

#[test]
fn an_endpoint_that_is_no_proxy_forwards_nothing() {
    let mut plain = Lone::new();
    let mut proxy = lone();
    let route = format!("Route: {}, <sip:192.0.2.30;lr>\n", recorded(&mut proxy));
    plain.hear(&request("MESSAGE", 2, "a", "tag", &route));
    assert!(plain.sent.iter().all(|(_, text)| text.starts_with("SIP/2.0 4")), "{:?}", plain.sent);
    proxy.hear(&request("MESSAGE", 2, "a", "tag", &route));
    assert!(proxy.take_one().starts_with("MESSAGE"));
}
