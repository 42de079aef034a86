//! Our end of outbound (RFC 5626 §4): a phone that is reached by the flow it registered over, and no other way.

use sip_stack::registrar::Located;
use sip_stack::{
    CommandError, InviteId, NextHop, Outbound, Register, RegistrationId, Target, Transport, UaEvent,
};

use crate::call::{CALL, address, answer, invite, s};
use crate::lone::{Lone, PEER, header, response};
use crate::net::{Net, SharedRegistrar, serve, shared_registrar};

const ID: RegistrationId = RegistrationId(1);
const SECOND: RegistrationId = RegistrationId(2);
const INSTANCE: &str = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
const ALICE: &str = "sip:alice@example.net";

fn register(target: impl Into<NextHop>, reg_id: u32) -> Register {
    Register {
        registrar: "sip:example.net".parse().unwrap(),
        target: target.into(),
        aor: address("<sip:alice@example.net>"),
        contact_user: "alice".to_owned(),
        expires_s: 600,
        credentials: None,
        outbound: Some(Outbound { instance: INSTANCE.to_owned(), reg_id }),
    }
}

/// Alice, who registers a flow at our own registrar and proxy, and Bob.
fn home(by: Transport) -> (Net, SharedRegistrar) {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.phone("bob", "192.0.2.2:5060");
    let registrar = shared_registrar("example.net");
    let shared = registrar.clone();
    net.proxy(
        "home",
        "192.0.2.10:5060",
        "example.net",
        Box::new(move |endpoint, now, event| serve(&shared, endpoint, now, event)),
    );
    let target = Target::new(by, net.address("home"));
    let now = net.now;
    net.endpoint("alice").register(now, ID, register(target, 1)).unwrap();
    net.run(s(1));
    let events = net.take_events("alice");
    assert!(matches!(events.as_slice(), [UaEvent::Registered { .. }]), "{events:?}");
    (net, registrar)
}

/// The flows of Alice that the registrar knows, by their numbers.
fn flows(net: &Net, registrar: &SharedRegistrar) -> Vec<Option<u32>> {
    match registrar.borrow().locate(net.now, &ALICE.parse().unwrap()) {
        Located::At(groups) => groups.iter().flatten().map(|location| location.binding.reg_id).collect(),
        Located::Unknown | Located::Offline => Vec::new(),
    }
}

fn bob_calls(net: &mut Net, id: u64) {
    net.call("bob", id, ALICE, "home", Transport::Udp);
    let alice = net.incoming("alice");
    net.respond("alice", alice, answer());
    let events = net.take_events("bob");
    assert!(matches!(events.as_slice(), [UaEvent::Answered { .. }]), "{events:?}");
    net.hangup("bob", InviteId(id));
    net.take_events("alice");
    net.take_events("bob");
}

#[test]
fn a_call_comes_back_over_the_flow() {
    for by in [Transport::Tcp, Transport::Udp] {
        let (mut net, registrar) = home(by);
        let contact = net.last("alice", "home", "REGISTER").headers("Contact").join("");
        assert!(contact.contains(";reg-id=1;+sip.instance=\"<urn:uuid:f81d4fae-"), "{contact}");
        assert_eq!(flows(&net, &registrar), [Some(1)]);
        bob_calls(&mut net, 1);
    }
}

#[test]
fn a_flow_that_breaks_is_registered_again_and_replaces_the_old_one() {
    let (mut net, registrar) = home(Transport::Tcp);
    net.run(s(60));
    net.cut_streams("alice");
    net.run(s(5));
    let events = net.take_events("alice");
    assert!(matches!(events.as_slice(), [UaEvent::Registered { .. }]), "{events:?}");
    assert_eq!(net.count("alice", "home", "REGISTER"), 2);
    assert_eq!(flows(&net, &registrar), [Some(1)], "one flow of one instance");
    bob_calls(&mut net, 1);
}

#[test]
fn a_flow_is_kept_alive_for_hours() {
    for by in [Transport::Tcp, Transport::Udp] {
        let (mut net, registrar) = home(by);
        net.run(s(7200));
        assert_eq!(flows(&net, &registrar), [Some(1)]);
        assert_eq!(net.endpoint("alice").counters().dead_flows, 0, "{by:?}");
        net.take_events("alice");
        bob_calls(&mut net, 1);
    }
}

