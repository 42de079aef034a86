//! RFC 3891, RFC 3911, RFC 4538: calls that name other calls.

use sip_stack::message::{Header, HeaderName};
use sip_stack::{DialogName, EndedBy, InviteId, Relation, RelationKind, ReplacesWhen, Transport, UaEvent};

use crate::call::{CALL, answer, dial, hangup, invite, ms, respond, s};
use crate::lone::{Lone, config as lone_config, header, request, response, to_tag};
use crate::pair::{Pair, Side, config};

const SECOND: InviteId = InviteId(2);

fn serving() -> Pair {
    let mut bob = config(Side::Bob);
    bob.relations = vec![RelationKind::Replaces, RelationKind::Join, RelationKind::TargetDialog];
    Pair::with(config(Side::Alice), bob)
}

/// Alice's first call to Bob, and its name as she tells it.
fn talking() -> (Pair, InviteId, DialogName) {
    let mut pair = serving();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    let name = pair.alice.dialog(CALL).unwrap();
    pair.take_events(Side::Alice);
    pair.take_events(Side::Bob);
    pair.take_ladder();
    (pair, id, name)
}

fn call_again(pair: &mut Pair, header: Header) {
    let mut call = invite(Transport::Udp);
    call.headers = vec![Header::new(HeaderName::Require, "replaces"), header];
    if call.headers[1].name != HeaderName::Replaces {
        call.headers.remove(0);
    }
    pair.alice.invite(pair.now, SECOND, call).unwrap();
    pair.run(ms(100));
}

fn incoming(pair: &mut Pair) -> (InviteId, Vec<Relation>) {
    let events = pair.take_events(Side::Bob);
    let [UaEvent::Incoming { id, relations, .. }] = events.as_slice() else { panic!("{events:?}") };
    (*id, relations.clone())
}

fn failure(pair: &mut Pair) -> u16 {
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Failed { code, .. }] = events.as_slice() else { panic!("{events:?}") };
    *code
}

#[test]
fn an_answered_call_that_replaces_another_ends_it() {
    let (mut pair, first, name) = talking();
    call_again(&mut pair, name.replaces(ReplacesWhen::Always).unwrap());
    let (second, relations) = incoming(&mut pair);
    assert_eq!(relations, [Relation { kind: RelationKind::Replaces, call: first }]);
    assert_eq!(pair.bob.calls(), 2, "nothing ends before the answer");
    pair.bob.respond(pair.now, second, answer()).unwrap();
    pair.run(s(1));
    let events = pair.take_events(Side::Alice);
    let ended = events.iter().find_map(|event| {
        let UaEvent::Ended { id, by, reason } = event else { return None };
        Some((*id, *by, reason.clone()?.text?))
    });
    assert_eq!(ended, Some((CALL, EndedBy::Remote, "Replaced by another call".to_owned())));
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (1, 1));
}

#[test]
fn an_early_call_of_our_own_is_canceled_by_the_one_that_replaces_it() {
    let mut pair = serving();
    pair.bob.invite(pair.now, CALL, back()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Incoming { id: ringing, .. }] = events.as_slice() else { panic!("{events:?}") };
    pair.alice.respond(pair.now, *ringing, respond(180)).unwrap();
    pair.run(ms(100));
    pair.take_events(Side::Bob);
    let name = pair.alice.dialog(*ringing).unwrap();
    call_again(&mut pair, name.replaces(ReplacesWhen::EarlyOnly).unwrap());
    let (second, relations) = incoming(&mut pair);
    assert_eq!(relations, [Relation { kind: RelationKind::Replaces, call: CALL }]);
    pair.bob.respond(pair.now, second, answer()).unwrap();
    pair.run(s(1));
    let events = pair.take_events(Side::Alice);
    assert!(
        events.iter().any(|event| matches!(event, UaEvent::Canceled { reason: Some(_), .. })),
        "{events:?}"
    );
}

/// Bob's call to Alice.
fn back() -> sip_stack::Invite {
    let mut call = invite(Transport::Udp);
    (call.uri, call.target) = ("sip:alice@192.0.2.1".parse().unwrap(), crate::call::udp("192.0.2.1:5060"));
    call
}

#[test]
fn an_answered_call_is_not_replaced_where_only_an_early_one_may() {
    let (mut pair, _, name) = talking();
    call_again(&mut pair, name.replaces(ReplacesWhen::EarlyOnly).unwrap());
    assert_eq!(failure(&mut pair), 486);
}

