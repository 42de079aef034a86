//! RFC 4320: a request other than INVITE that waits for its answer.

use crate::call::{ANSWER, answer, ms, s};
use crate::lone::{called, request, to_tag};
use sip_stack::Body;

fn offer(branch: &str, tag: &str) -> String {
    let update = request("UPDATE", 2, branch, tag, "Content-Type: application/sdp\n");
    update.replace("Content-Length: 0\n\n", "Content-Length: 3\n\nv=0")
}

#[test]
fn an_owner_who_thinks_is_covered_by_one_late_100() {
    let (mut lone, id, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "ack", &tag, ""));
    lone.hear(&offer("u", &tag));
    lone.advance(ms(3_499));
    lone.hear(&offer("u", &tag));
    assert!(lone.take_lines().is_empty(), "neither the first nor a repetition draws anything");
    lone.advance(ms(1));
    assert_eq!(lone.take_lines(), ["SIP/2.0 100 Trying"]);
    lone.hear(&offer("u", &tag));
    assert_eq!(lone.take_lines(), ["SIP/2.0 100 Trying"]);
    lone.advance(s(10));
    lone.endpoint.answer_reoffer(lone.now, id, 200, Some(Body::sdp(ANSWER))).unwrap();
    lone.drain();
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK"]);
    lone.advance(s(33));
    assert_eq!(lone.endpoint.transactions(), 0);
}

#[test]
fn what_comes_too_late_is_not_sent_at_all() {
    let (mut lone, id, ok) = called("", answer());
    let tag = to_tag(&ok);
    lone.hear(&request("ACK", 1, "ack", &tag, ""));
    lone.hear(&offer("u", &tag));
    lone.advance(s(32));
    lone.take_lines();
    let _ = lone.endpoint.answer_reoffer(lone.now, id, 200, Some(Body::sdp(ANSWER)));
    lone.drain();
    assert!(lone.take_lines().is_empty(), "the peer has given up");
    assert_eq!(lone.endpoint.transactions(), 0);
}
