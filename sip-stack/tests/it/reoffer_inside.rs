//! Offers inside of a re-INVITE that goes on although its own offer is answered: RFC 3311 §5.2 and RFC 3262 §5 refuse a
//! second offer only while the first has no answer.

use sip_stack::{Body, InCallEvent, InviteId, UaEvent};

use crate::call::{ANSWER, answer, s};
use crate::lone::{Lone, called, header, request, response, to_tag};

fn described(text: &str) -> String {
    text.replace("Content-Length: 0\n\n", "Content-Type: application/sdp\nContent-Length: 3\n\nv=0")
}

fn body(text: &str) -> Body {
    Body::sdp(format!("v=0\r\ns={text}\r\n"))
}

/// A call that the peer has answered, its re-INVITE, and our tag.
fn asked() -> (Lone, InviteId, String) {
    let (mut lone, id, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "b", &tag, ""));
    lone.hear(&described(&request("INVITE", 2, "c", &tag, "Require: 100rel\n")));
    assert_asked(&mut lone);
    lone.take_lines();
    (lone, id, tag)
}

/// The same, with the answer in a reliable 183.
fn answered() -> (Lone, InviteId, String, String) {
    let (mut lone, id, tag) = asked();
    lone.endpoint.answer_reoffer(lone.now, id, 183, Some(body("first"))).unwrap();
    lone.drain();
    let early = lone.take_one();
    let rack = format!("RAck: {} 2 INVITE\n", header(&early, "RSeq"));
    (lone, id, tag, rack)
}

fn assert_asked(lone: &mut Lone) {
    let last = lone.events.pop();
    assert!(matches!(last, Some(UaEvent::Reoffer { body: Some(_), .. })), "{last:?}");
}

/// What the endpoint offers when the peer asks for an offer.
fn agreed(lone: &mut Lone, tag: &str) -> String {
    lone.hear(&request("INVITE", 9, "z", tag, ""));
    let ok = lone.take_one();
    ok.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned()
}

fn end_of_re_invite(lone: &mut Lone, id: InviteId, tag: &str) -> String {
    lone.endpoint.answer_reoffer(lone.now, id, 200, None).unwrap();
    lone.drain();
    let ok = lone.take_one();
    assert_eq!(header(&ok, "CSeq"), "2 INVITE");
    lone.hear(&request("ACK", 2, "ack", tag, ""));
    ok
}

#[test]
fn an_update_after_the_answer_is_taken_and_outlives_the_re_invite() {
    let (mut lone, id, tag, rack) = answered();
    lone.hear(&request("PRACK", 3, "p", &tag, &rack));
    lone.take_lines();
    lone.hear(&described(&request("UPDATE", 4, "u", &tag, "")));
    assert_asked(&mut lone);
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(body("second"))).unwrap();
    lone.drain();
    let ok = lone.take_one();
    assert!(header(&ok, "CSeq") == "4 UPDATE" && ok.ends_with("s=second\r\n"), "{ok}");
    let ok = end_of_re_invite(&mut lone, id, &tag);
    assert!(ok.ends_with("\r\n\r\n"), "its answer has been given: {ok}");
    assert!(agreed(&mut lone, &tag).contains("s=second"));
}

#[test]
fn an_update_that_overtakes_the_prack_is_taken_too() {
    let (mut lone, id, tag, rack) = answered();
    lone.hear(&described(&request("UPDATE", 4, "u", &tag, "")));
    assert_asked(&mut lone);
    lone.endpoint.answer_reoffer(lone.now, id, 488, None).unwrap();
    lone.drain();
    assert!(lone.take_one().starts_with("SIP/2.0 488 "));
    lone.hear(&request("PRACK", 5, "p", &tag, &rack));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    end_of_re_invite(&mut lone, id, &tag);
    assert!(agreed(&mut lone, &tag).contains("s=first"), "a refused UPDATE changes nothing");
}

#[test]
fn an_update_before_the_answer_has_to_come_back() {
    let (mut lone, _, tag) = asked();
    lone.hear(&described(&request("UPDATE", 3, "u", &tag, "")));
    let refused = lone.take_one();
    assert!(refused.starts_with("SIP/2.0 500 ") && refused.contains("Retry-After: "), "{refused}");
}

