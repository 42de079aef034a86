//! Answers are kept for their time, and asked for once.

use std::time::Duration;

use sip_stack::{Answer, LocateId, Record, RecordKind, UaEvent, Unresolved};

use crate::lone::Lone;

const URI: &str = "sip:host.example:5060";

fn ask(lone: &mut Lone, id: u64) {
    lone.endpoint.locate(lone.now, LocateId(id), &URI.parse().unwrap()).unwrap();
    lone.drain();
}

fn answer(ttl_s: u64) -> Answer {
    let records = vec![Record::A([192, 0, 2, 7].into())];
    Answer::Records { records, ttl: Duration::from_secs(ttl_s) }
}

#[test]
fn an_answer_holds_for_its_ttl() {
    let mut lone = Lone::new();
    lone.dns.set("host.example", RecordKind::A, answer(60));
    ask(&mut lone, 1);
    lone.advance(Duration::from_secs(59));
    ask(&mut lone, 2);
    assert_eq!(lone.dns.take_asked(), ["host.example A"]);
    lone.advance(Duration::from_secs(2));
    ask(&mut lone, 3);
    assert_eq!(lone.dns.take_asked(), ["host.example A"]);
}

#[test]
fn a_ttl_of_nothing_is_good_for_one_resolution() {
    let mut lone = Lone::new();
    lone.dns.set("host.example", RecordKind::A, answer(0));
    ask(&mut lone, 1);
    ask(&mut lone, 2);
    assert_eq!(lone.dns.take_asked().len(), 2);
    assert!(lone.events.iter().all(|event| matches!(event, UaEvent::Located { targets: Ok(_), .. })));
}

#[test]
fn that_there_is_no_such_name_holds_for_minutes_at_most() {
    let mut lone = Lone::new();
    let never = Answer::NoSuchName { ttl: Duration::from_secs(1_000_000) };
    lone.dns.set("host.example", RecordKind::A, never);
    ask(&mut lone, 1);
    lone.advance(Duration::from_secs(299));
    ask(&mut lone, 2);
    assert_eq!(lone.dns.take_asked().len(), 1);
    lone.advance(Duration::from_secs(2));
    lone.dns.set("host.example", RecordKind::A, answer(60));
    ask(&mut lone, 3);
    assert!(matches!(lone.events.pop(), Some(UaEvent::Located { targets: Ok(_), .. })));
}

#[test]
fn a_failure_is_asked_again_after_a_few_seconds() {
    let mut lone = Lone::new();
    lone.dns.set("host.example", RecordKind::A, Answer::Failure);
    ask(&mut lone, 1);
    ask(&mut lone, 2);
    assert_eq!(lone.dns.take_asked().len(), 1);
    for event in &lone.events {
        assert!(matches!(event, UaEvent::Located { targets: Err(Unresolved::DnsFailure), .. }), "{event:?}");
    }
    lone.advance(Duration::from_secs(6));
    ask(&mut lone, 3);
    assert_eq!(lone.dns.take_asked().len(), 1);
}

#[test]
fn whoever_asks_at_the_same_time_shares_one_question() {
    let mut lone = Lone::new();
    lone.dns.is_silent = true;
    (0..50).for_each(|id| ask(&mut lone, id));
    assert_eq!(lone.questions.len(), 1);
    lone.endpoint.handle_dns(lone.now, lone.questions[0], answer(60));
    lone.drain();
    assert_eq!(lone.events.len(), 50);
}

#[test]
fn upper_case_and_a_last_dot_are_the_same_name() {
    let mut lone = Lone::new();
    lone.dns.set("host.example", RecordKind::A, answer(60));
    ask(&mut lone, 1);
    lone.endpoint.locate(lone.now, LocateId(2), &"sip:HOST.example.:5060".parse().unwrap()).unwrap();
    lone.drain();
    assert_eq!(lone.dns.take_asked().len(), 1);
}
