//! RFC 3261 §14, RFC 3311, RFC 3665 §3.7: changing a session.

use sip_stack::{Body, CommandError, EndedBy, Transport, UaEvent};

use crate::call::{ANSWER, CALL, hangup, ms, s, talk};
use crate::lone::{header, response};
use crate::pair::{Fate, Pair, Side};

fn held() -> Body {
    Body::sdp("v=0\r\na=sendonly\r\n")
}

#[test]
fn a_new_description_is_offered_and_answered() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.reoffer(pair.now, CALL, held()).unwrap();
    assert_eq!(pair.alice.reoffer(pair.now, CALL, held()), Err(CommandError::WrongState));
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Reoffer { body: Some(body), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(*body, held());
    pair.bob.answer_reoffer(pair.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::ReofferDone { code: 200, body: Some(body), .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!(*body, Body::sdp(ANSWER));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B 100", "B 200", "A ACK"]);
}

#[test]
fn a_refused_description_leaves_the_call_as_it_was() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.bob.reoffer(pair.now, id, held()).unwrap();
    pair.run(ms(100));
    pair.alice.answer_reoffer(pair.now, CALL, 488, None).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    assert!(matches!(events.as_slice(), [UaEvent::ReofferDone { code: 488, body: None, .. }]), "{events:?}");
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (1, 1));
}

#[test]
fn two_offers_at_once_are_tried_again_by_chance() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.reoffer(pair.now, CALL, held()).unwrap();
    pair.bob.reoffer(pair.now, id, held()).unwrap();
    pair.run(ms(60));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B INVITE", "B 491", "A 491", "A ACK", "B ACK"]);
    pair.run(ms(2000));
    assert_eq!(pair.take_ladder(), ["B INVITE", "A 100"], "the callee waits less than two seconds");
    pair.alice.answer_reoffer(pair.now, CALL, 200, Some(Body::sdp(ANSWER))).unwrap();
    pair.run(ms(2100));
    let ladder = pair.take_ladder();
    assert_eq!(ladder, ["A 200", "B ACK", "A INVITE", "B 100"], "the caller comes after it");
    pair.bob.answer_reoffer(pair.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    pair.run(s(1));
    for side in [Side::Alice, Side::Bob] {
        let events = pair.take_events(side);
        assert!(
            events.iter().any(|event| matches!(event, UaEvent::ReofferDone { code: 200, .. })),
            "{events:?}"
        );
    }
}

#[test]
fn a_dead_peer_is_found_by_the_refresh_and_the_call_ends_once() {
    let mut pair = Pair::new();
    talk(&mut pair, Transport::Udp);
    pair.network = Box::new(|_, _, _| Fate::Lose);
    pair.run(s(1900));
    for side in [Side::Alice, Side::Bob] {
        let events = pair.take_events(side);
        assert!(
            matches!(events.as_slice(), [UaEvent::Ended { by: EndedBy::Failure, .. }]),
            "{side:?} {events:?}"
        );
    }
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (0, 0));
}

#[test]
fn a_long_call_is_kept_alive_by_refreshes() {
    let mut pair = Pair::new();
    talk(&mut pair, Transport::Udp);
    pair.run(s(10_000));
    let ladder = pair.take_ladder();
    assert!(
        ladder.len() >= 20 && ladder.iter().all(|line| line.ends_with("UPDATE") || line.ends_with("200")),
        "{ladder:?}"
    );
    assert!(pair.events.is_empty(), "{:?}", pair.events);
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(1));
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Ended { by: EndedBy::Remote, .. }]));
}

#[test]
fn a_peer_without_update_is_refreshed_by_the_last_description() {
    use crate::call::{OFFER, invite};
    use crate::lone::{Lone, PEER};
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    assert_eq!(header(&sent, "Session-Expires"), "1800");
    let granted = "Contact: <sip:bob@192.0.2.9>\nSession-Expires: 200;refresher=uac\nRequire: timer\n\
                   Content-Type: application/sdp\n";
    lone.hear(&response(200, &sent, "b", granted, ANSWER));
    lone.take_lines();
    lone.advance(s(100));
    let refresh = lone.take_one_retransmitted();
    assert!(refresh.starts_with("INVITE sip:bob@192.0.2.9 ") && refresh.ends_with(OFFER), "{refresh}");
    assert_eq!(header(&refresh, "Session-Expires"), "200;refresher=uac");
    lone.hear(&response(200, &refresh, "", granted, ANSWER));
    assert!(lone.take_one().starts_with("ACK "));
    lone.advance(s(99));
    assert!(lone.sent.is_empty());
    assert_eq!(lone.events.len(), 1, "a refresh is not the owner's business");
}

#[test]
fn a_refresh_without_a_body_is_answered_with_the_last_description() {
    use crate::call::answer;
    use crate::lone::{called, request, to_tag};
    let (mut lone, _, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "b", &tag, ""));
    lone.events.clear();
    lone.take_lines();
    let moved =
        request("INVITE", 2, "c", &tag, "").replace("sip:peer@192.0.2.9>\nC", "sip:peer@192.0.2.77>\nC");
    lone.hear(&moved);
    let ok = lone.take_one();
    assert!(ok.starts_with("SIP/2.0 200 ") && ok.ends_with(ANSWER), "{ok}");
    lone.hear(&request("ACK", 2, "d", &tag, ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Acknowledged { .. }]), "{:?}", lone.events);
    lone.hear(&request("UPDATE", 3, "e", &tag, ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    assert_eq!(lone.events.len(), 1);
}

#[test]
fn a_second_offer_while_one_waits_is_500_with_retry_after() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.reoffer(pair.now, CALL, held()).unwrap();
    pair.run(ms(100));
    let invite = pair.seen.iter().find(|seen| seen.word() == "INVITE").unwrap().text.clone();
    let second = invite.replace("CSeq: 2", "CSeq: 3").replace("z9hG4bK", "z9hG4bKx");
    let (now, from) = (pair.now, Side::Alice.address());
    pair.bob.handle_datagram(now, Side::Bob.address(), from, second.into());
    pair.run(ms(1));
    let answer = pair.seen.last().unwrap();
    assert_eq!(answer.word(), "500");
    assert!(answer.header("Retry-After").is_some());
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(s(1));
    assert!(pair.take_ladder().contains(&"B 487".to_owned()), "the waiting offer is not left alone");
}

#[test]
fn an_offer_in_an_update_is_answered_without_an_ack() {
    use crate::call::answer;
    use crate::lone::{called, request, to_tag};
    let (mut lone, id, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "b", &tag, ""));
    let update = request("UPDATE", 2, "c", &tag, "Content-Type: application/sdp\n");
    lone.hear(&update.replace("Content-Length: 0\n\n", "Content-Length: 3\n\nv=0"));
    let Some(UaEvent::Reoffer { body: Some(body), .. }) = lone.events.last() else {
        panic!("{:?}", lone.events)
    };
    assert_eq!(*body, Body::sdp("v=0"));
    assert!(lone.sent.is_empty());
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    lone.drain();
    assert!(lone.take_one().ends_with(ANSWER));
    lone.advance(s(40));
    assert!(lone.sent.is_empty() && lone.endpoint.calls() == 1);
}
