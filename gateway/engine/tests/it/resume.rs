//! A browser's signalling is cut and comes back; its sound is another matter.

use std::time::Duration;

use engine::{CallEvent, CallFact, Cause, EndedBy, Grants, LegKind, Pattern, Refused, RtcNotice, RtcRequest};

use crate::world::{ANN, ANN_TOO, CALL, CARRIER, World, accept, start};

const DID: &str = "+4930100";

/// How often the signalling was lost and came back, as events tell.
fn losses(world: &World) -> (usize, usize) {
    let count = |wanted: &CallFact| world.events.iter().filter(|event| event.fact == *wanted).count();
    (count(&CallFact::LegReconnecting), count(&CallFact::LegReconnected))
}

fn browser_reconnects(world: &World) -> bool {
    let call = world.switch.call(world.events[0].call).unwrap();
    call.legs.iter().any(|leg| leg.kind == LegKind::Browser && leg.reconnecting)
}

#[test]
fn the_far_side_and_the_sound_notice_nothing() {
    let (mut world, id) = World::talking();
    let before = (world.sip.len(), world.media.len());
    world.detach(ANN);
    assert!(browser_reconnects(&world));
    world.advance(Duration::from_secs(20));
    world.resume(ANN, Grants::all());
    assert!(!browser_reconnects(&world));
    assert_eq!((world.sip.len(), world.media.len()), before);
    assert_eq!(losses(&world), (1, 1));
    let browser = world.switch.call(CALL).unwrap().legs[0].id;
    let about =
        |event: &&CallEvent| matches!(event.fact, CallFact::LegReconnecting | CallFact::LegReconnected);
    assert!(world.events.iter().filter(about).all(|event| event.leg == Some(browser)));
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::Normal);
}

#[test]
fn what_happens_meanwhile_is_told_once_and_in_order() {
    let mut world = World::new();
    world.start("600").unwrap();
    let id = world.last_invite();
    world.connected(world.browser_port());
    world.detach(ANN);
    world.progress(id, 180, None);
    world.answer(id, Some("v=0 answer"));
    world.remote_bye(id);
    let told = world.told(ANN);
    let [RtcNotice::Ringing { early_media: false }, RtcNotice::Answered, RtcNotice::Ended(outcome)] =
        told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((outcome.by, outcome.cause), (EndedBy::Callee, Cause::Normal));
    world.resume(ANN, Grants::all());
    assert_eq!(losses(&world), (1, 0));
    world.assert_clean();
}

#[test]
fn a_lost_session_without_return_ends_its_calls() {
    let (mut world, id) = World::talking();
    world.detach(ANN);
    world.disconnect(ANN);
    let outcome = world.outcome();
    assert_eq!((outcome.by, outcome.cause), (EndedBy::System, Cause::SessionLost));
    assert_eq!(world.hangups(id).len(), 1);
    world.resume(ANN, Grants::all());
    assert_eq!(world.ask(ANN, CALL, RtcRequest::Hangup), Err(Refused::UnknownSession));
    world.assert_clean();
}

#[test]
fn a_call_rings_a_session_that_is_away_for_a_moment() {
    let mut world = World::new();
    world.detach(ANN);
    let id = world.incoming(CARRIER, DID, Some("v=0 offer"));
    let call = world.events[0].call;
    assert_eq!(world.responses(id), [180]);
    assert!(browser_reconnects(&world));
    world.resume(ANN, Grants::all());
    assert_eq!(losses(&world), (1, 1));
    world.ask(ANN, call, accept()).unwrap();
    world.connected(world.browser_port());
    assert_eq!(world.responses(id), [180, 200]);
}

#[test]
fn a_session_that_is_there_takes_the_call_of_one_that_is_away() {
    let mut world = World::new();
    world.connect(ANN_TOO, "ann", Grants::all());
    world.detach(ANN);
    world.incoming(CARRIER, DID, Some("v=0 offer"));
    let call = world.events[0].call;
    world.ask(ANN_TOO, call, accept()).unwrap();
    assert_eq!(world.ended_notice(ANN).cause, Cause::AnsweredElsewhere);
    assert!(!browser_reconnects(&world), "a leg that has ended waits for nobody");
}

#[test]
fn losing_twice_is_losing_once_and_strangers_do_not_come_back() {
    let (mut world, _) = World::talking();
    world.resume(ANN, Grants::all());
    world.detach(ANN);
    world.detach(ANN);
    world.detach(ANN_TOO);
    world.resume(ANN_TOO, Grants::all());
    assert_eq!(losses(&world), (1, 0));
    assert_eq!(world.switch.usage().sessions, 1);
}

#[test]
fn the_latest_token_says_what_is_allowed() {
    let mut world = World::new();
    world.detach(ANN);
    let only_600: Pattern = "600".parse().unwrap();
    world.resume(ANN, Grants { destinations: vec![only_600], ..Grants::all() });
    assert_eq!(world.ask(ANN, CALL, start("+491")), Err(Refused::DestinationForbidden));
    world.ask(ANN, CALL, start("600")).unwrap();
}
