//! RFC 3261 §9: giving up, at every awkward moment.

use sip_stack::{EndedBy, Transport, UaEvent};

use crate::call::{CALL, answer, dial, hangup, invite, ms, respond, s};
use crate::lone::{Lone, called, header, request};
use crate::pair::{Fate, Pair, Side};

#[test]
fn a_cancel_that_crosses_200_ends_in_ack_and_bye() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(s(1));
    pair.take_ladder();
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(40));
    assert_eq!(pair.take_ladder(), ["A CANCEL", "B 200", "B 200", "A ACK", "A BYE", "B 200"]);
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Progress { .. }, UaEvent::Ended { by: EndedBy::Local, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Acknowledged { .. }, UaEvent::Ended { by: EndedBy::Remote, .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
}

#[test]
fn a_cancel_waits_for_the_first_response() {
    let mut pair = Pair::new();
    pair.network = Box::new(|_, seen, count| match (seen.word(), count) {
        ("100", 1) => Fate::Lose,
        _ => Fate::Deliver,
    });
    pair.alice.invite(pair.now, CALL, invite(Transport::Udp)).unwrap();
    pair.run(ms(100));
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(ms(100));
    assert_eq!(pair.take_ladder(), ["A INVITE", "B 100"], "no CANCEL before a response");
    pair.run(s(40));
    assert_eq!(
        pair.take_ladder(),
        ["A INVITE", "B 100", "A CANCEL", "B 200", "B 487", "A ACK"].map(str::to_owned)
    );
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Failed { code: 487, synthetic: false, .. }]), "{events:?}");
}

#[test]
fn a_cancel_that_nobody_acts_on_gives_up_after_32_seconds() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.network = Box::new(|_, _, _| Fate::Lose);
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(31));
    assert!(pair.take_events(Side::Alice).is_empty());
    pair.run(s(2));
    let events = pair.take_events(Side::Alice);
    assert!(matches!(events.as_slice(), [UaEvent::Failed { code: 487, synthetic: true, .. }]), "{events:?}");
    pair.bob.hangup(pair.now, id, hangup(480)).unwrap();
}

#[test]
fn a_cancel_for_nothing_is_481() {
    let mut lone = Lone::new();
    lone.hear(&request("CANCEL", 1, "nothing", "", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
    assert!(lone.events.is_empty());
}

#[test]
fn a_cancel_after_the_answer_is_200_and_changes_nothing() {
    let (mut lone, ..) = called("", answer());
    lone.hear(&request("CANCEL", 1, "a", "", ""));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
    assert_eq!(lone.endpoint.calls(), 1);
}

#[test]
fn the_cancel_copies_the_invite_and_its_branch() {
    let mut pair = Pair::new();
    dial(&mut pair, invite(Transport::Udp));
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(1));
    let by = |word: &str| pair.seen.iter().find(|seen| seen.word() == word).unwrap().text.clone();
    let (invite, cancel) = (by("INVITE"), by("CANCEL"));
    for name in ["Via", "From", "To", "Call-ID"] {
        assert_eq!(header(&invite, name), header(&cancel, name));
    }
    assert_eq!(header(&cancel, "CSeq"), "1 CANCEL");
}