#[test]
fn an_offer_in_the_prack_of_the_answer_is_answered_in_its_200() {
    let (mut lone, id, tag, rack) = answered();
    lone.endpoint.answer_reoffer(lone.now, id, 200, None).unwrap();
    lone.drain();
    assert!(lone.sent.is_empty(), "the 200 waits for the PRACK");
    lone.hear(&described(&request("PRACK", 3, "p", &tag, &rack)));
    assert_asked(&mut lone);
    assert!(lone.sent.is_empty(), "and for what the PRACK offers: {:?}", lone.sent);
    lone.hear(&described(&request("UPDATE", 4, "u", &tag, "")));
    assert!(lone.take_one().starts_with("SIP/2.0 500 "), "one offer at a time");
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(body("second"))).unwrap();
    lone.drain();
    let sent = std::mem::take(&mut lone.sent);
    assert_eq!(sent.len(), 2, "{sent:#?}");
    assert!(header(&sent[0].1, "CSeq") == "3 PRACK" && sent[0].1.ends_with("s=second\r\n"), "{sent:#?}");
    assert!(header(&sent[1].1, "CSeq") == "2 INVITE" && sent[1].1.ends_with("\r\n\r\n"), "{sent:#?}");
    lone.hear(&request("ACK", 2, "ack", &tag, ""));
    assert!(agreed(&mut lone, &tag).contains("s=second"));
}

#[test]
fn an_offer_in_a_prack_while_the_first_has_no_answer_is_not_acceptable() {
    let (mut lone, id, tag) = asked();
    lone.endpoint.answer_reoffer(lone.now, id, 180, None).unwrap();
    lone.drain();
    let rack = format!("RAck: {} 2 INVITE\n", header(&lone.take_one(), "RSeq"));
    lone.hear(&described(&request("PRACK", 3, "p", &tag, &rack)));
    assert!(lone.take_one().starts_with("SIP/2.0 488 "), "RFC 6337 §2.2 has no such pattern");
    lone.advance(s(2));
    assert!(lone.sent.is_empty(), "the 180 is acknowledged all the same: {:?}", lone.sent);
}

#[test]
fn a_re_invite_that_is_cancelled_leaves_the_update_to_be_answered() {
    let (mut lone, id, tag, rack) = answered();
    lone.hear(&request("PRACK", 3, "p", &tag, &rack));
    lone.hear(&described(&request("UPDATE", 4, "u", &tag, "")));
    lone.hear(&request("CANCEL", 2, "c", &tag, ""));
    lone.take_lines();
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(body("second"))).unwrap();
    lone.drain();
    assert_eq!(header(&lone.take_one(), "CSeq"), "4 UPDATE");
    lone.hear(&request("ACK", 2, "c", &tag, ""));
    assert!(agreed(&mut lone, &tag).contains("s=second"));
}

#[test]
fn the_end_of_the_call_leaves_neither_unanswered() {
    let (mut lone, _, tag, rack) = answered();
    lone.hear(&request("PRACK", 3, "p", &tag, &rack));
    lone.hear(&described(&request("UPDATE", 4, "u", &tag, "")));
    lone.take_lines();
    lone.hear(&request("BYE", 5, "bye", &tag, ""));
    let lines = lone.take_lines();
    assert_eq!(lines.iter().filter(|line| line.starts_with("SIP/2.0 487 ")).count(), 2, "{lines:?}");
}

/// A call with our re-INVITE under way.
fn asking() -> (Lone, InviteId, String, String) {
    let (mut lone, id, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "b", &tag, ""));
    lone.endpoint.reoffer(lone.now, id, body("ours")).unwrap();
    lone.drain();
    let invite = lone.take_one();
    (lone, id, tag, invite)
}

#[test]
fn the_peer_may_update_once_it_has_answered_our_re_invite() {
    let (mut lone, id, tag, invite) = asking();
    lone.hear(&described(&request("UPDATE", 2, "early", &tag, "")));
    assert!(lone.take_one().starts_with("SIP/2.0 491 "), "not before");
    let reliable = "Require: 100rel\nRSeq: 1\nContact: <sip:peer@192.0.2.9>\nContent-Type: application/sdp\n";
    lone.hear(&response(183, &invite, "", reliable, "v=0"));
    let prack = lone.take_one();
    lone.hear(&response(200, &prack, "", "", ""));
    let early = lone.events.pop();
    assert!(
        matches!(early, Some(UaEvent::InCall(InCallEvent::ReofferProgress { body: Some(_), .. }))),
        "{early:?}"
    );
    lone.hear(&described(&request("UPDATE", 3, "late", &tag, "")));
    assert_asked(&mut lone);
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(body("second"))).unwrap();
    lone.drain();
    assert!(lone.take_one().ends_with("s=second\r\n"));
    lone.hear(&response(200, &invite, "", "Contact: <sip:peer@192.0.2.9>\n", ""));
    let done = lone.events.pop();
    assert!(matches!(done, Some(UaEvent::ReofferDone { code: 200, body: None, .. })), "{done:?}");
    lone.take_lines();
    assert!(agreed(&mut lone, &tag).contains("s=second"), "not {ANSWER}");
}
