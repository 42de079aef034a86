//! RFC 5407: the call flows of race conditions, each named by its section. Alice is the caller.

use sip_stack::{Body, CommandError, EndedBy, Invite, InviteId, Transport, UaEvent};

use crate::call::{ANSWER, CALL, OFFER, answer, dial, hangup, invite, ms, respond, s, talk};
use crate::lone::{Lone, PEER, called, header, request, response, to_tag};
use crate::pair::{Fate, Pair, Side};

fn held() -> Body {
    Body::sdp("v=0\r\na=sendonly\r\n")
}

/// Alice's first message of this kind is lost.
fn losing(word: &'static str) -> Pair {
    let mut pair = Pair::new();
    pair.network = Box::new(move |from, seen, count| match (from, count) {
        (_, 1) if seen.word() == word => Fate::Lose,
        _ => Fate::Deliver,
    });
    pair
}

fn answered(pair: &mut Pair, invite: Invite) -> InviteId {
    let id = dial(pair, invite);
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    id
}

fn ends(pair: &mut Pair, side: Side) -> Vec<EndedBy> {
    let events = pair.take_events(side);
    let end = |event: &UaEvent| if let UaEvent::Ended { by, .. } = event { Some(*by) } else { None };
    events.iter().filter_map(end).collect()
}

fn is_at_rest(pair: &mut Pair) {
    pair.run(s(100));
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (0, 0));
    assert_eq!((pair.alice.transactions(), pair.bob.transactions()), (0, 0));
}

#[test]
fn s3_1_1_a_retransmitted_invite_after_the_200_is_absorbed() {
    let mut pair = Pair::new();
    pair.network = Box::new(|_, seen, count| match (seen.word(), count) {
        ("100" | "180", _) => Fate::Lose,
        ("200", 1) => Fate::After(ms(30)),
        _ => Fate::Deliver,
    });
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(ms(390));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B 100", "B 180", "B 200", "A INVITE", "A ACK"]);
    assert_eq!(pair.bob.calls(), 1, "it is no second call");
}

#[test]
fn s3_1_2_a_cancel_that_crosses_the_200_ends_in_a_bye() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(ms(100));
    pair.take_ladder();
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A CANCEL", "B 200", "B 200", "A ACK", "A BYE", "B 200"]);
    assert_eq!(ends(&mut pair, Side::Alice), [EndedBy::Local]);
    assert_eq!(ends(&mut pair, Side::Bob), [EndedBy::Remote]);
    is_at_rest(&mut pair);
}

#[test]
fn s3_1_3_a_bye_of_the_early_dialog_ends_the_answered_call() {
    let (mut lone, _, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("BYE", 2, "bye", &tag, ""));
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK"]);
    lone.hear(&request("ACK", 1, "ack", &tag, ""));
    assert!(matches!(lone.events.as_slice(), [.., UaEvent::Ended { by: EndedBy::Remote, .. }]));
    lone.advance(s(40));
    assert!(lone.sent.is_empty() && lone.endpoint.transactions() == 0, "the 200 is not repeated");
}

#[test]
fn s3_1_4_a_reinvite_that_overtakes_the_ack_is_served() {
    let mut pair = losing("ACK");
    let id = answered(&mut pair, invite(Transport::Udp));
    pair.take_ladder();
    pair.alice.reoffer(pair.now, CALL, held()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Acknowledged { body: None, .. }, UaEvent::Reoffer { .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    pair.bob.answer_reoffer(pair.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    pair.run(s(2));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B 100", "B 200", "A ACK"]);
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [.., UaEvent::ReofferDone { code: 200, .. }]), "{events:?}");
}

#[test]
fn s3_1_5_a_reinvite_that_overtakes_the_answer_is_491() {
    let mut pair = losing("ACK");
    let id = answered(&mut pair, Invite { body: None, ..invite(Transport::Udp) });
    pair.alice.ack(pair.now, CALL, Body::sdp(OFFER)).unwrap();
    pair.alice.reoffer(pair.now, CALL, held()).unwrap();
    pair.take_ladder();
    pair.run(ms(100));
    assert_eq!(pair.take_ladder(), ["A ACK", "A INVITE", "B 491", "A ACK"]);
    pair.run(ms(500));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Acknowledged { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, Body::sdp(OFFER), "the repeated 200 draws the answer again");
    pair.run(s(4));
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Reoffer { .. }]));
    pair.bob.answer_reoffer(pair.now, id, 200, None).unwrap();
}

