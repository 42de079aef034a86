//! RFC 3311: UPDATE inside a call, accepted, sent, and in each other's way; RFC 4028 refreshes by it.

use sip_stack::{Body, EndedBy, InviteId, UaEvent};

use crate::call::{ANSWER, answer, s};
use crate::lone::{Lone, called, header, request, response, to_tag};

const TIMER: &str = "Supported: timer\nAllow: INVITE, ACK, BYE, UPDATE\nSession-Expires: 200;refresher=uas\n";

/// A call that the peer made and the endpoint keeps fresh.
fn answered() -> (Lone, InviteId, String) {
    let (mut lone, id, ok) = called(TIMER, answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "ack", &tag, ""));
    lone.take_lines();
    lone.events.clear();
    (lone, id, tag)
}

fn with_offer(request: &str) -> String {
    request.replace("Content-Length: 0\n\n", "Content-Type: application/sdp\nContent-Length: 3\n\nv=0")
}

fn retry_after(text: &str) -> u32 {
    header(text, "Retry-After").parse().unwrap()
}

#[test]
fn a_peer_that_allows_it_is_refreshed_by_update_without_a_body() {
    let (mut lone, _, _) = answered();
    lone.advance(s(100));
    let update = lone.take_one_retransmitted();
    assert!(update.starts_with("UPDATE ") && update.ends_with("\r\n\r\n"), "{update}");
    assert_eq!(header(&update, "Session-Expires"), "200;refresher=uac");
    lone.hear(&response(200, &update, "", "Session-Expires: 200;refresher=uac\nRequire: timer\n", ""));
    lone.advance(s(101));
    assert_eq!(lone.endpoint.calls(), 1, "the interval began anew");
    assert!(lone.events.is_empty());
}

#[test]
fn a_refresh_is_granted_with_its_interval() {
    let (mut lone, _, tag) = answered();
    lone.hear(&request("UPDATE", 2, "u", &tag, "Supported: timer\nSession-Expires: 300;refresher=uac\n"));
    let ok = lone.take_one();
    assert!(ok.starts_with("SIP/2.0 200 "), "{ok}");
    assert_eq!((header(&ok, "Session-Expires"), header(&ok, "Require")), ("300;refresher=uac", "timer"));
    lone.hear(&request("UPDATE", 3, "v", &tag, "Supported: timer\nSession-Expires: 20\n"));
    let short = lone.take_one();
    assert!(short.starts_with("SIP/2.0 422 "), "{short}");
    assert!(lone.events.is_empty());
}

#[test]
fn an_update_while_an_update_waits_is_500_with_retry_after() {
    let (mut lone, id, tag) = answered();
    lone.hear(&with_offer(&request("UPDATE", 2, "first", &tag, "")));
    for (cseq, text) in [(3, ""), (4, "offer")] {
        let update = request("UPDATE", cseq, &format!("u{cseq}"), &tag, "");
        lone.hear(&if text.is_empty() { update } else { with_offer(&update) });
        let busy = lone.take_one();
        assert!(busy.starts_with("SIP/2.0 500 ") && retry_after(&busy) <= 10, "{busy}");
    }
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    lone.drain();
    assert!(lone.take_one().ends_with(ANSWER), "the first is answered nevertheless");
}

#[test]
fn an_offer_that_meets_our_own_is_491_and_a_refresh_is_not() {
    let (mut lone, id, tag) = answered();
    lone.endpoint.reoffer(lone.now, id, Body::sdp("v=1")).unwrap();
    lone.drain();
    let invite = lone.take_one();
    lone.hear(&with_offer(&request("UPDATE", 2, "offer", &tag, "")));
    assert!(lone.take_one().starts_with("SIP/2.0 491 "));
    lone.hear(&request("UPDATE", 3, "refresh", &tag, ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    lone.hear(&response(200, &invite, "", "Content-Type: application/sdp\n", ANSWER));
    assert!(lone.take_one().starts_with("ACK "));
    assert!(matches!(lone.events.as_slice(), [UaEvent::ReofferDone { code: 200, .. }]), "{:?}", lone.events);
}

#[test]
fn a_refresh_passes_an_offer_that_waits_for_the_owner() {
    let (mut lone, id, tag) = answered();
    lone.hear(&with_offer(&request("INVITE", 2, "offer", &tag, "")));
    lone.take_lines();
    lone.hear(&request("UPDATE", 3, "refresh", &tag, ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    lone.drain();
    let ok = lone.take_one();
    assert_eq!(header(&ok, "CSeq"), "2 INVITE");
}

#[test]
fn a_500_says_when_to_offer_again() {
    let (mut lone, id, _) = answered();
    lone.endpoint.reoffer(lone.now, id, Body::sdp("v=1")).unwrap();
    lone.drain();
    let first = lone.take_one();
    lone.hear(&response(500, &first, "", "Retry-After: 7\n", ""));
    assert!(lone.take_one().starts_with("ACK "));
    lone.advance(s(6));
    assert!(lone.sent.is_empty() && lone.events.is_empty());
    lone.advance(s(1));
    let again = lone.take_one_retransmitted();
    assert!(again.starts_with("INVITE ") && again.ends_with("v=1"), "{again}");
    lone.hear(&response(500, &again, "", "Retry-After: 3600\n", ""));
    assert!(matches!(lone.events.as_slice(), [UaEvent::ReofferDone { code: 500, .. }]), "{:?}", lone.events);
}

#[test]
fn a_peer_that_never_gives_way_has_refused() {
    let (mut lone, id, _) = answered();
    lone.endpoint.reoffer(lone.now, id, Body::sdp("v=1")).unwrap();
    lone.drain();
    let mut offers = 0;
    while lone.events.is_empty() {
        let (_, sent) = lone.sent.pop().expect("an offer");
        assert!(sent.starts_with("INVITE "), "{sent}");
        offers += 1;
        assert!(offers < 20, "for ever");
        lone.hear(&response(491, &sent, "", "", ""));
        lone.take_lines();
        while lone.sent.is_empty() && lone.events.is_empty() {
            lone.advance(crate::call::ms(10));
        }
    }
    assert!(matches!(lone.events.as_slice(), [UaEvent::ReofferDone { code: 491, .. }]), "{:?}", lone.events);
    assert_eq!(lone.endpoint.calls(), 1);
}

#[test]
fn a_refused_refresh_is_tried_again_until_the_session_is_over() {
    let (mut lone, _, _) = answered();
    lone.advance(s(100));
    let update = lone.take_one_retransmitted();
    lone.hear(&response(503, &update, "", "", ""));
    lone.advance(s(32));
    let again = lone.take_one_retransmitted();
    assert!(again.starts_with("UPDATE "), "{again}");
    lone.hear(&response(200, &again, "", "Session-Expires: 200;refresher=uac\n", ""));
    lone.advance(s(90));
    assert!(lone.sent.is_empty() && lone.endpoint.calls() == 1);
    lone.advance(s(10));
    while lone.events.is_empty() {
        let update = lone.take_one_retransmitted();
        lone.hear(&response(503, &update, "", "", ""));
        lone.advance(s(32));
    }
    assert!(
        matches!(lone.events.as_slice(), [UaEvent::Ended { by: EndedBy::Failure, .. }]),
        "{:?}",
        lone.events
    );
}
