//! RFC 3261 §13.2.2.4: one INVITE, several phones.

use sip_stack::{Target, Transport, UaEvent};

use crate::call::{ANSWER, CALL, hangup, invite, ms, s};
use crate::lone::{Lone, PEER, header, response};

fn calling() -> (Lone, String) {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = Target::new(Transport::Udp, PEER.parse().unwrap()).into();
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

fn contact(name: &str) -> String {
    format!("Contact: <sip:{name}@192.0.2.9>\nContent-Type: application/sdp\n")
}

#[test]
fn each_fork_is_told_apart() {
    let (mut lone, sent) = calling();
    lone.hear(&response(180, &sent, "desk", &contact("desk"), ""));
    lone.hear(&response(183, &sent, "mobile", &contact("mobile"), ANSWER));
    lone.hear(&response(180, &sent, "desk", &contact("desk"), ""));
    let fork_and_code = |event: &UaEvent| {
        let UaEvent::Progress { fork, code, .. } = event else { return None };
        Some((*fork, *code))
    };
    let forks: Vec<(u32, u16)> = lone.events.iter().filter_map(fork_and_code).collect();
    assert_eq!(forks, [(0, 180), (1, 183), (0, 180)]);
    lone.hear(&response(200, &sent, "mobile", &contact("mobile"), ANSWER));
    assert!(matches!(lone.events.last(), Some(UaEvent::Answered { fork: 1, .. })));
    let ack = lone.take_one();
    assert!(ack.starts_with("ACK sip:mobile@192.0.2.9 "), "{ack}");
    assert!(header(&ack, "To").ends_with(";tag=mobile"));
}

#[test]
fn a_second_answer_is_acknowledged_and_ended() {
    let (mut lone, sent) = calling();
    lone.hear(&response(200, &sent, "mobile", &contact("mobile"), ANSWER));
    lone.take_lines();
    lone.hear(&response(200, &sent, "desk", &contact("desk"), ANSWER));
    assert_eq!(lone.take_lines(), ["ACK sip:desk@192.0.2.9 SIP/2.0", "BYE sip:desk@192.0.2.9 SIP/2.0"]);
    lone.hear(&response(200, &sent, "desk", &contact("desk"), ANSWER));
    assert_eq!(lone.take_lines(), ["ACK sip:desk@192.0.2.9 SIP/2.0"], "a repeated 200 draws the ACK only");
    assert_eq!(lone.events.len(), 1);
    assert_eq!(lone.endpoint.calls(), 1);
}

#[test]
fn a_second_answer_after_the_call_is_over_is_ended_too() {
    let (mut lone, sent) = calling();
    lone.hear(&response(200, &sent, "mobile", &contact("mobile"), ANSWER));
    lone.endpoint.hangup(lone.now, CALL, hangup(0)).unwrap();
    lone.drain();
    let bye = lone.sent.pop().unwrap().1;
    lone.hear(&response(200, &bye, "", "", ""));
    assert_eq!(lone.endpoint.calls(), 0);
    lone.take_lines();
    lone.hear(&response(200, &sent, "desk", &contact("desk"), ANSWER));
    assert_eq!(lone.take_lines(), ["ACK sip:desk@192.0.2.9 SIP/2.0", "BYE sip:desk@192.0.2.9 SIP/2.0"]);
}

#[test]
fn a_flood_of_forks_is_bounded() {
    let (mut lone, sent) = calling();
    for fork in 0..100 {
        lone.hear(&response(180, &sent, &format!("fork{fork}"), &contact("x"), ""));
    }
    assert_eq!(lone.events.len(), 16);
    assert_eq!(lone.endpoint.counters().limited_forks, 84);
}

#[test]
fn a_flood_of_answers_is_bounded() {
    let (mut lone, sent) = calling();
    for fork in 0..100 {
        lone.hear(&response(200, &sent, &format!("fork{fork}"), &contact("x"), ANSWER));
    }
    let acks = lone.take_lines().iter().filter(|line| line.starts_with("ACK ")).count();
    assert_eq!((acks, lone.endpoint.counters().limited_forks), (16, 84));
}

#[test]
fn after_64_t1_a_stray_200_is_dropped() {
    let (mut lone, sent) = calling();
    lone.hear(&response(200, &sent, "mobile", &contact("mobile"), ANSWER));
    lone.advance(s(33));
    lone.take_lines();
    lone.hear(&response(200, &sent, "mobile", &contact("mobile"), ANSWER));
    assert!(lone.take_lines().is_empty());
    assert_eq!(lone.endpoint.counters().stray_responses, 1);
}

#[test]
fn record_routes_are_followed_loosely_and_strictly() {
    let (mut lone, sent) = calling();
    let routes = "Record-Route: <sip:192.0.2.20;lr>, <sip:192.0.2.10:5080;lr>\n";
    lone.hear(&response(200, &sent, "mobile", &format!("{routes}{}", contact("mobile")), ANSWER));
    let (to, ack) = lone.sent.remove(0);
    assert_eq!(to, "192.0.2.10:5080".parse().unwrap());
    assert!(ack.starts_with("ACK sip:mobile@192.0.2.9 "), "{ack}");
    let routes: Vec<&str> = ack.lines().filter_map(|line| line.strip_prefix("Route: ")).collect();
    assert_eq!(routes, ["<sip:192.0.2.10:5080;lr>", "<sip:192.0.2.20;lr>"]);

    let (mut lone, sent) = calling();
    let routes = "Record-Route: <sip:192.0.2.20;lr>, <sip:192.0.2.10:5080>\n";
    lone.hear(&response(200, &sent, "mobile", &format!("{routes}{}", contact("mobile")), ANSWER));
    let (to, ack) = lone.sent.remove(0);
    assert_eq!(to, "192.0.2.10:5080".parse().unwrap());
    assert!(ack.starts_with("ACK sip:192.0.2.10:5080 "), "{ack}");
    let routes: Vec<&str> = ack.lines().filter_map(|line| line.strip_prefix("Route: ")).collect();
    assert_eq!(routes, ["<sip:192.0.2.20;lr>", "<sip:mobile@192.0.2.9>"]);
    lone.advance(ms(1));
}
