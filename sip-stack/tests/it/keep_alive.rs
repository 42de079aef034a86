//! Keep-alives of both roles (RFC 5626 §3.5, §4.4; RFC 6223).

use std::time::Duration;

use sip_stack::{FlowId, KeepAlive, Register, RegistrationId, Target, Transport, UaEvent};

use crate::call::{address, s};
use crate::lone::{header, response};
use crate::node::{Did, Node, certificate, config};

const ID: RegistrationId = RegistrationId(1);
const FLOW: FlowId = FlowId::FIRST_CONNECTED;
const REGISTRAR: &str = "203.0.113.5:5060";
/// The end of the longest pause between two keep-alives, and a little more.
const PAUSE: Duration = Duration::from_secs(120);

fn register(node: &mut Node, transport: Transport) {
    let register = Register {
        registrar: "sip:carrier.example".parse().unwrap(),
        target: Target::new(transport, REGISTRAR.parse().unwrap()).into(),
        aor: address("<sip:alice@carrier.example>"),
        contact_user: "line7".to_owned(),
        expires_s: 3600,
        credentials: None,
        outbound: None,
    };
    node.endpoint.register(node.now, ID, register).unwrap();
}

/// A registration over a stream, confirmed with these headers.
fn registered(transport: Transport, more: &str) -> Node {
    let mut node = Node::new();
    register(&mut node, transport);
    if transport == Transport::Tls {
        node.open_proved(FLOW, transport, REGISTRAR, &certificate(&["carrier.example"]));
    } else {
        node.open(FLOW, transport, REGISTRAR);
    }
    let did = node.take();
    let [Did::Connect(..), Did::Sent(FLOW, sent)] = did.as_slice() else { panic!("{did:?}") };
    node.hear(FLOW, &response(200, sent, "r", more, ""));
    assert!(matches!(node.events.as_slice(), [UaEvent::Registered { .. }]), "{:?}", node.events);
    node.events.clear();
    node
}

fn ping() -> Did {
    Did::Sent(FLOW, "\r\n\r\n".to_owned())
}

#[test]
fn a_registration_asks_whether_keep_alives_are_welcome() {
    let mut node = Node::new();
    register(&mut node, Transport::Tcp);
    node.open(FLOW, Transport::Tcp, REGISTRAR);
    let did = node.take();
    let Some(Did::Sent(_, sent)) = did.last() else { panic!("{did:?}") };
    assert!(header(sent, "Via").ends_with(";keep"), "{sent}");
}

#[test]
fn a_stream_that_carries_a_registration_is_pinged_at_intervals() {
    let mut node = registered(Transport::Tls, "");
    for _ in 0..20 {
        let mut waited = 0;
        while !node.take().contains(&ping()) {
            node.advance(s(1));
            waited += 1;
        }
        assert!((96..=121).contains(&waited), "between 80 and 100 percent of two minutes: {waited}");
        node.hear(FLOW, "\n");
    }
    assert!(node.events.is_empty());
}

#[test]
fn whoever_has_answered_a_ping_and_does_no_more_is_left() {
    let mut node = registered(Transport::Tcp, "");
    node.advance(PAUSE);
    assert_eq!(node.take(), [ping()]);
    node.hear(FLOW, "\n");
    node.advance(s(86));
    node.take();
    node.advance(PAUSE);
    let did = node.take();
    assert!(did.contains(&Did::Close(FLOW)), "{did:?}");
    assert_eq!(node.endpoint.counters().dead_flows, 1);
}

#[test]
fn a_pong_is_waited_for_ten_seconds() {
    for (pong_after, is_left) in [(9, false), (10, true)] {
        let mut node = registered(Transport::Tcp, "Flow-Timer: 120\n");
        while node.take().is_empty() {
            node.advance(Duration::from_millis(100));
        }
        node.advance(s(pong_after));
        node.hear(FLOW, "\n");
        node.advance(s(1));
        assert_eq!(node.take().contains(&Did::Close(FLOW)), is_left, "{pong_after}");
    }
}

