//! TLS: a stream carries requests only to whom the certificate at its other end names (RFC 5922, RFC 5923).

use sip_stack::transport::{AlternativeNames, CertificateNames};
use sip_stack::{FlowId, Invite, InviteId, Target, Transport, UaEvent};

use crate::call::{invite, s};
use crate::lone::{header, request};
use crate::node::{Did, Node, certificate};

const SERVER: &str = "203.0.113.5:5061";
const FIRST: FlowId = FlowId::FIRST_CONNECTED;
const SECOND: FlowId = FlowId(FIRST.0 + 1);

fn call(uri: &str) -> Invite {
    let mut call = invite(Transport::Tls);
    call.uri = uri.parse().unwrap();
    call.target = Target::new(Transport::Tls, SERVER.parse().unwrap()).into();
    call
}

fn dial(node: &mut Node, id: u64, uri: &str) -> Vec<Did> {
    node.endpoint.invite(node.now, InviteId(id), call(uri)).unwrap();
    node.take()
}

fn connect(flow: FlowId, name: &str) -> Did {
    Did::Connect(flow, Transport::Tls, SERVER.parse().unwrap(), Some(name.to_owned()))
}

fn is_invite(did: &[Did], flow: FlowId) -> bool {
    matches!(did, [Did::Sent(on, text)] if *on == flow && text.starts_with("INVITE "))
}

#[test]
fn the_certificate_has_to_name_the_domain_that_is_called() {
    let mut node = Node::new();
    assert_eq!(dial(&mut node, 1, "sip:600@trunk.example"), [connect(FIRST, "trunk.example")]);
    node.open_proved(FIRST, Transport::Tls, SERVER, &certificate(&["trunk.example"]));
    let (_, sent) = node.take_sent();
    assert!(sent.starts_with("INVITE sip:600@trunk.example SIP/2.0\r\n"), "{sent}");
    let via = header(&sent, "Via");
    assert!(via.starts_with("SIP/2.0/TLS 192.0.2.1:5061;") && via.ends_with(";rport;alias"), "{via}");
    assert!(header(&sent, "Contact").contains(";transport=tls"), "{sent}");
}

#[test]
fn anybody_else_is_hung_up_on_before_a_byte_is_sent() {
    for names in [
        certificate(&["other.example"]),
        certificate(&["*.example"]),
        certificate(&[]),
        CertificateNames {
            alternative: Some(AlternativeNames {
                uris: vec!["sip:other.example".to_owned()],
                dns: vec!["trunk.example".to_owned()],
                addresses: Vec::new(),
            }),
            common_name: None,
        },
    ] {
        let mut node = Node::new();
        dial(&mut node, 1, "sip:600@trunk.example");
        node.open_proved(FIRST, Transport::Tls, SERVER, &names);
        assert_eq!(node.take(), [Did::Close(FIRST)], "{names:?}");
        assert!(matches!(node.events.as_slice(), [UaEvent::Failed { code: 503, synthetic: true, .. }]));
        assert_eq!(node.endpoint.counters().wrong_peers, 1);
    }
    let mut node = Node::new();
    dial(&mut node, 1, "sip:600@trunk.example");
    node.open(FIRST, Transport::Tls, SERVER);
    assert_eq!(node.take(), [Did::Close(FIRST)], "no certificate at all");
}

#[test]
fn the_first_route_says_whom_to_expect() {
    let mut node = Node::new();
    let mut routed = call("sip:600@trunk.example");
    routed.route = vec!["sip:edge.example;lr".parse().unwrap()];
    node.endpoint.invite(node.now, InviteId(1), routed).unwrap();
    assert_eq!(node.take(), [connect(FIRST, "edge.example")]);
}

#[test]
fn an_address_is_expected_by_its_own_name() {
    let mut node = Node::new();
    assert_eq!(dial(&mut node, 1, "sip:600@203.0.113.5"), [connect(FIRST, "203.0.113.5")]);
    let names = AlternativeNames { addresses: vec!["203.0.113.5".parse().unwrap()], ..Default::default() };
    let names = CertificateNames { alternative: Some(names), common_name: None };
    node.open_proved(FIRST, Transport::Tls, SERVER, &names);
    assert!(is_invite(&node.take(), FIRST));
}

#[test]
fn two_domains_at_one_address_share_a_stream_only_if_the_certificate_names_both() {
    let mut node = Node::new();
    dial(&mut node, 1, "sip:600@one.example");
    assert_eq!(dial(&mut node, 2, "sip:600@two.example"), [connect(SECOND, "two.example")]);
    node.open_proved(FIRST, Transport::Tls, SERVER, &certificate(&["one.example", "three.example"]));
    assert!(is_invite(&node.take(), FIRST));
    assert!(is_invite(&dial(&mut node, 3, "sip:600@three.example"), FIRST));
    node.open_proved(SECOND, Transport::Tls, SERVER, &certificate(&["two.example"]));
    assert!(is_invite(&node.take(), SECOND));
    assert!(is_invite(&dial(&mut node, 4, "sip:600@two.example"), SECOND));
}

