//! RFC 4028: sessions that are kept, by either side, with a peer who knows of it or not.

use sip_stack::{EndedBy, SessionTimer, Transport, UaEvent};

use crate::call::{ANSWER, CALL, answer, dial, invite, ms, s};
use crate::lone::{Lone, PEER, called, config as lone_config, header, request, response, to_tag};
use crate::pair::{Pair, Side, config};

const DESCRIBED: &str = "Contact: <sip:bob@192.0.2.9>\nContent-Type: application/sdp\n";

/// A call that the endpoint has placed, and its INVITE.
fn placed() -> (Lone, String) {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

#[test]
fn a_422_is_asked_again_with_its_min_se_which_every_refresh_repeats() {
    let (mut lone, first) = placed();
    assert!(!first.contains("Min-SE"));
    lone.hear(&response(422, &first, "b", "Min-SE: 2000\n", ""));
    let again = lone.sent.pop().unwrap().1;
    lone.take_lines();
    assert_eq!((header(&again, "Session-Expires"), header(&again, "Min-SE")), ("2000", "2000"));
    assert_eq!(header(&again, "CSeq"), "2 INVITE");
    let granted = format!("{DESCRIBED}Allow: UPDATE\nRequire: timer\nSession-Expires: 2000;refresher=uac\n");
    lone.hear(&response(200, &again, "b", &granted, ANSWER));
    lone.take_lines();
    lone.advance(s(1_000));
    let refresh = lone.take_one_retransmitted();
    assert!(refresh.starts_with("UPDATE "), "{refresh}");
    assert_eq!(header(&refresh, "Min-SE"), "2000");
    assert_eq!(header(&refresh, "Session-Expires"), "2000;refresher=uac");
}

#[test]
fn a_caller_who_asks_for_too_little_is_told_how_much() {
    let mut lone = Lone::new();
    lone.hear(&request("INVITE", 1, "a", "", "Supported: timer\nSession-Expires: 30\n"));
    let refused = lone.take_one();
    assert!(refused.starts_with("SIP/2.0 422 "), "{refused}");
    assert_eq!(header(&refused, "Min-SE"), "90");
    assert!(lone.events.is_empty());
}

#[test]
fn two_endpoints_agree_on_the_longer_minimum() {
    let mut alice = config(Side::Alice);
    alice.session_timer = SessionTimer { expires_s: 90, min_se_s: 90 };
    let mut bob = config(Side::Bob);
    bob.session_timer = SessionTimer { expires_s: 1_800, min_se_s: 300 };
    let mut pair = Pair::with(alice, bob);
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    assert!(pair.take_ladder().contains(&"B 422".to_owned()));
    pair.run(s(151));
    assert_eq!(pair.take_ladder(), ["A UPDATE", "B 200"], "half of 300 s");
    pair.run(s(1_000));
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (1, 1));
}

#[test]
fn a_callee_without_timers_is_left_alone() {
    let (mut lone, sent) = placed();
    lone.hear(&response(200, &sent, "b", DESCRIBED, ANSWER));
    lone.take_lines();
    lone.advance(s(20_000));
    assert!(lone.sent.is_empty() && lone.endpoint.calls() == 1);
}

#[test]
fn a_caller_without_timers_is_refreshed_by_us_if_a_proxy_asked() {
    let (mut lone, _, ok) = called("Session-Expires: 200\n", answer());
    assert_eq!(header(&ok, "Session-Expires"), "200;refresher=uas");
    assert!(!ok.contains("Require: timer"), "{ok}");
    lone.hear(&request("ACK", 1, "ack", &to_tag(&ok), ""));
    lone.advance(s(100));
    let refresh = lone.take_one_retransmitted();
    assert!(
        refresh.starts_with("INVITE ") && refresh.ends_with(ANSWER),
        "it never said that it knows UPDATE"
    );

    let (_, _, ok) = called("", answer());
    assert!(!ok.contains("Session-Expires"), "nobody asked: {ok}");
}

#[test]
fn a_refresher_who_falls_silent_loses_the_session_before_it_expires() {
    let (mut lone, _, ok) = called("Supported: timer\nSession-Expires: 120;refresher=uac\n", answer());
    assert_eq!((header(&ok, "Session-Expires"), header(&ok, "Require")), ("120;refresher=uac", "timer"));
    lone.hear(&request("ACK", 1, "ack", &to_tag(&ok), ""));
    lone.advance(s(87));
    assert_eq!(lone.endpoint.calls(), 1);
    lone.advance(s(2));
    assert!(lone.sent.last().unwrap().1.starts_with("BYE "));
    assert!(matches!(lone.events.last(), Some(UaEvent::Ended { by: EndedBy::Failure, .. })));
}

#[test]
fn an_interval_of_ours_is_not_shorter_than_the_caller_lets_it_be() {
    let mut settings = lone_config();
    settings.session_timer = SessionTimer { expires_s: 100, min_se_s: 90 };
    let mut lone = Lone::with(settings);
    lone.hear(&request("INVITE", 1, "a", "", "Supported: timer\nMin-SE: 500\n"));
    let [UaEvent::Incoming { id, .. }] = lone.events.as_slice() else { panic!("{:?}", lone.events) };
    let id = *id;
    lone.endpoint.respond(lone.now, id, answer()).unwrap();
    lone.drain();
    let ok = lone.sent.pop().unwrap().1;
    assert_eq!(header(&ok, "Session-Expires"), "500;refresher=uas");
}
