//! RFC 3262: provisional responses that must arrive.

use sip_stack::message::{Header, HeaderName};
use sip_stack::{Body, EndedBy, ReliableResponses, Respond, Transport, UaEvent};

use crate::call::{ANSWER, CALL, answer, dial, invite, ms, respond, s};
use crate::lone::{Lone, called, header, request, response, to_tag};
use crate::pair::{Fate, Pair, Side};

fn insisting() -> sip_stack::Invite {
    let mut call = invite(Transport::Udp);
    call.headers.push(Header::new(HeaderName::Require, "100rel"));
    call
}

fn early() -> Respond {
    Respond { body: Some(Body::sdp(ANSWER)), ..respond(183) }
}

#[test]
fn a_lost_183_is_repeated_until_its_prack() {
    let mut pair = Pair::new();
    pair.network = Box::new(|_, seen, count| match (seen.word(), count) {
        ("183", 1) => Fate::Lose,
        _ => Fate::Deliver,
    });
    let id = dial(&mut pair, insisting());
    pair.take_ladder();
    pair.bob.respond(pair.now, id, early()).unwrap();
    pair.run(s(5));
    assert_eq!(pair.take_ladder(), ["B 183", "B 183", "A PRACK", "B 200"]);
    pair.bob.respond(pair.now, id, respond(200)).unwrap();
    pair.run(s(1));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Progress { code: 183, .. }, UaEvent::Answered { .. }] = events.as_slice() else {
        panic!("{events:?}")
    };
}

#[test]
fn responses_wait_for_the_prack_in_order() {
    let mut pair = Pair::new();
    let id = dial(&mut pair, insisting());
    pair.take_ladder();
    pair.bob.respond(pair.now, id, early()).unwrap();
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(s(1));
    assert_eq!(
        pair.take_ladder(),
        ["B 183", "A PRACK", "B 200", "B 180", "A PRACK", "B 200", "B 200", "A ACK"]
    );
    assert!(matches!(pair.take_events(Side::Alice).last(), Some(UaEvent::Answered { .. })));
}

#[test]
fn without_a_prack_the_invite_is_refused() {
    let (mut lone, _, ringing) = called("Require: 100rel\n", early());
    assert_eq!(header(&ringing, "Require"), "100rel");
    lone.advance(s(33));
    assert!(lone.take_lines().iter().any(|line| line.starts_with("SIP/2.0 504 ")));
    assert!(matches!(lone.events.last(), Some(UaEvent::Ended { by: EndedBy::Failure, .. })));
}

#[test]
fn a_prack_for_nothing_is_481() {
    let (mut lone, _, ringing) = called("Require: 100rel\n", early());
    let tag = to_tag(&ringing);
    let rseq = header(&ringing, "RSeq").to_owned();
    lone.hear(&request("PRACK", 2, "b", &tag, &format!("RAck: {rseq} 99 INVITE\n")));
    assert!(lone.take_one().starts_with("SIP/2.0 481 "));
    lone.hear(&request("PRACK", 3, "c", &tag, &format!("RAck: {rseq} 1 INVITE\n")));
    assert!(lone.take_one().starts_with("SIP/2.0 200 "));
}

#[test]
fn the_caller_acknowledges_each_fork_once_and_in_order() {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(crate::lone::PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    let reliable = |rseq: u32| format!("Contact: <sip:b@192.0.2.9>\nRequire: 100rel\nRSeq: {rseq}\n");
    lone.hear(&response(180, &sent, "b", &reliable(7), ""));
    let prack = lone.take_one();
    assert_eq!(header(&prack, "RAck"), "7 1 INVITE");
    assert_eq!(header(&prack, "CSeq"), "2 PRACK");
    lone.hear(&response(180, &sent, "b", &reliable(7), ""));
    lone.hear(&response(180, &sent, "b", &reliable(9), ""));
    assert!(lone.sent.is_empty());
    assert_eq!(lone.events.len(), 1);
    lone.hear(&response(180, &sent, "b", &reliable(8), ""));
    assert!(lone.take_one().starts_with("PRACK "));
    lone.advance(ms(1));
}

#[test]
fn a_plain_180_does_not_hold_back_the_answer_and_its_prack_is_still_taken() {
    let mut pair = Pair::new();
    pair.network = Box::new(|_, seen, count| match (seen.word(), count) {
        ("PRACK", 1) => Fate::After(ms(200)),
        _ => Fate::Deliver,
    });
    let id = dial(&mut pair, insisting());
    pair.take_ladder();
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(ms(15));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(s(1));
    let ladder = pair.take_ladder();
    assert_eq!(ladder[..4], ["B 180", "A PRACK", "B 200", "A ACK"]);
    assert!(ladder[4..].iter().all(|line| line == "B 200" || line == "A PRACK"), "{ladder:?}");
    assert!(matches!(pair.take_events(Side::Alice).last(), Some(UaEvent::Answered { .. })));
}

#[test]
fn a_caller_who_takes_reliable_responses_gets_what_the_owner_chose() {
    let headers = "Supported: 100rel\nContent-Type: application/sdp\n";
    for (policy, of_180, of_183) in [
        (ReliableResponses::WhenRequired, false, false),
        (ReliableResponses::WhenDescribing, false, true),
        (ReliableResponses::WhenSupported, true, true),
    ] {
        for (respond, expected) in [(respond(180), of_180), (early(), of_183)] {
            let mut settings = crate::lone::config();
            settings.reliable_responses = policy;
            let mut lone = Lone::with(settings);
            let invite = request("INVITE", 1, "a", "", headers);
            lone.hear(&invite.replace("Content-Length: 0\n\n", "Content-Length: 3\n\nv=0"));
            let [UaEvent::Incoming { id, .. }] = lone.events.as_slice() else { panic!("{:?}", lone.events) };
            let id = *id;
            lone.endpoint.respond(lone.now, id, respond).unwrap();
            lone.drain();
            let sent = lone.sent.pop().unwrap().1;
            assert_eq!(sent.contains("Require: 100rel"), expected, "{policy:?} {sent}");
        }
    }
}

#[test]
fn each_fork_has_numbers_of_its_own() {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(crate::lone::PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    let sent = lone.take_one();
    let reliable = |rseq: u32| format!("Contact: <sip:b@192.0.2.9>\nRequire: 100rel\nRSeq: {rseq}\n");
    for (tag, rseq) in [("b", 7), ("c", 3), ("c", 4), ("b", 8)] {
        lone.hear(&response(180, &sent, tag, &reliable(rseq), ""));
        let prack = lone.take_one();
        assert_eq!(header(&prack, "RAck"), format!("{rseq} 1 INVITE"));
        assert_eq!(to_tag(&prack), tag);
    }
}