#[test]
fn calls_over_the_flow_ask_for_their_requests_by_it() {
    let (mut net, _) = home(Transport::Tcp);
    net.call("alice", 1, "sip:bob@192.0.2.2", "home", Transport::Tcp);
    let contact = net.last("alice", "home", "INVITE").headers("Contact").join("");
    assert!(contact.contains(";ob"), "{contact}");
    net.call("bob", 1, ALICE, "home", Transport::Udp);
    let contact = net.last("bob", "home", "INVITE").headers("Contact").join("");
    assert!(!contact.contains(";ob"), "Bob has no flow: {contact}");
}

fn lone(target: &str, id: RegistrationId, reg_id: u32) -> (Lone, String) {
    let mut lone = Lone::new();
    let target = Target::new(Transport::Udp, target.parse().unwrap());
    lone.endpoint.register(lone.now, id, register(target, reg_id)).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

fn retry_in_s(lone: &mut Lone) -> u32 {
    match lone.events.pop() {
        Some(UaEvent::RegistrationFailed { retry_in_s, .. }) => retry_in_s,
        other => panic!("{other:?}"),
    }
}

/// Refuses what is sent next, as often as there are pauses to see.
fn assert_pauses(lone: &mut Lone, mut sent: String, pauses: &[(u32, u32)]) {
    for (least, most) in pauses {
        lone.hear(&response(503, &sent, "r", "", ""));
        let pause = retry_in_s(lone);
        assert!((*least..=*most).contains(&pause), "{pause} is not within {least} to {most}");
        lone.sent.clear();
        lone.advance(s(pause.into()));
        sent = lone.take_one_retransmitted();
    }
}

#[test]
fn a_registrar_that_refuses_is_asked_less_and_less_often() {
    let (mut lone, sent) = lone(PEER, ID, 1);
    let table = [(30, 60), (60, 120), (120, 240), (240, 480), (480, 960), (900, 1800), (900, 1800)];
    assert_pauses(&mut lone, sent, &table);
}

#[test]
fn a_second_flow_has_more_time() {
    const OTHER: &str = "192.0.2.19:5060";
    let (mut lone, sent) = lone(OTHER, SECOND, 2);
    lone.hear_from(OTHER, &response(200, &sent, "r", "Require: outbound\nExpires: 86400\n", ""));
    let target = Target::new(Transport::Udp, PEER.parse().unwrap());
    lone.endpoint.register(lone.now, ID, register(target, 1)).unwrap();
    lone.drain();
    let sent = lone.sent.pop().unwrap().1;
    lone.hear(&response(503, &sent, "r", "", ""));
    let pause = retry_in_s(&mut lone);
    assert!((90..=180).contains(&pause), "{pause}");
}

#[test]
fn an_edge_without_flows_registers_the_phone_by_address() {
    let (mut lone, sent) = lone(PEER, ID, 1);
    assert_eq!(header(&sent, "Supported"), "path, outbound");
    lone.hear(&response(439, &sent, "edge", "", ""));
    let again = lone.take_one();
    assert!(!again.contains("reg-id") && !again.contains("sip.instance"), "{again}");
    lone.hear(&response(200, &again, "r", "Expires: 600\n", ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Registered { .. }]), "{:?}", lone.events);
    lone.endpoint.invite(lone.now, CALL, invite(Transport::Udp)).unwrap();
    lone.drain();
    assert!(!header(&lone.take_one(), "Contact").contains(";ob"));
}

#[test]
fn what_is_no_instance_is_not_registered() {
    let target = Target::new(Transport::Udp, PEER.parse().unwrap());
    for (instance, reg_id) in [("f81d4fae", 1), ("urn:", 1), ("urn:uuid:a\">;x=<\"", 1), (INSTANCE, 0)] {
        let outbound = Some(Outbound { instance: instance.to_owned(), reg_id });
        let mut lone = Lone::new();
        let asked = lone.endpoint.register(lone.now, ID, Register { outbound, ..register(target, 1) });
        assert_eq!(asked, Err(CommandError::InvalidArgument), "{instance} {reg_id}");
    }
}
