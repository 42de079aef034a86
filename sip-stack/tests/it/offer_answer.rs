//! RFC 6337 table 1: the six ways to exchange an offer and an answer, as caller and as callee, between two of us.

use sip_stack::message::{Header, HeaderName};
use sip_stack::{
    Body, CommandError, Invite, InviteId, Prack, Pracks, ReliableResponses, Respond, Transport, UaEvent,
};

use crate::call::{ANSWER, CALL, OFFER, answer, dial, invite, ms, respond, s};
use crate::pair::{Pair, Side, config};

const SECOND: &str = "v=0\r\no=second\r\n";
const SECOND_ANSWER: &str = "v=0\r\no=second answer\r\n";

fn sdp(text: &'static str) -> Body {
    Body::sdp(text)
}

fn early() -> Respond {
    Respond { body: Some(sdp(ANSWER)), ..respond(183) }
}

/// Alice calls Bob, who sends descriptions reliably before he answers.
fn ring(invite: Invite) -> (Pair, InviteId) {
    let mut bob = config(Side::Bob);
    bob.reliable_responses = ReliableResponses::WhenDescribing;
    let mut pair = Pair::with(config(Side::Alice), bob);
    let id = dial(&mut pair, invite);
    pair.take_ladder();
    (pair, id)
}

/// A call whose first exchange was over with a reliable 183.
fn agreed_early() -> (Pair, InviteId) {
    let (mut pair, id) = ring(invite(Transport::Udp));
    pair.bob.respond(pair.now, id, early()).unwrap();
    pair.run(ms(100));
    assert_eq!(pair.take_ladder(), ["B 183", "A PRACK", "B 200"]);
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Progress { code: 183, body: Some(body), prack: Prack::Sent, .. }] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(*body, sdp(ANSWER));
    (pair, id)
}

fn late() -> Invite {
    Invite { body: None, ..invite(Transport::Udp) }
}

fn reoffered(pair: &mut Pair, side: Side) -> Body {
    let events = pair.take_events(side);
    let [UaEvent::Reoffer { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    body.clone()
}

fn reoffer_done(pair: &mut Pair, side: Side) -> (u16, Option<Body>) {
    let events = pair.take_events(side);
    let [UaEvent::ReofferDone { code, body, .. }] = events.as_slice() else { panic!("{events:?}") };
    (*code, body.clone())
}

#[test]
fn pattern_1_invite_and_2xx() {
    let (mut pair, id) = ring(invite(Transport::Udp));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Answered { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, sdp(ANSWER));
}

#[test]
fn pattern_2_2xx_and_ack() {
    let (mut pair, id) = ring(late());
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    assert_eq!(pair.bob.respond(pair.now, id, respond(200)), Err(CommandError::InvalidArgument));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    pair.alice.ack(pair.now, CALL, sdp(OFFER)).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Acknowledged { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, sdp(OFFER));
}

#[test]
fn pattern_3_invite_and_reliable_1xx_leave_the_2xx_without_a_description() {
    let (mut pair, id) = agreed_early();
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Answered { body: None, .. }]), "{events:?}");
    let ok = pair.seen.iter().find(|seen| seen.word() == "200").unwrap();
    assert_eq!(ok.header("Content-Length"), Some("0"));
}

#[test]
fn pattern_4_reliable_1xx_and_prack() {
    let (mut pair, id) = ring(late());
    pair.bob.respond(pair.now, id, early()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Progress { fork: 0, body: Some(body), prack: Prack::Owed, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(*body, sdp(ANSWER), "which is the offer");
    pair.bob.respond(pair.now, id, respond(200)).unwrap();
    pair.run(s(1));
    assert!(!pair.take_ladder().contains(&"B 200".to_owned()), "the 2xx waits for the answer");
    assert_eq!(pair.alice.prack(pair.now, CALL, 0, None), Err(CommandError::InvalidArgument));
    pair.alice.prack(pair.now, CALL, 0, Some(sdp(OFFER))).unwrap();
    assert_eq!(pair.alice.prack(pair.now, CALL, 0, None), Err(CommandError::WrongState));
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A PRACK", "B 200", "B 200", "A ACK"]);
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Acknowledged { body: Some(body), .. }, UaEvent::Acknowledged { body: None, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(*body, sdp(OFFER));
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Answered { body: None, .. }]));
}

fn pracked_offer() -> (Pair, InviteId) {
    let mut call = invite(Transport::Udp);
    call.options.pracks = Pracks::ByOwner;
    let (mut pair, id) = ring(call);
    pair.bob.respond(pair.now, id, early()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Progress { prack: Prack::Owed, .. }]), "{events:?}");
    pair.take_ladder();
    pair.alice.prack(pair.now, CALL, 0, Some(sdp(SECOND))).unwrap();
    pair.run(ms(100));
    assert_eq!(reoffered(&mut pair, Side::Bob), sdp(SECOND));
    (pair, id)
}

#[test]
fn pattern_5_prack_and_its_2xx() {
    let (mut pair, id) = pracked_offer();
    pair.bob.respond(pair.now, id, respond(200)).unwrap();
    pair.run(ms(100));
    assert_eq!(pair.take_ladder(), ["A PRACK"], "the 2xx of the INVITE waits for that of the PRACK");
    pair.bob.answer_reoffer(pair.now, id, 200, Some(sdp(SECOND_ANSWER))).unwrap();
    pair.run(ms(100));
    assert_eq!(pair.take_ladder(), ["B 200", "B 200", "A ACK"]);
    let events = pair.take_events(Side::Alice);
    let [UaEvent::ReofferDone { code: 200, body: Some(body), .. }, UaEvent::Answered { body: None, .. }] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(*body, sdp(SECOND_ANSWER));
}

