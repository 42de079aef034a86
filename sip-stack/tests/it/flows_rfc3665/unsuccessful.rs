//! RFC 3665 §3.4 and §3.8 to §3.11: calls that come to nothing, and how that gets back through two proxies.

use sip_stack::{InviteId, Transport, UaEvent};

use super::{BOB, dial, network};
use crate::call::{answer, respond, s};
use crate::ladder::assert_ladder;
use crate::net::Net;

fn outcome(net: &mut Net) -> u16 {
    let events = net.take_events("alice");
    let Some(UaEvent::Failed { code, .. }) = events.last() else { panic!("{events:?}") };
    *code
}

/// §3.4: the first proxy is dead, so Alice takes the second.
#[test]
fn a_dead_proxy() {
    let mut net = network();
    net.cut_off("atlanta");
    net.call("alice", 1, BOB, "atlanta", Transport::Udp);
    net.run(s(33));
    assert_eq!(outcome(&mut net), 408);
    net.call("alice", 2, BOB, "biloxi", Transport::Udp);
    let bob = net.incoming("bob");
    net.respond("bob", bob, answer());
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Answered { .. }]));
    net.hangup("bob", bob);
    assert_ladder(
        &mut net,
        &[
            "alice nobody: INVITE INVITE INVITE INVITE INVITE INVITE INVITE",
            "alice biloxi: INVITE <200 ACK <BYE 200",
            "biloxi bob: INVITE <200 ACK <BYE 200",
        ],
    );
}

/// §3.8
#[test]
fn no_answer() {
    let mut net = network();
    let bob = dial(&mut net);
    net.respond("bob", bob, respond(180));
    net.hangup("alice", InviteId(1));
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Canceled { .. }]));
    assert_eq!(outcome(&mut net), 487);
    let cancels = ["alice>atlanta", "atlanta>biloxi", "biloxi>bob"].map(|hop| format!("{hop} CANCEL"));
    let ladder = net.take_ladder();
    assert!(cancels.iter().all(|cancel| ladder.contains(cancel)), "{ladder:#?}");
}

/// §3.9
#[test]
fn busy() {
    let mut net = network();
    let bob = dial(&mut net);
    net.respond("bob", bob, respond(486));
    assert_eq!(outcome(&mut net), 486);
    let acks = ["alice>atlanta ACK", "atlanta>biloxi ACK", "biloxi>bob ACK"];
    let ladder = net.take_ladder();
    assert!(acks.iter().all(|ack| ladder.iter().any(|line| line == ack)), "each hop has its own ACK");
}

/// §3.10: where nobody answers the last proxy, it says so.
#[test]
fn no_response() {
    let mut net = network();
    net.cut_off("bob");
    net.call("alice", 1, BOB, "atlanta", Transport::Udp);
    net.run(s(33));
    assert_eq!(outcome(&mut net), 408);
    assert_eq!(net.count("biloxi", "nobody", "INVITE"), 7, "timer A doubles until timer B");
}

/// §3.11
#[test]
fn temporarily_unavailable() {
    let mut net = network();
    let bob = dial(&mut net);
    net.respond("bob", bob, respond(480));
    assert_eq!(outcome(&mut net), 480);
    net.run(s(60));
    assert_eq!((net.endpoint("atlanta").forwarding(), net.endpoint("biloxi").forwarding()), (0, 0));
}
