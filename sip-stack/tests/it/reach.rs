//! RFC 7332 and RFC 5393: calls that go in circles through back-to-back user agents die.

use sip_stack::{CallOptions, Hangup, Invite, InviteId, Reach, Target, Transport, UaEvent};

use crate::call::{CALL, address, invite};
use crate::lone::{Lone, PEER, header, request};

#[test]
fn a_call_of_its_own_starts_afresh() {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = Target::new(Transport::Udp, PEER.parse().unwrap()).into();
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    assert_eq!(header(&sent, "Max-Forwards"), "70");
    assert!(!sent.contains("Max-Breadth"), "{sent}");
}

/// A back-to-back user agent: calls on from the call that comes, or refuses it.
fn call_on(lone: &mut Lone, leg: u64) {
    let Some(UaEvent::Incoming { id, request, .. }) = lone.events.pop() else { panic!("no call") };
    let target = Target::new(Transport::Udp, PEER.parse().unwrap());
    match Reach::after(&request.headers) {
        Some(reach) => {
            let options = CallOptions { reach, ..CallOptions::default() };
            let from = address("<sip:alice@192.0.2.1>");
            let call = Invite { options, ..Invite::new(request.uri, target, from) };
            lone.endpoint.invite(lone.now, InviteId(leg), call).unwrap();
        }
        None => lone.endpoint.hangup(lone.now, id, Hangup::new(483)).unwrap(),
    }
    lone.drain();
}

#[test]
fn one_made_from_another_has_one_hop_less_and_the_same_breadth() {
    let mut lone = Lone::new();
    let first = request("INVITE", 1, "a", "", "Max-Breadth: 12\n");
    lone.hear(&first.replace("Max-Forwards: 70", "Max-Forwards: 9"));
    call_on(&mut lone, 1);
    let on = lone.sent.pop().unwrap().1;
    assert!(on.starts_with("INVITE "), "{on}");
    assert_eq!((header(&on, "Max-Forwards"), header(&on, "Max-Breadth")), ("8", "12"));
}

#[test]
fn a_circle_ends_with_483() {
    let mut lone = Lone::new();
    lone.hear(&request("INVITE", 1, "a", "", "").replace("Max-Forwards: 70", "Max-Forwards: 3"));
    for round in 1..=3 {
        call_on(&mut lone, round);
        let on = lone.sent.pop().unwrap().1;
        lone.sent.clear();
        assert!(on.starts_with("INVITE "), "round {round}: {on}");
        // Back to where it came from, as if from another agent of the circle.
        let back = on.replace("Call-ID: ", "Call-ID: again-").replace("192.0.2.1:5060;", "192.0.2.9:5060;");
        lone.hear(&back.replace("\r\n", "\n"));
    }
    assert!(lone.take_one().starts_with("SIP/2.0 483 "));
    assert!(lone.events.is_empty(), "the owner is not asked any more: {:?}", lone.events);
}
