//! RFC 3261 §16.6 and §16.7: one request to many, many responses to one.

use sip_stack::{Respond, UaEvent};

use super::{dial, net};
use crate::call::{answer, respond, s};

#[test]
fn one_target_rings_and_answers() {
    let mut net = net(&[&["bob"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(180));
    net.respond("bob", bob, answer());
    assert!(matches!(
        net.take_events("alice").as_slice(),
        [UaEvent::Progress { code: 180, .. }, UaEvent::Answered { .. }]
    ));
    assert!(matches!(net.take_events("bob").as_slice(), [UaEvent::Acknowledged { .. }]));
    assert_eq!(
        net.take_ladder(),
        [
            "alice>proxy INVITE",
            "proxy>bob INVITE",
            "bob>proxy 100",
            "bob>proxy 180",
            "proxy>alice 180",
            "bob>proxy 200",
            "proxy>alice 200",
            "alice>proxy ACK",
            "proxy>bob ACK",
        ]
    );
    net.hangup("alice", sip_stack::InviteId(1));
    assert_eq!(net.take_ladder(), ["alice>proxy BYE", "proxy>bob BYE", "bob>proxy 200", "proxy>alice 200"]);
    net.run(s(40));
    assert_eq!((net.endpoint("proxy").transactions(), net.endpoint("proxy").forwarding()), (0, 0));
}

#[test]
fn the_first_answer_cancels_the_others() {
    let mut net = net(&[&["bob", "carol"]]);
    let ids = dial(&mut net, &["bob", "carol"]);
    net.respond("bob", ids[0], respond(180));
    net.respond("carol", ids[1], answer());
    assert!(
        matches!(net.take_events("bob").as_slice(), [UaEvent::Canceled { reason: Some(reason), .. }] if reason.cause == 200)
    );
    assert_eq!(net.count("proxy", "alice", "487"), 0, "what loses is nobody's business");
    assert_eq!(net.count("proxy", "bob", "ACK"), 1);
    assert_eq!(net.count("proxy", "alice", "200"), 1);
}

#[test]
fn both_answers_go_back_when_they_cross() {
    let mut net = net(&[&["bob", "carol"]]);
    let ids = dial(&mut net, &["bob", "carol"]);
    let now = net.now;
    net.endpoint("bob").respond(now, ids[0], answer()).unwrap();
    net.endpoint("carol").respond(now, ids[1], answer()).unwrap();
    net.run(s(2));
    let is_answer = |seen: &&crate::net::Seen| {
        (seen.to, seen.word()) == ("alice", "200") && seen.headers("CSeq")[0].ends_with("INVITE")
    };
    assert_eq!(net.seen.iter().filter(is_answer).count(), 2);
    let ended = |events: Vec<UaEvent>| events.iter().any(|event| matches!(event, UaEvent::Ended { .. }));
    let (bob, carol) = (ended(net.take_events("bob")), ended(net.take_events("carol")));
    assert!(bob != carol, "Alice keeps one and ends the other");
}

#[test]
fn groups_follow_one_another() {
    let mut net = net(&[&["bob", "carol"], &["dave"]]);
    let ids = dial(&mut net, &["bob", "carol"]);
    net.respond("bob", ids[0], respond(486));
    assert_eq!(net.count("proxy", "dave", "INVITE"), 0);
    net.respond("carol", ids[1], respond(480));
    let dave = net.incoming("dave");
    net.respond("dave", dave, answer());
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Answered { .. }]));
}

#[test]
fn the_best_refusal_goes_back_once_all_have_refused() {
    for (bob, carol, best) in
        [(486, 404, 486), (500, 486, 486), (302, 486, 302), (503, 503, 500), (404, 503, 404)]
    {
        let mut net = net(&[&["bob", "carol"]]);
        let ids = dial(&mut net, &["bob", "carol"]);
        net.respond("bob", ids[0], respond(bob));
        assert!(net.take_events("alice").is_empty());
        net.respond("carol", ids[1], respond(carol));
        let events = net.take_events("alice");
        assert!(
            matches!(events.as_slice(), [UaEvent::Failed { code, .. }] if *code == best),
            "{bob} {carol}: {events:?}"
        );
    }
}