#[test]
fn an_unknown_dialog_is_481_and_a_ringing_one_too() {
    let (mut pair, _, mut name) = talking();
    name.remote_tag.push('x');
    call_again(&mut pair, name.replaces(ReplacesWhen::Always).unwrap());
    assert_eq!(failure(&mut pair), 481);

    let mut pair = serving();
    let id = dial(&mut pair, invite(Transport::Udp));
    pair.bob.respond(pair.now, id, respond(180)).unwrap();
    pair.run(ms(100));
    pair.take_events(Side::Alice);
    let name = pair.alice.dialog(CALL).unwrap();
    call_again(&mut pair, name.replaces(ReplacesWhen::Always).unwrap());
    assert_eq!(failure(&mut pair), 481, "it was not Bob who called");
}

#[test]
fn a_call_that_is_ending_is_603() {
    let (mut pair, id, name) = talking();
    pair.network = Box::new(|_, seen, _| match seen.word() {
        "BYE" => crate::pair::Fate::Lose,
        _ => crate::pair::Fate::Deliver,
    });
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    call_again(&mut pair, name.replaces(ReplacesWhen::Always).unwrap());
    assert_eq!(failure(&mut pair), 603);
}

#[test]
fn a_joining_call_leaves_the_other_alone() {
    let (mut pair, first, name) = talking();
    call_again(&mut pair, name.join().unwrap());
    let (second, relations) = incoming(&mut pair);
    assert_eq!(relations, [Relation { kind: RelationKind::Join, call: first }]);
    pair.bob.respond(pair.now, second, answer()).unwrap();
    pair.run(s(1));
    assert_eq!(pair.bob.calls(), 2);
}

#[test]
fn a_target_dialog_names_the_call_of_whoever_asks() {
    let (mut pair, first, mut name) = talking();
    call_again(&mut pair, name.target_dialog().unwrap());
    let (id, relations) = incoming(&mut pair);
    assert_eq!(relations, [Relation { kind: RelationKind::TargetDialog, call: first }]);
    pair.bob.hangup(pair.now, id, hangup(480)).unwrap();
    pair.run(s(1));
    pair.take_events(Side::Bob);
    pair.take_events(Side::Alice);
    name.remote_tag.push('x');
    call_again(&mut pair, name.target_dialog().unwrap());
    assert_eq!(incoming(&mut pair).1, [], "it proves nothing, and harms nothing");
}

#[test]
fn two_names_are_too_many_and_only_an_invite_may_replace() {
    let mut config = lone_config();
    config.relations = vec![RelationKind::Replaces, RelationKind::Join];
    let mut lone = Lone::with(config);
    let named = "a@b;to-tag=1;from-tag=2";
    for (cseq, more) in [
        (1, format!("Replaces: {named}\nReplaces: {named}\n")),
        (2, format!("Replaces: {named}\nJoin: {named}\n")),
        (3, "Replaces: a@b\n".to_owned()),
    ] {
        lone.hear(&request("INVITE", cseq, &format!("i{cseq}"), "", &more));
        let line = lone.take_lines().pop().unwrap();
        assert!(line.starts_with("SIP/2.0 400 ") || line.starts_with("SIP/2.0 481 "), "{more} {line}");
    }
    assert!(lone.events.is_empty());
}

#[test]
fn what_is_not_served_is_not_supported() {
    let mut lone = Lone::new();
    lone.hear(&request("INVITE", 1, "a", "", "Require: replaces\nReplaces: a@b;to-tag=1;from-tag=2\n"));
    let refused = lone.take_one();
    assert!(refused.starts_with("SIP/2.0 420 "), "{refused}");
    assert_eq!(header(&refused, "Unsupported"), "replaces");
}

#[test]
fn a_dialog_has_no_name_before_its_peer_has_one() {
    let mut lone = Lone::new();
    let mut call = invite(Transport::Udp);
    call.target = crate::call::udp(crate::lone::PEER);
    lone.endpoint.invite(lone.now, CALL, call).unwrap();
    lone.drain();
    assert_eq!(lone.endpoint.dialog(CALL), None);
    let sent = lone.take_one();
    lone.hear(&response(180, &sent, "b", "Contact: <sip:b@192.0.2.9>\n", ""));
    assert_eq!(lone.endpoint.dialog(CALL).unwrap().remote_tag, "b");
    assert_eq!(to_tag(&sent), "");
}
