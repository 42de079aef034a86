//! An INVITE without a description: the offer comes in the 2xx, the answer in the ACK (RFC 3261 §13.2.1).

use sip_stack::{Body, CommandError, EndedBy, Transport, UaEvent};

use crate::call::{ANSWER, CALL, OFFER, answer, dial, hangup, invite, ms, s};
use crate::pair::{Pair, Side};

fn offered() -> Pair {
    let mut pair = Pair::new();
    let mut call = invite(Transport::Udp);
    call.body = None;
    let id = dial(&mut pair, call);
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(s(3));
    pair
}

#[test]
fn the_answer_travels_in_the_ack() {
    let mut pair = offered();
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Answered { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, Body::sdp(ANSWER));
    assert!(!pair.take_ladder().contains(&"A ACK".to_owned()));
    pair.alice.ack(pair.now, CALL, Body::sdp(OFFER)).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Acknowledged { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, Body::sdp(OFFER));
    assert_eq!(pair.alice.ack(pair.now, CALL, Body::sdp(OFFER)), Err(CommandError::WrongState));
}

#[test]
fn hanging_up_instead_still_acknowledges() {
    let mut pair = offered();
    pair.take_ladder();
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A ACK", "A BYE", "B 200"]);
    let events = pair.take_events(Side::Bob);
    let ended = matches!(events.last(), Some(UaEvent::Ended { by: EndedBy::Remote, .. }));
    assert!(ended, "{events:?}");
}
