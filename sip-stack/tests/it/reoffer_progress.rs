//! RFC 3262 and RFC 6337 §2.2, pattern 2, in a call that is answered: a re-INVITE whose answer comes in a reliable
//! provisional response.

use sip_stack::{Body, CommandError, InCallEvent, InviteId, ReliableResponses, Transport, UaEvent};

use crate::call::{ANSWER, CALL, OFFER, answer, ms, s, talk};
use crate::lone::{Lone, called, header, request, to_tag};
use crate::pair::{Fate, Pair, Side, config};

fn held() -> Body {
    Body::sdp("v=0\r\na=sendonly\r\n")
}

fn holding() -> Body {
    Body::sdp("v=0\r\na=recvonly\r\n")
}

/// A call in which Alice has offered to hold, and Bob has been asked.
fn asked() -> (Pair, InviteId) {
    let mut bob = config(Side::Bob);
    bob.reliable_responses = ReliableResponses::WhenDescribing;
    let mut pair = Pair::with(config(Side::Alice), bob);
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.reoffer(pair.now, CALL, held()).unwrap();
    pair.run(ms(100));
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Reoffer { .. }]));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B 100"]);
    (pair, id)
}

#[test]
fn the_answer_is_acknowledged_and_the_200_leaves_it_out() {
    let (mut pair, id) = asked();
    pair.bob.answer_reoffer(pair.now, id, 183, Some(holding())).unwrap();
    pair.run(s(3));
    let last = &pair.seen.last().unwrap().text;
    assert!(last.contains("CSeq: 3 PRACK"), "{last}");
    assert_eq!(pair.take_ladder(), ["B 183", "A PRACK", "B 200"], "and it is not repeated");
    let events = pair.take_events(Side::Alice);
    let [UaEvent::InCall(InCallEvent::ReofferProgress { id: CALL, code: 183, body: Some(body) })] =
        events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(*body, holding());
    pair.bob.answer_reoffer(pair.now, id, 200, None).unwrap();
    pair.run(ms(100));
    let ok = &pair.seen[0];
    assert!(ok.text.ends_with("\r\n\r\n"), "{}", ok.text);
    assert_eq!(pair.take_ladder(), ["B 200", "A ACK"]);
    let events = pair.take_events(Side::Alice);
    let [UaEvent::ReofferDone { code: 200, body: Some(body), .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(*body, holding());
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Acknowledged { body: None, .. }]));
}

#[test]
fn what_is_lost_is_repeated_and_shown_once() {
    let (mut pair, id) = asked();
    pair.network = Box::new(|_, seen, count| match (seen.word(), count) {
        ("183" | "PRACK", 1) => Fate::Lose,
        _ => Fate::Deliver,
    });
    pair.bob.answer_reoffer(pair.now, id, 183, Some(holding())).unwrap();
    pair.run(s(5));
    let ladder = pair.take_ladder();
    assert_eq!(ladder.iter().filter(|line| *line == "B 183").count(), 2, "{ladder:?}");
    assert_eq!(ladder.last().unwrap(), "B 200");
    assert_eq!(pair.take_events(Side::Alice).len(), 1);
}

#[test]
fn the_200_waits_for_the_prack_of_the_answer() {
    let (mut pair, id) = asked();
    pair.bob.answer_reoffer(pair.now, id, 183, Some(holding())).unwrap();
    pair.bob.answer_reoffer(pair.now, id, 180, None).unwrap();
    pair.bob.answer_reoffer(pair.now, id, 200, None).unwrap();
    assert_eq!(pair.bob.answer_reoffer(pair.now, id, 488, None), Err(CommandError::WrongState));
    pair.run(s(1));
    let ladder = pair.take_ladder();
    assert_eq!(ladder[..3], ["B 183", "A PRACK", "B 200"]);
    assert_eq!(ladder.last().unwrap(), "A ACK");
    assert!(matches!(pair.take_events(Side::Alice).last(), Some(UaEvent::ReofferDone { code: 200, .. })));
}

