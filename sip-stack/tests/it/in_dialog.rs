//! RFC 3261 §12.2: requests inside a call, and where they go.

use sip_stack::{Body, EndedBy, Transport, UaEvent};

use crate::call::{ANSWER, CALL, hangup, invite, ms, s, talk};
use crate::lone::{Lone, PEER, called, header, request, response, to_tag};
use crate::pair::{Pair, Side};

fn digit() -> Body {
    Body { content_type: "application/dtmf-relay".to_owned(), content: "Signal=5\r\nDuration=160\r\n".into() }
}

/// A call of the endpoint's, answered with this contact.
fn answered(contact: &str) -> (Lone, String) {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    let more = format!("Contact: <{contact}>\nContent-Type: application/sdp\n");
    lone.hear(&response(200, &sent, "bob", &more, ANSWER));
    lone.take_lines();
    (lone, sent)
}

/// A request of the peer's inside that call.
fn inside(sent: &str, method: &str, cseq: u32, more: &str) -> String {
    let tag = header(sent, "From").split(";tag=").nth(1).unwrap().to_owned();
    request(method, cseq, &format!("{method}{cseq}"), &tag, more)
        .replace("peers-call", header(sent, "Call-ID"))
        .replace("tag=peer", "tag=bob")
}

#[test]
fn digits_travel_as_info_both_ways() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.info(pair.now, CALL, digit()).unwrap();
    pair.bob.info(pair.now, id, digit()).unwrap();
    pair.run(ms(100));
    for side in [Side::Alice, Side::Bob] {
        let events = pair.take_events(side);
        let [UaEvent::Info { body, .. }] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(*body, digit());
    }
}

#[test]
fn a_peer_that_lost_the_dialog_ends_the_call() {
    let (mut lone, _) = answered("sip:bob@192.0.2.9");
    lone.endpoint.info(lone.now, CALL, digit()).unwrap();
    lone.drain();
    let info = lone.take_one();
    lone.hear(&response(481, &info, "", "", ""));
    assert!(lone.take_one().starts_with("BYE "));
    assert!(matches!(lone.events.last(), Some(UaEvent::Ended { by: EndedBy::Failure, .. })));
}

#[test]
fn requests_follow_the_contact_and_its_changes() {
    let (mut lone, sent) = answered("sip:bob@192.0.2.50:5070");
    lone.endpoint.info(lone.now, CALL, digit()).unwrap();
    lone.drain();
    assert_eq!(lone.sent.remove(0).0, "192.0.2.50:5070".parse().unwrap());
    lone.hear(&inside(&sent, "UPDATE", 1, "").replace("sip:peer@192.0.2.9>", "sip:bob@192.0.2.60>"));
    lone.take_lines();
    lone.endpoint.hangup(lone.now, CALL, hangup(0)).unwrap();
    lone.drain();
    let (to, bye) = lone.sent.remove(0);
    assert_eq!(to, "192.0.2.60:5060".parse().unwrap());
    assert!(bye.starts_with("BYE sip:bob@192.0.2.60 "), "{bye}");
}

#[test]
fn a_contact_behind_a_nat_is_reached_where_it_was_seen() {
    let (mut lone, _) = answered("sip:bob@10.0.0.5:5070");
    lone.endpoint.hangup(lone.now, CALL, hangup(0)).unwrap();
    lone.drain();
    let (to, bye) = lone.sent.remove(0);
    assert_eq!(to, PEER.parse().unwrap());
    assert!(bye.starts_with("BYE sip:bob@10.0.0.5:5070 "), "{bye}");
}

#[test]
fn another_tag_is_another_dialog() {
    let (mut lone, sent) = answered("sip:bob@192.0.2.9");
    lone.hear(&inside(&sent, "BYE", 1, "").replace("tag=bob", "tag=mallory"));
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
    assert_eq!(lone.endpoint.calls(), 1);
    lone.hear(&inside(&sent, "BYE", 2, "Reason: SIP;cause=200;text=\"elsewhere\"\n"));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    let Some(UaEvent::Ended { by: EndedBy::Remote, reason: Some(reason), .. }) = lone.events.last() else {
        panic!("{:?}", lone.events)
    };
    assert_eq!((reason.cause, reason.text.as_deref()), (200, Some("elsewhere")));
}

#[test]
fn a_header_cannot_be_smuggled_through_words_of_the_owner() {
    let (mut lone, _) = answered("sip:bob@192.0.2.9");
    let mut end = hangup(0);
    let text = "x\"\r\nEvil: yes".to_owned();
    end.reason =
        Some(sip_stack::Reason { protocol: "SIP\r\nEvil: yes".to_owned(), cause: 1, text: Some(text) });
    lone.endpoint.hangup(lone.now, CALL, end).unwrap();
    lone.drain();
    let bye = lone.take_one();
    assert!(!bye.lines().any(|line| line.starts_with("Evil")), "{bye}");
}

#[test]
fn the_session_ends_when_the_peer_forgets_to_refresh_it() {
    let more = "Supported: timer\nSession-Expires: 120;refresher=uac\n";
    let (mut lone, _, ok) = called(more, crate::call::answer());
    assert_eq!(header(&ok, "Session-Expires"), "120;refresher=uac");
    assert_eq!(header(&ok, "Require"), "timer");
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "b", &tag, ""));
    lone.take_lines();
    lone.advance(s(87));
    assert!(lone.sent.is_empty());
    lone.advance(s(2));
    assert!(lone.take_one_retransmitted().starts_with("BYE "));
    assert!(matches!(lone.events.last(), Some(UaEvent::Ended { by: EndedBy::Failure, .. })));
}
