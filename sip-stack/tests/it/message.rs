//! RFC 3428: instant messages outside of calls and inside.

use sip_stack::message::Method;
use sip_stack::{
    Body, CommandError, Config, InCall, InCallEvent, LargeRequests, Outgoing, OutgoingId, Reply, Services,
    Target, Transport, UaEvent,
};

use crate::call::{CALL, address, hangup, ms, talk};
use crate::pair::{Pair, Side, config};

const ID: OutgoingId = OutgoingId(9);

fn reading(side: Side) -> Config {
    Config {
        services: Services { messages: vec!["text/plain".to_owned()], ..Services::default() },
        ..config(side)
    }
}

fn text(content_type: &str, content: impl Into<String>) -> Option<Body> {
    Some(Body { content_type: content_type.to_owned(), content: content.into().into() })
}

fn outside(body: Option<Body>) -> Outgoing {
    Outgoing {
        method: Method::Message,
        uri: "sip:bob@192.0.2.2".parse().unwrap(),
        target: Target::new(Transport::Udp, Side::Bob.address()).into(),
        route: Vec::new(),
        from: address("<sip:alice@192.0.2.1>"),
        to: address("<sip:bob@192.0.2.2>"),
        headers: Vec::new(),
        body,
        credentials: None,
    }
}

fn inside(body: Option<Body>) -> InCall {
    InCall { method: Method::Message, headers: Vec::new(), body }
}

fn code(pair: &mut Pair) -> u16 {
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Replied { id: ID, response }] = events.as_slice() else { panic!("{events:?}") };
    response.code.as_u16()
}

#[test]
fn a_message_waits_for_its_owner_and_its_sender_hears_the_answer() {
    let mut pair = Pair::with(config(Side::Alice), reading(Side::Bob));
    pair.alice.send(pair.now, ID, outside(text("text/plain", "hello"))).unwrap();
    pair.run(ms(50));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Requested { id, request, .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(&*request.body, b"hello");
    pair.bob.reply(pair.now, *id, Reply::new(202)).unwrap();
    pair.run(ms(50));
    assert_eq!(code(&mut pair), 202);
}

#[test]
fn a_type_that_nobody_reads_is_refused_with_those_that_are() {
    let mut pair = Pair::with(config(Side::Alice), reading(Side::Bob));
    pair.alice.send(pair.now, ID, outside(text("text/html", "<b>hello</b>"))).unwrap();
    pair.run(ms(50));
    assert_eq!(code(&mut pair), 415);
    assert_eq!(pair.seen.last().unwrap().header("Accept"), Some("text/plain"));
    assert!(pair.take_events(Side::Bob).is_empty());
    pair.bob
        .send(
            pair.now,
            ID,
            Outgoing { target: Target::new(Transport::Udp, Side::Alice.address()).into(), ..outside(None) },
        )
        .unwrap();
    pair.run(ms(50));
    assert_eq!(pair.seen.last().unwrap().word(), "405", "alice reads none");
}

#[test]
fn messages_travel_inside_of_a_call() {
    let mut pair = Pair::with(config(Side::Alice), reading(Side::Bob));
    let call = talk(&mut pair, Transport::Udp);
    pair.alice.send_in_call(pair.now, ID, CALL, inside(text("text/plain", "hello"))).unwrap();
    pair.run(ms(50));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::InCall(InCallEvent::Message { id, message, request })] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((*id, &*request.body), (call, b"hello".as_slice()));
    pair.bob.reply(pair.now, *message, Reply::new(200)).unwrap();
    pair.run(ms(50));
    assert_eq!(code(&mut pair), 200);
    let busy = InCall { method: Method::Bye, ..inside(None) };
    assert_eq!(pair.alice.send_in_call(pair.now, ID, CALL, busy), Err(CommandError::InvalidArgument));
    pair.alice.send_in_call(pair.now, ID, CALL, inside(text("text/html", "<i>"))).unwrap();
    pair.run(ms(50));
    assert_eq!((code(&mut pair), pair.alice.calls()), (415, 1));
}

#[test]
fn a_message_to_a_call_that_the_peer_lost_ends_it() {
    let mut pair = Pair::with(config(Side::Alice), reading(Side::Bob));
    talk(&mut pair, Transport::Udp);
    pair.bob = sip_stack::Endpoint::new(reading(Side::Bob), [5; 32], pair.now);
    pair.alice.send_in_call(pair.now, ID, CALL, inside(text("text/plain", "hello"))).unwrap();
    pair.run(ms(200));
    let events = pair.take_events(Side::Alice);
    assert!(
        matches!(events.as_slice(), [UaEvent::Replied { .. }, UaEvent::Ended { id: CALL, .. }]),
        "{events:?}"
    );
    assert_eq!(pair.alice.hangup(pair.now, CALL, hangup(0)), Err(CommandError::UnknownId));
}

#[test]
fn a_large_message_goes_by_a_stream_or_not_at_all() {
    let large = || outside(text("text/plain", "x".repeat(1300)));
    let mut pair = Pair::with(config(Side::Alice), reading(Side::Bob));
    pair.alice.send(pair.now, ID, large()).unwrap();
    pair.run(ms(100));
    assert_eq!(pair.connections(), 1);
    assert!(matches!(pair.take_events(Side::Bob)[..], [UaEvent::Requested { .. }]));
    let mut settings = config(Side::Alice);
    settings.large_requests = LargeRequests::StayOnUdp;
    let mut pair = Pair::with(settings, reading(Side::Bob));
    assert_eq!(pair.alice.send(pair.now, ID, large()), Err(CommandError::TooLarge));
}
