//! An INVITE that nobody responds to: its owner is told before timer B, and who wakes up late finds nobody.

use std::time::Duration;

use sip_stack::UaEvent;

use crate::call::{CALL, address, invite, ms, s};
use crate::lone::{Lone, PEER, config, response};

const PATIENCE: Duration = Duration::from_secs(6);

/// An INVITE that has gone out; what it was.
fn dialled() -> (Lone, String) {
    let mut lone = Lone::with(sip_stack::Config { first_response: Some(PATIENCE), ..config() });
    let mut invite = invite(sip_stack::Transport::Udp);
    (invite.target, invite.to) = (crate::call::udp(PEER), address("<sip:peer@192.0.2.9>"));
    lone.endpoint.invite(lone.now, CALL, invite).unwrap();
    lone.drain();
    let sent = lone.take_one();
    (lone, sent)
}

fn given_up() -> (Lone, String) {
    let (mut lone, sent) = dialled();
    lone.advance(PATIENCE - ms(10));
    assert!(lone.events.is_empty());
    lone.advance(ms(20));
    let told =
        matches!(lone.events.as_slice(), [UaEvent::Failed { id: CALL, code: 408, synthetic: true, .. }]);
    assert!(told, "{:?}", lone.events);
    lone.take_lines();
    lone.events.clear();
    (lone, sent)
}

fn words(lone: &mut Lone) -> Vec<String> {
    let word = |line: &String| line.split(' ').next().unwrap_or_default().to_owned();
    lone.take_lines().iter().map(word).collect()
}

#[test]
fn silence_is_told_once_and_leaves_nothing_behind() {
    let (mut lone, _) = given_up();
    lone.advance(s(60));
    assert!(lone.events.is_empty(), "{:?}", lone.events);
    assert_eq!(lone.endpoint.calls(), 0);
    assert!(words(&mut lone).iter().all(|word| word == "INVITE"));
}

#[test]
fn whoever_rings_late_is_cancelled() {
    let (mut lone, sent) = given_up();
    lone.hear(&response(180, &sent, "late", "", ""));
    assert_eq!(words(&mut lone), ["CANCEL"]);
    lone.hear(&response(487, &sent, "late", "", ""));
    assert!(words(&mut lone).contains(&"ACK".to_owned()));
    assert!(lone.events.is_empty(), "{:?}", lone.events);
    assert_eq!(lone.endpoint.calls(), 0);
}

#[test]
fn whoever_answers_late_is_thanked_and_left() {
    let (mut lone, sent) = given_up();
    lone.hear(&response(200, &sent, "late", "Contact: <sip:peer@192.0.2.9>\n", ""));
    assert_eq!(words(&mut lone), ["ACK", "BYE"]);
    lone.advance(s(60));
    assert!(lone.events.is_empty(), "{:?}", lone.events);
    assert_eq!(lone.endpoint.calls(), 0);
}

#[test]
fn any_response_in_time_will_do() {
    let (mut lone, sent) = dialled();
    lone.advance(PATIENCE - ms(10));
    lone.hear(&response(100, &sent, "", "", ""));
    lone.advance(s(60));
    assert!(lone.events.is_empty(), "{:?}", lone.events);
    assert_eq!(lone.endpoint.calls(), 1);
}