#[test]
fn a_registrar_that_never_answered_a_ping_is_not_left() {
    let mut node = registered(Transport::Tcp, "");
    node.advance(s(2000));
    let did = node.take();
    assert!(did.len() >= 16 && did.iter().all(|did| *did == ping()), "{did:?}");
}

#[test]
fn a_registrar_that_has_agreed_owes_the_first_pong_too() {
    for (agreement, seconds) in [("Flow-Timer: 30\n", 30), ("Require: outbound\n", 120)] {
        let mut node = registered(Transport::Tcp, agreement);
        node.advance(s(seconds + 10));
        assert_eq!(node.take().get(..2), Some(&[ping(), Did::Close(FLOW)][..]), "{agreement}");
    }
}

#[test]
fn a_lost_flow_is_registered_anew_at_once() {
    let mut node = registered(Transport::Tcp, "Flow-Timer: 30\n");
    node.advance(s(31));
    node.take();
    node.advance(s(12));
    let did = node.take();
    let again = FlowId(FLOW.0 + 1);
    assert!(
        did.iter().any(|did| matches!(did, Did::Connect(flow, Transport::Tcp, ..) if *flow == again)),
        "{did:?}"
    );
    node.open(again, Transport::Tcp, REGISTRAR);
    let (_, sent) = node.take_sent();
    assert_eq!(header(&sent, "CSeq"), "2 REGISTER");
}

#[test]
fn a_registrar_that_closes_each_stream_is_not_besieged() {
    let mut node = registered(Transport::Tcp, "");
    node.closed(FLOW);
    node.advance(s(29));
    assert_eq!(node.take(), []);
    node.advance(s(3));
    assert!(matches!(node.take().as_slice(), [Did::Connect(..)]));
}

#[test]
fn a_stream_that_others_opened_is_not_pinged() {
    let mut node = Node::new();
    node.open(FlowId(1), Transport::Tcp, "198.51.100.4:40000");
    node.hear(FlowId(1), "\n\n");
    assert_eq!(node.take(), [Did::Sent(FlowId(1), "\r\n".to_owned())]);
    node.advance(s(1000));
    assert_eq!(node.take(), []);
}

/// A registration over datagrams, and the words that the registrar's Via adds to ours.
fn registered_by_datagrams(keep: &str) -> Node {
    let mut settings = config();
    settings.keep_alive = KeepAlive { datagram: s(25), ..KeepAlive::default() };
    let mut node = Node::with(settings);
    register(&mut node, Transport::Udp);
    let did = node.take();
    let [Did::Datagram(_, sent)] = did.as_slice() else { panic!("{did:?}") };
    let sent = std::str::from_utf8(sent).unwrap();
    let answer = response(200, sent, "r", "", "").replace(";keep", keep).replace('\n', "\r\n");
    node.hear_datagram(REGISTRAR, answer.as_bytes());
    assert!(matches!(node.events.as_slice(), [UaEvent::Registered { .. }]), "{:?}", node.events);
    node.events.clear();
    node
}

/// The binding request that was sent, if it was one.
fn asked(did: &Did) -> Vec<u8> {
    let Did::Datagram(remote, request) = did else { panic!("{did:?}") };
    assert_eq!(*remote, REGISTRAR.parse().unwrap());
    assert!(request.starts_with(&[0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42]) && request.len() == 20, "{request:?}");
    request.to_vec()
}

/// The answer of a STUN server that sees us at 192.0.2.1 and this port.
fn seen_at(request: &[u8], port: u16) -> Vec<u8> {
    let mut answer = vec![1, 1, 0, 12, 0x21, 0x12, 0xA4, 0x42];
    answer.extend(&request[8..20]);
    answer.extend([0, 0x20, 0, 8, 0, 1]);
    answer.extend((port ^ 0x2112).to_be_bytes());
    answer.extend([192 ^ 0x21, 0x12, 2 ^ 0xA4, 1 ^ 0x42]);
    answer
}