#[test]
fn without_a_prack_the_re_invite_is_refused_and_the_call_goes_on() {
    let (mut lone, id) = called_again("Supported: 100rel\nRequire: 100rel\n");
    lone.endpoint.answer_reoffer(lone.now, id, 183, Some(holding())).unwrap();
    lone.drain();
    lone.advance(s(33));
    let lines = lone.take_lines();
    assert!(lines.iter().filter(|line| line.starts_with("SIP/2.0 183 ")).count() > 5, "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("SIP/2.0 504 ")), "{lines:?}");
    assert_eq!(lone.endpoint.calls(), 1);
    assert_eq!(lone.endpoint.answer_reoffer(lone.now, id, 200, None), Err(CommandError::WrongState));
    assert_eq!(agreed(&mut lone), ANSWER, "the session is as it was");
}

#[test]
fn a_re_invite_that_fails_after_its_answer_leaves_the_session_as_it_was() {
    for (asking, expected) in [(Side::Alice, ANSWER), (Side::Bob, OFFER)] {
        let (mut pair, id) = asked();
        pair.bob.answer_reoffer(pair.now, id, 183, Some(holding())).unwrap();
        pair.run(ms(100));
        pair.bob.answer_reoffer(pair.now, id, 488, None).unwrap();
        pair.run(ms(100));
        let events = pair.take_events(Side::Alice);
        assert!(
            matches!(events.last(), Some(UaEvent::ReofferDone { code: 488, body: None, .. })),
            "{events:?}"
        );
        pair.take_ladder();
        let (now, id) = (pair.now, if asking == Side::Alice { CALL } else { id });
        pair.endpoint(asking).request_offer(now, id).unwrap();
        pair.run(ms(100));
        let ok = pair.seen.iter().find(|seen| seen.word() == "200").unwrap();
        assert!(ok.text.ends_with(expected), "{}", ok.text);
    }
}

/// A call that the peer has answered, and its re-INVITE with an offer.
fn called_again(more: &str) -> (Lone, InviteId) {
    let (mut lone, id, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "b", &tag, ""));
    let again = request("INVITE", 2, "c", &tag, &format!("{more}Content-Type: application/sdp\n"));
    lone.hear(&again.replace("Content-Length: 0\n\n", "Content-Length: 3\n\nv=0"));
    assert!(matches!(lone.events.last(), Some(UaEvent::Reoffer { .. })), "{:?}", lone.events);
    lone.take_lines();
    (lone, id)
}

/// What the endpoint offers when the peer asks for an offer.
fn agreed(lone: &mut Lone) -> String {
    let tag = lone.endpoint.dialog(InviteId::FIRST_INCOMING).unwrap().local_tag;
    lone.hear(&request("INVITE", 3, "z", &tag, ""));
    let ok = lone.take_one();
    ok.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned()
}

#[test]
fn a_peer_who_does_not_take_them_gets_a_preview_and_its_answer_again() {
    let (mut lone, id) = called_again("");
    lone.endpoint.answer_reoffer(lone.now, id, 183, Some(holding())).unwrap();
    lone.drain();
    let early = lone.take_one();
    assert!(!early.contains("RSeq") && early.ends_with("a=recvonly\r\n"), "{early}");
    lone.endpoint.answer_reoffer(lone.now, id, 200, None).unwrap();
    lone.drain();
    assert!(lone.take_one().ends_with("a=recvonly\r\n"));
}

#[test]
fn a_cancelled_re_invite_needs_no_prack() {
    let (mut lone, id) = called_again("Require: 100rel\n");
    lone.endpoint.answer_reoffer(lone.now, id, 183, Some(holding())).unwrap();
    lone.drain();
    let early = lone.take_one();
    assert!(header(&early, "CSeq").starts_with("2 ") && early.contains("Require: 100rel"));
    let tag = to_tag(&early);
    lone.hear(&request("CANCEL", 2, "c", &tag, ""));
    let lines = lone.take_lines();
    assert!(lines.iter().any(|line| line.starts_with("SIP/2.0 487 ")), "{lines:?}");
    lone.hear(&request("ACK", 2, "c", &tag, ""));
    lone.advance(s(40));
    assert!(lone.take_lines().is_empty());
    assert_eq!((lone.endpoint.calls(), agreed(&mut lone).as_str()), (1, ANSWER));
}

#[test]
fn a_200_does_not_wait_for_the_prack_of_a_response_without_an_answer() {
    let (mut lone, id) = called_again("Require: 100rel\n");
    lone.endpoint.answer_reoffer(lone.now, id, 180, None).unwrap();
    lone.drain();
    let early = lone.take_one();
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(holding())).unwrap();
    lone.drain();
    assert!(lone.take_one().ends_with("a=recvonly\r\n"));
    let (tag, rseq) = (to_tag(&early), header(&early, "RSeq").to_owned());
    lone.hear(&request("PRACK", 3, "p", &tag, &format!("RAck: {rseq} 2 INVITE\n")));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    lone.hear(&request("ACK", 2, "ack", &tag, ""));
    lone.advance(s(40));
    assert!(lone.take_lines().is_empty() && lone.endpoint.calls() == 1);
}

#[test]
fn an_update_has_no_provisional_responses() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.update(pair.now, CALL, 0, held()).unwrap();
    pair.run(ms(100));
    let refused = pair.bob.answer_reoffer(pair.now, id, 183, Some(holding()));
    assert_eq!(refused, Err(CommandError::InvalidArgument));
    pair.bob.answer_reoffer(pair.now, id, 200, Some(holding())).unwrap();
}
