//! RFC 3665 §3.6: a redirect server sends Alice elsewhere, and the offer comes with the 200.

use sip_stack::message::{Header, HeaderName};
use sip_stack::{Body, Invite, InviteId, Reply, Respond, Target, Transport, UaEvent};

use super::{BOB, network};
use crate::call::{ANSWER, OFFER, invite, respond, s};
use crate::ladder::assert_ladder;

#[test]
fn a_302_is_followed_and_the_answer_travels_in_the_ack() {
    let mut net = network();
    net.proxy(
        "redirect",
        "192.0.2.30:5060",
        "redirect.example",
        Box::new(|endpoint, now, event| {
            let UaEvent::Requested { id, .. } = event else { return Some(event) };
            let contact = Header::new(HeaderName::Contact, format!("<{BOB}>"));
            endpoint.reply(now, id, Reply { headers: vec![contact], ..Reply::new(302) }).unwrap();
            None
        }),
    );
    net.call("alice", 1, "sip:bob@redirect.example", "redirect", Transport::Udp);
    let events = net.take_events("alice");
    let [UaEvent::Failed { code: 302, headers, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(headers.get(&HeaderName::Contact), Some("<sip:bob@biloxi.example>"));
    let call = Invite {
        uri: BOB.parse().unwrap(),
        target: Target::new(Transport::Udp, net.address("atlanta")).into(),
        body: None,
        ..invite(Transport::Udp)
    };
    let now = net.now;
    net.endpoint("alice").invite(now, InviteId(2), call).unwrap();
    net.run(s(1));
    let bob = net.incoming("bob");
    net.respond("bob", bob, respond(180));
    net.respond("bob", bob, Respond { body: Some(Body::sdp(OFFER)), ..respond(200) });
    let now = net.now;
    net.endpoint("alice").ack(now, InviteId(2), Body::sdp(ANSWER)).unwrap();
    net.run(s(1));
    let events = net.take_events("bob");
    let [UaEvent::Acknowledged { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(body.content, ANSWER);
    net.hangup("bob", bob);
    assert_ladder(
        &mut net,
        &[
            "alice redirect: INVITE <302 ACK",
            "alice atlanta: INVITE <180 <200 ACK <BYE 200",
            "atlanta biloxi: INVITE <180 <200 ACK <BYE 200",
            "biloxi bob: INVITE <180 <200 ACK <BYE 200",
        ],
    );
}
