//! Datagrams that are lost, doubled and late.

use sip_stack::{EndedBy, Transport, UaEvent};

use crate::call::{CALL, answer, dial, hangup, incoming, invite, ms, s, talk};
use crate::pair::{Fate, Pair, Side};

#[test]
fn a_200_is_repeated_until_its_ack_and_the_ack_each_time() {
    let mut pair = Pair::new();
    pair.network = Box::new(|from, seen, count| match (from, seen.word()) {
        (Side::Alice, "ACK") if count <= 2 => Fate::Lose,
        _ => Fate::Deliver,
    });
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.take_ladder();
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(s(10));
    assert_eq!(pair.take_ladder(), ["B 200", "A ACK", "B 200", "A ACK", "B 200", "A ACK"]);
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Answered { .. }]));
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Acknowledged { .. }]));
}

#[test]
fn a_200_without_ack_ends_in_bye_after_32_seconds() {
    let mut pair = Pair::new();
    pair.network = Box::new(|from, seen, _| match (from, seen.word()) {
        (Side::Alice, "ACK") => Fate::Lose,
        _ => Fate::Deliver,
    });
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(s(31));
    assert!(pair.take_events(Side::Bob).is_empty());
    pair.run(s(2));
    let events = pair.take_events(Side::Bob);
    assert!(matches!(events.as_slice(), [UaEvent::Ended { by: EndedBy::Failure, .. }]), "{events:?}");
    let events = pair.take_events(Side::Alice);
    assert!(
        matches!(events.as_slice(), [UaEvent::Answered { .. }, UaEvent::Ended { by: EndedBy::Remote, .. }]),
        "{events:?}"
    );
}

#[test]
fn everything_doubled_is_still_one_call() {
    let mut pair = Pair::new();
    pair.network = Box::new(|_, _, _| Fate::Twice);
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(s(1));
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Answered { .. }]));
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Acknowledged { .. }]));
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(60));
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Ended { by: EndedBy::Remote, .. }]));
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Ended { by: EndedBy::Local, .. }]));
}

#[test]
fn a_third_of_the_datagrams_lost_at_random_loses_no_call() {
    for seed in 1..=20_u64 {
        let mut state = seed;
        let mut pair = Pair::new();
        pair.network = Box::new(move |_, _, _| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            match (state >> 33) % 6 {
                0 | 1 => Fate::Lose,
                2 => Fate::Twice,
                3 => Fate::After(ms(300)),
                _ => Fate::Deliver,
            }
        });
        pair.alice.invite(pair.now, CALL, invite(Transport::Udp)).unwrap();
        pair.run(s(20));
        let id = incoming(&mut pair);
        pair.bob.respond(pair.now, id, answer()).unwrap();
        pair.run(s(25));
        let answered = pair.take_events(Side::Alice);
        assert!(matches!(answered.as_slice(), [UaEvent::Answered { .. }]), "seed {seed}: {answered:?}");
        pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
        pair.run(s(120));
        let ended = pair.take_events(Side::Alice);
        assert!(matches!(ended.as_slice(), [UaEvent::Ended { .. }]), "seed {seed}: {ended:?}");
        assert_eq!((pair.alice.calls(), pair.bob.calls()), (0, 0), "seed {seed}");
    }
}

#[test]
fn a_bye_that_nobody_answers_ends_the_call_all_the_same() {
    let mut pair = Pair::new();
    talk(&mut pair, Transport::Udp);
    pair.network = Box::new(|_, _, _| Fate::Lose);
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(33));
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Ended { by: EndedBy::Local, .. }]), "{events:?}");
}

#[test]
fn both_hang_up_at_once() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Udp);
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(s(40));
    for side in [Side::Alice, Side::Bob] {
        let events = pair.take_events(side);
        assert!(matches!(events.as_slice(), [UaEvent::Ended { by: EndedBy::Local, .. }]), "{events:?}");
    }
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (0, 0));
}

#[test]
fn the_callee_hangs_up_before_the_ack() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.take_ladder();
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.take_ladder(), ["B 200", "A ACK", "B BYE", "A 200"], "BYE waits for the ACK");
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Ended { by: EndedBy::Local, .. }]));
}
