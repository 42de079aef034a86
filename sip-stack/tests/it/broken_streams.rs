//! A stream that breaks fails what waits on it at once (RFC 3261 §18.4), and nothing else.

use sip_stack::ua::RegistrationId;
use sip_stack::{FlowId, Target, Transport, UaEvent};

use crate::call::{CALL, invite, ms, s};
use crate::lone::response;
use crate::node::{Did, Node};

const FLOW: FlowId = FlowId::FIRST_CONNECTED;

fn target() -> Target {
    Target::new(Transport::Tcp, "192.0.2.9:5060".parse().unwrap())
}

fn ping(node: &mut Node, id: u64) {
    node.endpoint.options(node.now, RegistrationId(id), "sip:192.0.2.9".parse().unwrap(), target()).unwrap();
}

#[test]
fn a_request_in_flight_fails_at_once() {
    let mut node = Node::new();
    ping(&mut node, 1);
    node.open(FLOW, Transport::Tcp, "192.0.2.9:5060");
    node.advance(ms(100));
    node.closed(FLOW);
    assert!(matches!(node.events.as_slice(), [UaEvent::OptionsAnswered { code: 503, .. }]));
    assert_eq!(node.endpoint.transactions(), 0);
}

#[test]
fn a_call_that_rings_fails_at_once() {
    let mut node = Node::new();
    let mut call = invite(Transport::Tcp);
    call.target = target().into();
    node.endpoint.invite(node.now, CALL, call).unwrap();
    node.open(FLOW, Transport::Tcp, "192.0.2.9:5060");
    let did = node.take();
    let Some(Did::Sent(_, sent)) = did.last() else { panic!("{did:?}") };
    node.hear(FLOW, &response(180, sent, "b", "", ""));
    node.events.clear();
    node.closed(FLOW);
    assert!(matches!(node.events.as_slice(), [UaEvent::Failed { code: 503, synthetic: true, .. }]));
}

#[test]
fn what_is_answered_stays_answered() {
    let mut node = Node::new();
    ping(&mut node, 1);
    node.open(FLOW, Transport::Tcp, "192.0.2.9:5060");
    let did = node.take();
    let Some(Did::Sent(_, sent)) = did.last() else { panic!("{did:?}") };
    node.hear(FLOW, &response(200, sent, "b", "", ""));
    node.closed(FLOW);
    assert!(matches!(node.events.as_slice(), [UaEvent::OptionsAnswered { code: 200, .. }]));
}

#[test]
fn the_next_request_opens_another_stream() {
    let mut node = Node::new();
    ping(&mut node, 1);
    node.open(FLOW, Transport::Tcp, "192.0.2.9:5060");
    node.closed(FLOW);
    node.take();
    ping(&mut node, 2);
    assert!(matches!(node.take().as_slice(), [Did::Connect(FlowId(id), Transport::Tcp, ..)] if *id > FLOW.0));
    node.advance(s(40));
}