#[test]
fn a_datagram_flow_is_kept_alive_only_if_the_registrar_agrees() {
    let mut node = registered_by_datagrams(";keep");
    node.advance(s(300));
    assert_eq!(node.take(), []);
    let mut node = registered_by_datagrams(";keep=0");
    for _ in 0..10 {
        node.advance(s(25));
        let did = node.take();
        let request = asked(did.first().unwrap());
        node.hear_datagram(REGISTRAR, &seen_at(&request, 5060));
    }
    assert!(node.events.is_empty());
}

#[test]
fn a_registrar_may_want_keep_alives_more_often() {
    let mut node = registered_by_datagrams(";keep=10");
    node.advance(s(10));
    asked(&node.take()[0]);
}

#[test]
fn a_datagram_flow_without_an_answer_is_registered_anew() {
    let mut node = registered_by_datagrams(";keep=30");
    let mut sent = Vec::new();
    let start = node.now;
    while node.endpoint.counters().dead_flows == 0 {
        node.advance(Duration::from_millis(500));
        let at = node.now - start;
        sent.extend(node.take().iter().map(|did| (at, asked(did))));
    }
    let pauses: Vec<u64> = sent.windows(2).map(|two| (two[1].0 - two[0].0).as_millis() as u64).collect();
    assert_eq!(pauses, [500, 1000, 2000, 4000, 8000, 16_000]);
    assert!(sent.windows(2).all(|two| two[0].1 == two[1].1), "the same request again");
    node.advance(s(2));
    let did = node.take();
    assert!(
        matches!(did.as_slice(), [Did::Datagram(_, text), ..] if text.starts_with(b"REGISTER ")),
        "{did:?}"
    );
}

#[test]
fn a_new_address_is_a_new_flow() {
    let mut node = registered_by_datagrams(";keep=30");
    for port in [40_000, 40_000, 40_001] {
        node.advance(s(25));
        let did = node.take();
        node.hear_datagram(REGISTRAR, &seen_at(&asked(&did[0]), port));
    }
    node.advance(s(2));
    let did = node.take();
    assert!(
        matches!(did.as_slice(), [Did::Datagram(_, text), ..] if text.starts_with(b"REGISTER ")),
        "{did:?}"
    );
}

#[test]
fn a_stranger_cannot_answer_for_the_registrar() {
    let mut node = registered_by_datagrams(";keep=30");
    let mut did = node.take();
    while did.is_empty() {
        node.advance(Duration::from_millis(100));
        did = node.take();
    }
    let request = asked(&did[0]);
    node.hear_datagram("203.0.113.66:5060", &seen_at(&request, 9));
    let mut forged = seen_at(&request, 9);
    forged[19] ^= 1;
    node.hear_datagram(REGISTRAR, &forged);
    node.advance(Duration::from_millis(500));
    assert_eq!(asked(&node.take()[0]), request, "still waiting");
}

#[test]
fn whoever_asks_where_he_is_seen_is_told() {
    let mut node = Node::new();
    let request = [&[0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42][..], b"twelve bytes"].concat();
    node.hear_datagram("192.0.2.1:32853", &request);
    let did = node.take();
    let [Did::Datagram(to, answer)] = did.as_slice() else { panic!("{did:?}") };
    assert_eq!((*to, answer.to_vec()), ("192.0.2.1:32853".parse().unwrap(), seen_at(&request, 32_853)));
    let needs_more =
        [&[0, 1, 0, 8, 0x21, 0x12, 0xA4, 0x42][..], b"twelve bytes", &[0, 0x24, 0, 4, 1, 2, 3, 4]];
    node.hear_datagram("192.0.2.1:32853", &needs_more.concat());
    let did = node.take();
    let [Did::Datagram(_, refusal)] = did.as_slice() else { panic!("{did:?}") };
    assert!(refusal.starts_with(&[1, 0x11]) && refusal.windows(4).any(|four| four == [0, 0, 4, 20]));
    node.hear_datagram("192.0.2.1:32853", &request[..19]);
    assert_eq!(node.take(), []);
}
