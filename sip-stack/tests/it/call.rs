//! A call between the two ends of a [`Pair`], step by step.

use std::time::Duration;

use sip_stack::message::NameAddr;
use sip_stack::{
    Body, CallOptions, Credentials, Hangup, Invite, InviteId, NextHop, Respond, Target, Transport, UaEvent,
};

use crate::pair::{Pair, Side};

pub(crate) const CALL: InviteId = InviteId(1);
pub(crate) const OFFER: &str = "v=0\r\no=alice 1 1 IN IP4 192.0.2.1\r\n";
pub(crate) const ANSWER: &str = "v=0\r\no=bob 1 1 IN IP4 192.0.2.2\r\n";

pub(crate) fn address(text: &str) -> NameAddr {
    text.parse().unwrap()
}

pub(crate) fn invite(transport: Transport) -> Invite {
    Invite {
        uri: "sip:bob@192.0.2.2".parse().unwrap(),
        target: Target::new(transport, Side::Bob.address()).into(),
        route: Vec::new(),
        from: address("Alice <sip:alice@192.0.2.1>"),
        to: address("<sip:bob@192.0.2.2>"),
        headers: Vec::new(),
        body: Some(Body::sdp(OFFER)),
        credentials: None,
        options: CallOptions::default(),
    }
}

/// An address to send to by UDP.
pub(crate) fn udp(remote: &str) -> NextHop {
    Target::new(Transport::Udp, remote.parse().unwrap()).into()
}

pub(crate) fn credentials() -> Credentials {
    Credentials::password(None, "alice", "secret")
}

pub(crate) fn respond(code: u16) -> Respond {
    Respond { code, reason: None, headers: Vec::new(), body: None }
}

pub(crate) fn answer() -> Respond {
    Respond { body: Some(Body::sdp(ANSWER)), ..respond(200) }
}

pub(crate) fn hangup(code: u16) -> Hangup {
    Hangup { code, reason: None, headers: Vec::new() }
}

pub(crate) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

pub(crate) fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Alice calls; answers Bob's id of the call.
pub(crate) fn dial(pair: &mut Pair, invite: Invite) -> InviteId {
    pair.alice.invite(pair.now, CALL, invite).unwrap();
    pair.run(ms(100));
    incoming(pair)
}

/// The id of the call that arrived at Bob.
pub(crate) fn incoming(pair: &mut Pair) -> InviteId {
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Incoming { id, .. }] = events.as_slice() else { panic!("{events:?}") };
    *id
}

/// Alice calls and Bob answers; nothing of it stays in the ladder or the events.
pub(crate) fn talk(pair: &mut Pair, transport: Transport) -> InviteId {
    let id = dial(pair, invite(transport));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Answered { .. }]), "{events:?}");
    let events = pair.take_events(Side::Bob);
    assert!(matches!(events.as_slice(), [UaEvent::Acknowledged { body: None, .. }]), "{events:?}");
    pair.take_ladder();
    id
}
