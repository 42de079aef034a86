//! RFC 3665 §3.5: a gateway in the middle ends the media of both sides. It has to be a user agent to each of them, for
//! a proxy leaves bodies alone (RFC 3261 §16.6 step 1).

use std::time::Instant;

use sip_stack::proxy::{Branch, Forward, RecordRouting};
use sip_stack::{Body, EndedBy, Endpoint, Hangup, Invite, InviteId, Respond, Target, Transport, UaEvent};

use super::BOB;
use crate::call::{ANSWER, OFFER, answer, ms, respond};
use crate::ladder::assert_ladder;
use crate::net::{Net, Owner};

const CALL: InviteId = InviteId(1);

/// The gateway's own address instead of what a body says.
fn rewritten(body: &[u8]) -> Body {
    let text = String::from_utf8(body.to_vec()).unwrap();
    Body::sdp(text.replace("192.0.2.1\r\n", "192.0.2.30\r\n").replace("192.0.2.2\r\n", "192.0.2.30\r\n"))
}

/// What the gateway does with one call that it carries to the next proxy.
fn gateway(next: Target) -> Owner {
    let mut behind = None;
    Box::new(move |endpoint, now, event| {
        if let UaEvent::Incoming { id, request, .. } = &event {
            behind = Some(*id);
            let body = Some(rewritten(&request.body));
            let caller = "<sip:alice@192.0.2.30>".parse().unwrap();
            let call = Invite::new(request.uri.clone(), next, caller);
            endpoint.invite(now, CALL, Invite { body, ..call }).unwrap();
        } else if let UaEvent::Progress { code, .. } = event {
            endpoint.respond(now, behind?, Respond::new(code)).unwrap();
        } else if let UaEvent::Answered { body, .. } = event {
            let body = body.map(|body| rewritten(&body.content));
            endpoint.respond(now, behind?, Respond { body, ..Respond::new(200) }).unwrap();
        } else if let UaEvent::Ended { id, by: EndedBy::Remote, .. } = event {
            end(endpoint, now, if id == CALL { behind? } else { CALL });
        }
        None
    })
}

fn end(endpoint: &mut Endpoint, now: Instant, id: InviteId) {
    endpoint.hangup(now, id, Hangup { code: 480, reason: None, headers: Vec::new() }).unwrap();
}

/// A proxy that does not stay on the path.
fn proxy(bob: Target) -> Owner {
    Box::new(move |endpoint, now, event| {
        let UaEvent::Requested { id, .. } = event else { return Some(event) };
        let forward = Forward::to(Branch::new("sip:bob@192.0.2.2".parse().unwrap(), bob));
        endpoint.forward(now, id, Forward { record_route: RecordRouting::Leave, ..forward }).unwrap();
        None
    })
}

#[test]
fn a_gateway_carries_a_call_and_ends_its_media() {
    let mut net = Net::new();
    net.phone("alice", "192.0.2.1:5060");
    net.phone("bob", "192.0.2.2:5060");
    let bob = Target::new(Transport::Udp, net.address("bob"));
    net.proxy("proxy", "192.0.2.20:5060", "biloxi.example", proxy(bob));
    let next = Target::new(Transport::Udp, net.address("proxy"));
    net.node("alg", crate::net::config("192.0.2.30:5060"), gateway(next));

    net.call("alice", CALL.0, BOB, "alg", Transport::Udp);
    net.run(ms(100));
    let bob = net.incoming("bob");
    net.respond("bob", bob, respond(180));
    net.respond("bob", bob, answer());
    let events = net.take_events("alice");
    let [UaEvent::Progress { code: 180, .. }, UaEvent::Answered { body: Some(body), .. }] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(body.content, ANSWER.replace("192.0.2.2", "192.0.2.30"));
    let offer = net.last("proxy", "bob", "INVITE");
    assert!(offer.text.ends_with(&OFFER.replace("192.0.2.1", "192.0.2.30")), "{}", offer.text);
    net.hangup("alice", CALL);
    let events = net.take_events("bob");
    assert!(matches!(events.last(), Some(UaEvent::Ended { by: EndedBy::Remote, .. })), "{events:?}");
    assert_ladder(
        &mut net,
        &[
            "alice alg: INVITE <180 <200 ACK BYE <200",
            "alg proxy: INVITE <180 <200",
            "proxy bob: INVITE <180 <200",
            "alg bob: ACK BYE <200",
        ],
    );
    assert_eq!((net.endpoint("alg").calls(), net.endpoint("proxy").forwarding()), (0, 0));
}
