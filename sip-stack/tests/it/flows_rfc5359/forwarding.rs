//! RFC 5359 §2.7 to §2.9 and §2.12: the proxy sends the call elsewhere. The 181s, which the RFC draws in brackets, are
//! left out; the 199 that ends an early dialog is RFC 6228's.

use std::time::Duration;

use sip_stack::proxy::{Branch, Forward};
use sip_stack::{InviteId, UaEvent};

use crate::call::{answer, respond, s};
use crate::ladder::assert_ladder;
use crate::net::Net;
use crate::proxy::{dial, forwarding, net};

const CALL: InviteId = InviteId(1);
const PATIENCE: Duration = Duration::from_secs(20);

/// Timer C is the proxy's patience.
fn patient(groups: Vec<Vec<Branch>>) -> Forward {
    Forward { timer_c: PATIENCE, ..Forward::new(groups) }
}

/// The call rings at a phone, and is answered there.
fn taken(net: &mut Net, name: &'static str, id: InviteId) {
    net.respond(name, id, respond(180));
    net.respond(name, id, answer());
    let events = net.take_events("alice");
    let [.., UaEvent::Progress { code: 180, .. }, UaEvent::Answered { .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
}

/// Bob's phone rings longer than the proxy waits.
fn ring_in_vain(net: &mut Net) {
    let bob = dial(net, &["bob"])[0];
    net.respond("bob", bob, respond(180));
    net.run(PATIENCE);
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Canceled { .. }]));
}

/// §2.7
#[test]
fn unconditionally() {
    let mut net = net(&[&["carol"]]);
    let carol = dial(&mut net, &["carol"])[0];
    assert_eq!(net.last("proxy", "carol", "INVITE").headers("To"), ["<sip:callee@example.net>"]);
    taken(&mut net, "carol", carol);
    net.hangup("alice", CALL);
    assert_ladder(
        &mut net,
        &["alice proxy: INVITE <180 <200 ACK BYE <200", "proxy carol: INVITE <180 <200 ACK BYE <200"],
    );
}

/// §2.8
#[test]
fn when_busy() {
    let mut net = net(&[&["bob"], &["carol"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(486));
    let carol = net.incoming("carol");
    taken(&mut net, "carol", carol);
    net.hangup("alice", CALL);
    assert_ladder(
        &mut net,
        &[
            "proxy bob: INVITE <486 ACK",
            "alice proxy: INVITE <180 <200 ACK BYE <200",
            "proxy carol: INVITE <180 <200 ACK BYE <200",
        ],
    );
}

/// §2.9
#[test]
fn when_nobody_answers() {
    let mut net = forwarding(&[&["bob"], &["carol"]], patient);
    ring_in_vain(&mut net);
    let carol = net.incoming("carol");
    taken(&mut net, "carol", carol);
    net.hangup("alice", CALL);
    assert_ladder(
        &mut net,
        &[
            "proxy bob: INVITE <180 CANCEL <200 <487 ACK",
            "alice proxy: INVITE <180 <199 <180 <200 ACK BYE <200",
            "proxy carol: INVITE <180 <200 ACK BYE <200",
        ],
    );
}

/// §2.12
#[test]
fn find_me() {
    let mut net = forwarding(&[&["bob"], &["carol"], &["dave"], &["erin"]], patient);
    ring_in_vain(&mut net);
    for (phone, code) in [("carol", 480), ("dave", 486)] {
        let id = net.incoming(phone);
        net.respond(phone, id, respond(code));
    }
    let erin = net.incoming("erin");
    taken(&mut net, "erin", erin);
    net.hangup("erin", erin);
    assert_ladder(
        &mut net,
        &[
            "proxy bob: INVITE <180 CANCEL <200 <487 ACK",
            "proxy carol: INVITE <480 ACK",
            "proxy dave: INVITE <486 ACK",
            "alice proxy: INVITE <180 <199 <180 <200 ACK <BYE 200",
            "proxy erin: INVITE <180 <200 ACK <BYE 200",
        ],
    );
}

/// The same another way: first the desk, then everything at once.
#[test]
fn find_me_in_two_steps() {
    let mut net = net(&[&["bob"], &["carol", "dave"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(480));
    let (carol, dave) = (net.incoming("carol"), net.incoming("dave"));
    net.respond("carol", carol, respond(180));
    net.respond("dave", dave, answer());
    assert!(matches!(net.take_events("carol").as_slice(), [UaEvent::Canceled { .. }]));
    assert!(matches!(net.take_events("alice").last(), Some(UaEvent::Answered { .. })));
    net.run(s(1));
    assert_eq!(net.endpoint("proxy").forwarding(), 0);
}
