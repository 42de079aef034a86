//! RFC 5359 §2.2: Bob holds Alice, asks Carol, and comes back; a proxy stays on the path of both calls.

use sip_stack::{EndedBy, InviteId, Transport, UaEvent};

use super::phones::turn;
use crate::call::{answer, respond};
use crate::ladder::assert_ladder;
use crate::net::Net;

const FIRST: InviteId = InviteId(1);
const SECOND: InviteId = InviteId(2);

fn network() -> Net {
    let mut net = Net::new();
    for (nth, name) in ["alice", "bob", "carol"].into_iter().enumerate() {
        net.phone(name, &format!("192.0.2.{}:5060", nth + 1));
    }
    net.home("proxy", "192.0.2.10:5060", "example.net");
    for name in ["bob", "carol"] {
        net.register(name, "proxy", "example.net", Transport::Udp);
    }
    net.take_ladder();
    net
}

/// A call by way of the proxy rings and is answered.
fn talk(net: &mut Net, from: &'static str, id: InviteId, to: &'static str) -> InviteId {
    net.call(from, id.0, &format!("sip:{to}@example.net"), "proxy", Transport::Udp);
    let called = net.incoming(to);
    net.respond(to, called, respond(180));
    net.respond(to, called, answer());
    let events = net.take_events(from);
    assert!(
        matches!(events[..], [UaEvent::Progress { code: 180, .. }, UaEvent::Answered { .. }]),
        "{events:?}"
    );
    called
}

#[test]
fn a_held_call_survives_a_question_to_somebody_else() {
    let mut net = network();
    let bob = talk(&mut net, "alice", FIRST, "bob");
    net.take_events("bob");
    turn(&mut net, ("bob", bob), ("alice", FIRST), "sendonly");
    talk(&mut net, "bob", SECOND, "carol");
    net.hangup("bob", SECOND);
    let events = net.take_events("carol");
    assert!(matches!(events.last(), Some(UaEvent::Ended { by: EndedBy::Remote, .. })), "{events:?}");
    turn(&mut net, ("bob", bob), ("alice", FIRST), "sendrecv");
    net.hangup("alice", FIRST);
    let events = net.take_events("bob");
    assert!(
        matches!(events[..], [UaEvent::Ended { id, by: EndedBy::Remote, .. }] if id == bob),
        "{events:?}"
    );
    assert_ladder(
        &mut net,
        &[
            "alice proxy: INVITE <180 <200 ACK <INVITE 200 <ACK",
            "proxy bob: INVITE <180 <200 ACK <INVITE 200 <ACK",
            "bob proxy: INVITE <180 <200 ACK BYE <200 INVITE <200 ACK <BYE 200",
            "proxy carol: INVITE <180 <200 ACK BYE <200",
            "alice proxy: <INVITE 200 <ACK BYE <200",
        ],
    );
}