#[test]
fn a_6xx_ends_the_search() {
    let mut net = net(&[&["bob", "carol"], &["dave"]]);
    let ids = dial(&mut net, &["bob", "carol"]);
    net.respond("bob", ids[0], respond(603));
    assert!(matches!(net.take_events("carol").as_slice(), [UaEvent::Canceled { .. }]));
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Failed { code: 603, .. }]));
    assert_eq!(net.count("proxy", "dave", "INVITE"), 0);
}

#[test]
fn challenges_of_all_branches_come_together() {
    let mut net = net(&[&["bob", "carol"]]);
    let ids = dial(&mut net, &["bob", "carol"]);
    let challenge = |code, name: &str, realm: &str| {
        let value = format!("Digest realm=\"{realm}\", nonce=\"n\", algorithm=MD5");
        let header = sip_stack::message::Header::new(name.parse().unwrap(), value);
        Respond { headers: vec![header], ..respond(code) }
    };
    net.respond("bob", ids[0], challenge(407, "Proxy-Authenticate", "b"));
    net.respond("carol", ids[1], challenge(401, "WWW-Authenticate", "c"));
    let sent = net.last("proxy", "alice", "407");
    assert_eq!((sent.headers("Proxy-Authenticate").len(), sent.headers("WWW-Authenticate").len()), (1, 1));
}

#[test]
fn a_cancel_reaches_every_branch_and_starts_none() {
    let mut net = net(&[&["bob", "carol"], &["dave"]]);
    dial(&mut net, &["bob", "carol"]);
    net.run(s(1));
    net.hangup("alice", sip_stack::InviteId(1));
    for phone in ["bob", "carol"] {
        assert!(matches!(net.take_events(phone).as_slice(), [UaEvent::Canceled { .. }]), "{phone}");
    }
    assert!(matches!(net.take_events("alice").as_slice(), [UaEvent::Failed { code: 487, .. }]));
    assert_eq!((net.count("proxy", "dave", "INVITE"), net.count("proxy", "alice", "487")), (0, 1));
}

#[test]
fn nobody_there_is_a_408() {
    let mut net = net(&[&["bob"]]);
    net.cut_off("bob");
    net.call("alice", 1, super::CALLEE, "proxy", sip_stack::Transport::Udp);
    net.run(s(33));
    assert_eq!(net.count("proxy", "alice", "100"), 1, "so that Alice stops asking");
    assert!(matches!(
        net.take_events("alice").as_slice(),
        [UaEvent::Failed { code: 408, synthetic: false, .. }]
    ));
}

#[test]
fn timer_c_ends_what_rings_for_ever() {
    let mut net = net(&[&["bob"], &["carol"]]);
    let bob = dial(&mut net, &["bob"])[0];
    // A phone repeats its 180 each minute; this one falls silent.
    net.respond("bob", bob, respond(180));
    net.cut_off("bob");
    net.run(s(180));
    assert_eq!(net.count("proxy", "nobody", "CANCEL"), 0);
    net.run(s(2));
    assert!(net.count("proxy", "nobody", "CANCEL") > 0);
    assert_eq!(net.count("proxy", "carol", "INVITE"), 0, "the branch has as long to end as any transaction");
    net.run(s(32));
    assert!(net.count("proxy", "carol", "INVITE") > 0);
}

#[test]
fn a_phone_that_dies_while_it_is_cancelled_does_not_hold_the_caller() {
    let mut net = net(&[&["bob"]]);
    let bob = dial(&mut net, &["bob"])[0];
    net.respond("bob", bob, respond(180));
    net.cut_off("bob");
    net.hangup("alice", sip_stack::InviteId(1));
    net.run(s(33));
    assert!(matches!(net.take_events("alice").last(), Some(UaEvent::Failed { code: 487, .. })));
    net.run(s(60));
    assert_eq!((net.endpoint("proxy").transactions(), net.endpoint("proxy").forwarding()), (0, 0));
}
