//! Hold and mute at the gateway; the trunk's signalling hears of neither.

use engine::{CallCommand, CallFact, CallId, HeldBy, LegId, Owner, Refused, RtcNotice, RtcRequest};
use media::{Direction, MediaCommand};
use uuid::Uuid;

use crate::world::{ANN, ANN_TOO, CALL, CARRIER, World, accept};

fn parted(world: &World) -> usize {
    world.media.iter().filter(|command| matches!(command, MediaCommand::Unbridge { .. })).count()
}

fn owners(world: &World, call: CallId) -> Vec<Owner> {
    world.switch.call(call).unwrap().legs.iter().map(|leg| leg.owner).collect()
}

#[test]
fn a_hold_parts_the_two_and_says_nothing_to_the_trunk() {
    let (mut world, _) = World::talking();
    let signalled = world.sip.len();
    world.ask(ANN, CALL, RtcRequest::Hold).unwrap();
    world.ask(ANN, CALL, RtcRequest::Hold).unwrap();
    assert_eq!((parted(&world), world.bridges()), (1, 1));
    assert_eq!(owners(&world, CALL), [Owner::Parked, Owner::Parked]);
    let call = world.switch.call(CALL).unwrap();
    assert_eq!((call.held, call.legs[0].held, call.legs[1].held), (true, false, true));
    assert_eq!(world.told(ANN).last(), Some(&&RtcNotice::Held { held: true, by: HeldBy::User }));
    world.command(CallCommand::Unhold { call: CALL }).unwrap();
    assert_eq!((parted(&world), world.bridges()), (1, 2));
    assert_eq!(owners(&world, CALL), [Owner::Bridge, Owner::Bridge]);
    assert_eq!(world.told(ANN).last(), Some(&&RtcNotice::Held { held: false, by: HeldBy::System }));
    let holds = world.facts().into_iter().filter(|fact| matches!(fact, CallFact::Held { .. }));
    assert_eq!(holds.count(), 1);
    assert_eq!(world.sip.len(), signalled);
}

#[test]
fn a_trunk_that_holds_is_shown_to_the_browser_and_its_hold_is_its_own() {
    let (mut world, _) = World::talking();
    let port = world.trunk_port();
    world.negotiated(port, Direction::Inactive, true);
    assert_eq!(world.told(ANN).last(), Some(&&RtcNotice::Held { held: true, by: HeldBy::Far }));
    world.ask(ANN, CALL, RtcRequest::Hold).unwrap();
    world.ask(ANN, CALL, RtcRequest::Unhold).unwrap();
    assert!(world.switch.call(CALL).unwrap().legs[0].held);
    world.negotiated(port, Direction::SendRecv, true);
    assert!(!world.switch.call(CALL).unwrap().held);
}

#[test]
fn only_who_is_in_an_answered_call_may_hold_it() {
    let mut world = World::new();
    world.connect(ANN_TOO, "ann", engine::Grants::all());
    world.incoming(CARRIER, "+4930100", Some("v=0"));
    let call = world.events[0].call;
    assert_eq!(world.ask(ANN, call, RtcRequest::Hold), Err(Refused::WrongState));
    world.ask(ANN, call, accept()).unwrap();
    assert_eq!(world.ask(ANN, call, RtcRequest::Hold), Err(Refused::WrongState));
    world.connected(world.browser_port());
    assert_eq!(world.ask(ANN_TOO, call, RtcRequest::Hold), Err(Refused::WrongState));
    world.ask(ANN, call, RtcRequest::Hold).unwrap();
    assert_eq!(world.command(CallCommand::Hold { call: CALL }), Err(Refused::UnknownCall));
}

#[test]
fn either_way_can_be_muted_alone() {
    let (mut world, _) = World::talking();
    let (port, notices) = (world.trunk_port(), world.told(ANN).len());
    let far = world.switch.call(CALL).unwrap().legs[1].id;
    let mute = |leg, muted| CallCommand::Mute { call: CALL, leg: Some(leg), muted };
    world.command(mute(far, true)).unwrap();
    let last = world.media.last();
    assert!(
        matches!(last, Some(MediaCommand::Mute { port: muted, muted: true }) if *muted == port),
        "{last:?}"
    );
    let call = world.switch.call(CALL).unwrap();
    assert_eq!((call.muted, call.legs[0].muted, call.legs[1].muted), (false, false, true));
    assert_eq!(world.told(ANN).len(), notices);
    assert_eq!(world.events.last().unwrap().leg, Some(far));
    let stranger = LegId(Uuid::from_u128(5));
    assert_eq!(world.command(mute(stranger, true)), Err(Refused::UnknownLeg));
}