#[test]
fn pattern_5_refused_leaves_the_session_and_the_call() {
    let (mut pair, id) = pracked_offer();
    pair.take_ladder();
    pair.bob.answer_reoffer(pair.now, id, 488, None).unwrap();
    pair.run(ms(100));
    assert_eq!(reoffer_done(&mut pair, Side::Alice), (488, None));
    pair.bob.respond(pair.now, id, respond(200)).unwrap();
    pair.run(ms(100));
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Answered { .. }]));
}

#[test]
fn pattern_6_update_from_either_side_before_the_answer() {
    let (mut pair, id) = agreed_early();
    pair.alice.update(pair.now, CALL, 0, sdp(SECOND)).unwrap();
    assert_eq!(pair.alice.update(pair.now, CALL, 0, sdp(SECOND)), Err(CommandError::WrongState));
    pair.run(ms(100));
    assert_eq!(reoffered(&mut pair, Side::Bob), sdp(SECOND));
    pair.bob.answer_reoffer(pair.now, id, 200, Some(sdp(SECOND_ANSWER))).unwrap();
    pair.run(ms(100));
    assert_eq!(reoffer_done(&mut pair, Side::Alice), (200, Some(sdp(SECOND_ANSWER))));
    pair.bob.update(pair.now, id, 0, sdp(ANSWER)).unwrap();
    pair.run(ms(100));
    assert_eq!(reoffered(&mut pair, Side::Alice), sdp(ANSWER));
    pair.alice.answer_reoffer(pair.now, CALL, 488, None).unwrap();
    pair.run(ms(100));
    assert_eq!(reoffer_done(&mut pair, Side::Bob), (488, None));
    assert_eq!(pair.take_ladder(), ["A UPDATE", "B 200", "B UPDATE", "A 488"]);
    pair.bob.respond(pair.now, id, respond(200)).unwrap();
    pair.run(ms(100));
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Answered { body: None, .. }]));
}

#[test]
fn pattern_6_crossing_before_the_answer_gives_way_by_role() {
    let (mut pair, id) = agreed_early();
    pair.alice.update(pair.now, CALL, 0, sdp(SECOND)).unwrap();
    pair.bob.update(pair.now, id, 0, sdp(ANSWER)).unwrap();
    pair.run(ms(50));
    assert_eq!(pair.take_ladder(), ["A UPDATE", "B UPDATE", "B 491", "A 491"]);
    let mut waited = 0;
    while pair.events.is_empty() {
        pair.run(ms(10));
        waited += 10;
    }
    assert!(waited <= 2_050, "the callee comes first, after {waited} ms");
    assert_eq!(reoffered(&mut pair, Side::Alice), sdp(ANSWER));
    pair.alice.answer_reoffer(pair.now, CALL, 200, Some(sdp(SECOND))).unwrap();
    pair.run(s(4));
    assert_eq!(pair.take_ladder()[..3], ["B UPDATE", "A 200", "A UPDATE"]);
}

#[test]
fn an_update_has_to_wait_for_the_first_answer() {
    let (mut pair, id) = ring(invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(ms(100));
    for endpoint_and_id in [(Side::Alice, CALL), (Side::Bob, id)] {
        let (side, id) = endpoint_and_id;
        let now = pair.now;
        assert_eq!(pair.endpoint(side).update(now, id, 0, sdp(SECOND)), Err(CommandError::WrongState));
    }
}

#[test]
fn an_unreliable_183_is_a_preview_that_the_2xx_repeats() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, early()).unwrap();
    pair.bob.respond(pair.now, id, respond(200)).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    let [
        UaEvent::Progress { body: Some(preview), prack: Prack::NotNeeded, .. },
        UaEvent::Answered { body: Some(answer), .. },
    ] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(preview, answer);
}

#[test]
fn a_caller_who_insists_on_prack_gets_no_180_before_the_offer() {
    let mut call = late();
    call.headers.push(Header::new(HeaderName::Require, "100rel"));
    let (mut pair, id) = ring(call);
    assert_eq!(pair.bob.respond(pair.now, id, respond(180)), Err(CommandError::InvalidArgument));
    pair.bob.respond(pair.now, id, early()).unwrap();
    pair.run(ms(100));
    assert_eq!(pair.take_ladder(), ["B 183"]);
}

#[test]
fn the_established_session_changes_by_update_and_by_a_reinvite_that_asks() {
    let mut pair = Pair::new();
    let id = crate::call::talk(&mut pair, Transport::Udp);
    pair.bob.update(pair.now, id, 0, sdp(SECOND)).unwrap();
    pair.run(ms(100));
    assert_eq!(reoffered(&mut pair, Side::Alice), sdp(SECOND));
    pair.alice.answer_reoffer(pair.now, CALL, 200, Some(sdp(SECOND_ANSWER))).unwrap();
    pair.run(ms(100));
    assert_eq!(reoffer_done(&mut pair, Side::Bob), (200, Some(sdp(SECOND_ANSWER))));

    pair.take_ladder();
    pair.bob.request_offer(pair.now, id).unwrap();
    pair.run(s(1));
    assert_eq!(reoffer_done(&mut pair, Side::Bob), (200, Some(sdp(SECOND_ANSWER))));
    assert_eq!(pair.alice.reoffer(pair.now, CALL, sdp(OFFER)), Err(CommandError::WrongState));
    pair.bob.ack(pair.now, id, sdp(ANSWER)).unwrap();
    pair.run(s(1));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Acknowledged { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, sdp(ANSWER));
    assert_eq!(pair.take_ladder().last().map(String::as_str), Some("B ACK"));
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (1, 1));
}