/// A peer that connects from an odd port and says where it listens.
fn options(via: &str) -> String {
    request("OPTIONS", 1, "a", "", "").replace("SIP/2.0/UDP 192.0.2.9:5060", &format!("SIP/2.0/{via};alias"))
}

const ACCEPTED: FlowId = FlowId(3);

#[test]
fn a_proved_peer_is_called_on_the_stream_that_it_opened() {
    let mut node = Node::new();
    let peer = "203.0.113.5:40000";
    node.open_proved(ACCEPTED, Transport::Tls, peer, &certificate(&["peer.example"]));
    node.hear(ACCEPTED, &options("TLS peer.example:5061"));
    node.take();
    assert!(is_invite(&dial(&mut node, 1, "sip:600@peer.example"), ACCEPTED));
    assert_eq!(dial(&mut node, 2, "sip:600@else.example"), [connect(FIRST, "else.example")]);
}

#[test]
fn nobody_is_called_on_a_stream_without_proof() {
    for (names, via) in [
        (None, "TLS peer.example:5061"),
        (None, "TLS 203.0.113.5:5061"),
        (Some(certificate(&["mallory.example"])), "TLS peer.example:5061"),
        (Some(certificate(&["mallory.example"])), "TLS 203.0.113.5:5061"),
    ] {
        let mut node = Node::new();
        let peer = "203.0.113.5:40000";
        match &names {
            Some(names) => node.open_proved(ACCEPTED, Transport::Tls, peer, names),
            None => node.open(ACCEPTED, Transport::Tls, peer),
        }
        node.hear(ACCEPTED, &options(via));
        node.take();
        let did = dial(&mut node, 1, "sip:600@peer.example");
        assert_eq!(did, [connect(FIRST, "peer.example")], "{names:?} {via}");
    }
}

fn call_by_tcp(node: &mut Node) -> Vec<Did> {
    let mut call = call("sip:600@trunk.example");
    call.target = Target::new(Transport::Tcp, "203.0.113.5:5060".parse().unwrap()).into();
    node.endpoint.invite(node.now, InviteId(9), call).unwrap();
    node.take()
}

fn is_connect(did: &[Did]) -> bool {
    matches!(did, [Did::Connect(_, Transport::Tcp, _, None)])
}

#[test]
fn tcp_takes_the_word_of_a_peer_only_for_its_own_address() {
    for (via, is_reused) in [
        ("TCP 203.0.113.5:5060", true),
        ("TCP 203.0.113.5", true),
        ("TCP 203.0.113.6:5060", false),
        ("TCP trunk.example:5060", false),
    ] {
        let mut node = Node::new();
        node.open(ACCEPTED, Transport::Tcp, "203.0.113.5:40000");
        node.hear(ACCEPTED, &options(via));
        node.take();
        let did = call_by_tcp(&mut node);
        assert_eq!((is_invite(&did, ACCEPTED), is_connect(&did)), (is_reused, !is_reused), "{via}");
    }
}

#[test]
fn an_alias_is_not_taken_from_whom_it_belongs_to() {
    let mut node = Node::new();
    for (flow, peer) in [(ACCEPTED, "203.0.113.5:40000"), (FlowId(4), "203.0.113.5:40001")] {
        node.open(flow, Transport::Tcp, peer);
        node.hear(flow, &options("TCP 203.0.113.5:5060").replace("peers-call", peer));
    }
    node.take();
    assert!(is_invite(&call_by_tcp(&mut node), ACCEPTED));
}

#[test]
fn an_alias_ends_with_its_stream() {
    let mut node = Node::new();
    node.open(ACCEPTED, Transport::Tcp, "203.0.113.5:40000");
    node.hear(ACCEPTED, &options("TCP 203.0.113.5:5060"));
    node.closed(ACCEPTED);
    node.take();
    assert!(is_connect(&call_by_tcp(&mut node)));
}

#[test]
fn without_the_word_nothing_is_reused() {
    let mut node = Node::new();
    node.open(ACCEPTED, Transport::Tcp, "203.0.113.5:40000");
    node.hear(ACCEPTED, &options("TCP 203.0.113.5:5060").replace(";alias", ""));
    node.take();
    assert!(is_connect(&call_by_tcp(&mut node)));
    node.advance(s(1));
}
