//! Giving up a call, a registration or a dialog while its name is being resolved.

use sip_stack::{NextHop, UaEvent};

use crate::call::{CALL, hangup, s};
use crate::lone::{Lone, config};
use crate::resolve_failover::{call, with};

fn asking() -> Lone {
    let mut lone = with(config());
    lone.dns.is_silent = true;
    lone.endpoint.invite(lone.now, CALL, call()).unwrap();
    lone.drain();
    lone
}

fn answer_all(lone: &mut Lone) {
    lone.dns.is_silent = false;
    let asked = lone.dns.take_asked();
    for (query, question) in std::mem::take(&mut lone.questions).into_iter().zip(asked) {
        let (name, _) = question.split_once(' ').unwrap();
        let answer = lone.dns.answer(name, sip_stack::RecordKind::Naptr).unwrap();
        lone.endpoint.handle_dns(lone.now, query, answer);
        lone.drain();
    }
}

#[test]
fn a_call_waits_for_the_answer() {
    let mut lone = asking();
    assert!(lone.sent.is_empty() && lone.events.is_empty());
    answer_all(&mut lone);
    assert!(lone.take_one().starts_with("INVITE "));
}

#[test]
fn hanging_up_while_resolving_ends_the_call_and_sends_nothing() {
    let mut lone = asking();
    lone.endpoint.hangup(lone.now, CALL, hangup(487)).unwrap();
    lone.drain();
    let [UaEvent::Failed { code: 487, synthetic: true, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    answer_all(&mut lone);
    lone.advance(s(60));
    assert!(lone.sent.is_empty(), "{:?}", lone.sent);
    assert_eq!((lone.events.len(), lone.endpoint.calls(), lone.endpoint.transactions()), (1, 0, 0));
}

#[test]
fn a_dns_that_never_answers_is_given_up() {
    let mut lone = asking();
    lone.advance(s(16));
    let [UaEvent::Failed { code: 503, reason, .. }] = lone.events.as_slice() else {
        panic!("{:?}", lone.events)
    };
    assert_eq!(reason, "DNS Does not Answer");
    assert_eq!((lone.endpoint.calls(), lone.endpoint.transactions()), (0, 0));
}

#[test]
fn a_uri_that_nobody_could_resolve_is_refused_at_once() {
    let mut lone = with(config());
    let tel = sip_stack::Invite { uri: "tel:+442079460123".parse().unwrap(), ..call() };
    assert_eq!(tel.target, NextHop::Resolve);
    let refused = lone.endpoint.invite(lone.now, CALL, tel);
    assert_eq!(refused.unwrap_err().to_string(), "the URI cannot be resolved: URI Without a Host");
}