#[test]
fn s3_1_5_an_update_with_an_offer_that_overtakes_the_answer_is_491() {
    let (mut lone, _, ok) = called("", answer());
    let update = request("UPDATE", 2, "u", &to_tag(&ok), "Content-Type: application/sdp\n");
    lone.hear(&update.replace("Content-Length: 0\n\n", "Content-Length: 3\n\nv=0"));
    assert_eq!(lone.take_lines(), ["SIP/2.0 491 Request Pending"]);
}

#[test]
fn s3_1_6_a_bye_that_overtakes_the_ack_ends_the_call() {
    let mut pair = losing("ACK");
    answered(&mut pair, invite(Transport::Udp));
    pair.take_ladder();
    pair.run(ms(395));
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A BYE", "B 200", "B 200", "A ACK"]);
    assert_eq!(ends(&mut pair, Side::Alice), [EndedBy::Local]);
    assert_eq!(ends(&mut pair, Side::Bob), [EndedBy::Remote]);
    is_at_rest(&mut pair);
}

#[test]
fn s3_2_1_two_byes_at_once_are_both_200() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A BYE", "B BYE", "B 200", "A 200"]);
    assert_eq!(ends(&mut pair, Side::Alice).len(), 1);
    assert_eq!(ends(&mut pair, Side::Bob).len(), 1);
    is_at_rest(&mut pair);
}

#[test]
fn s3_2_2_a_reinvite_that_meets_a_bye_is_481() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.bob.reoffer(pair.now, id, held()).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A BYE", "B INVITE", "B 200", "A 481", "B ACK"]);
    assert_eq!(ends(&mut pair, Side::Bob), [EndedBy::Remote]);
    is_at_rest(&mut pair);
}

#[test]
fn s3_2_3_a_200_of_a_reinvite_after_the_bye_gets_its_ack() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.bob.reoffer(pair.now, id, held()).unwrap();
    pair.run(ms(100));
    pair.take_ladder();
    pair.alice.answer_reoffer(pair.now, CALL, 200, Some(Body::sdp(OFFER))).unwrap();
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(s(1));
    let ladder = pair.take_ladder();
    assert!(ladder.contains(&"B ACK".to_owned()) && ladder.contains(&"B BYE".to_owned()), "{ladder:?}");
    assert_eq!(ends(&mut pair, Side::Alice), [EndedBy::Remote]);
    is_at_rest(&mut pair);
}

#[test]
fn s3_2_4_a_callee_who_hangs_up_before_the_ack_waits_for_it() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, Invite { body: None, ..invite(Transport::Udp) });
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(ms(100));
    pair.take_ladder();
    pair.alice.ack(pair.now, CALL, Body::sdp(OFFER)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["A ACK", "B BYE", "A 200"], "RFC 3261 §15: no BYE before the ACK");
    let events = pair.take_events(Side::Bob);
    assert!(matches!(events.as_slice(), [UaEvent::Ended { by: EndedBy::Local, .. }]), "{events:?}");
    is_at_rest(&mut pair);
}

#[test]
fn s3_2_4_a_peer_whose_bye_crosses_our_ack_gets_both() {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(PEER);
    call.body = None;
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    let more = "Contact: <sip:bob@192.0.2.9>\nContent-Type: application/sdp\n";
    lone.hear(&response(200, &sent, "b", more, ANSWER));
    let from = header(&sent, "From").rsplit(";tag=").next().unwrap().to_owned();
    let bye = request("BYE", 1, "bye", &from, "").replace("tag=peer", "tag=b");
    lone.hear(&bye.replace("Call-ID: peers-call", &format!("Call-ID: {}", header(&sent, "Call-ID"))));
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK", "ACK sip:bob@192.0.2.9 SIP/2.0"]);
    let refused = lone.endpoint.ack(lone.now, CALL, Body::sdp(OFFER));
    assert_eq!(refused, Err(CommandError::UnknownId));
}

#[test]
fn s3_3_1_reinvites_that_cross_are_tried_again_the_callee_first() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.reoffer(pair.now, CALL, held()).unwrap();
    pair.bob.reoffer(pair.now, id, held()).unwrap();
    pair.run(ms(60));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B INVITE", "B 491", "A 491", "A ACK", "B ACK"]);
    settle_glare(&mut pair, id, "INVITE", "INVITE");
}

#[test]
fn s3_3_2_an_update_and_a_reinvite_that_cross_are_tried_again() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.update(pair.now, CALL, 0, held()).unwrap();
    pair.bob.reoffer(pair.now, id, held()).unwrap();
    pair.run(ms(60));
    assert_eq!(pair.take_ladder(), ["A UPDATE", "B INVITE", "B 491", "A 491", "B ACK"]);
    settle_glare(&mut pair, id, "UPDATE", "INVITE");
}

/// The callee comes again within 2 s, the caller after 2.1 to 4 s.
fn settle_glare(pair: &mut Pair, id: InviteId, of_alice: &str, of_bob: &str) {
    let before = pair.seen.len();
    pair.run(ms(2000));
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Reoffer { .. }]));
    pair.alice.answer_reoffer(pair.now, CALL, 200, Some(Body::sdp(OFFER))).unwrap();
    pair.run(ms(2100));
    let first = |from, word: &str| {
        let mut seen = pair.seen.iter().skip(before);
        seen.find(|seen| seen.from == from && seen.word() == word).map(|seen| seen.at).unwrap()
    };
    assert!(first(Side::Bob, of_bob) < first(Side::Alice, of_alice));
    pair.bob.answer_reoffer(pair.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    pair.run(s(1));
    for side in [Side::Alice, Side::Bob] {
        let events = pair.take_events(side);
        let is_done = |event: &UaEvent| matches!(event, UaEvent::ReofferDone { code: 200, .. });
        assert_eq!(events.iter().filter(|event| is_done(event)).count(), 1, "{events:?}");
    }
}

#[test]
fn s3_3_3_a_request_that_meets_a_bye_is_an_error() {
    let (mut lone, id, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "ack", &tag, ""));
    lone.endpoint.hangup(lone.now, id, hangup(0)).unwrap();
    lone.drain();
    lone.take_lines();
    for (cseq, method) in [(2, "REFER"), (3, "INFO"), (4, "UPDATE")] {
        lone.hear(&request(method, cseq, method, &tag, "Refer-To: <sip:carol@192.0.2.3>\n"));
        let line = lone.take_one();
        assert!(line.starts_with("SIP/2.0 481 ") || line.starts_with("SIP/2.0 405 "), "{line}");
    }
}

#[test]
fn appendix_b_a_reinvite_repeated_after_the_bye_is_481() {
    let (mut lone, _, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "ack", &tag, ""));
    lone.hear(&request("BYE", 3, "bye", &tag, ""));
    lone.take_lines();
    lone.hear(&request("INVITE", 2, "re", &tag, ""));
    assert_eq!(lone.take_lines(), ["SIP/2.0 481 Call/Transaction Does Not Exist"]);
    lone.hear(&request("ACK", 2, "re", &tag, ""));
    lone.advance(s(40));
    assert_eq!(lone.endpoint.transactions(), 0);
}

#[test]
fn appendix_c_a_cancel_before_the_answer_is_487() {
    let (mut lone, id, _) = called("", respond(180));
    lone.hear(&request("CANCEL", 1, "a", "", "Reason: SIP;cause=200;text=\"elsewhere\"\n"));
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    let Some(UaEvent::Canceled { reason: Some(reason), .. }) = lone.events.last() else {
        panic!("{:?}", lone.events)
    };
    assert_eq!(reason.text.as_deref(), Some("elsewhere"));
    assert_eq!(lone.endpoint.respond(lone.now, id, answer()), Err(CommandError::UnknownId));
}
