//! A call is handed over: to whoever answers, or to whom the user talks to first.

use std::time::Duration;

use engine::{
    CallCommand, CallFact, CallState, Cause, Grants, Owner, Refused, RejectCause, RtcNotice, RtcRequest,
    TransferKind, TransferState,
};
use media::{Direction, MediaCommand, PortId};
use sip_stack::InviteId;

use crate::world::{ANN, ANN_TOO, BOB, CALL, World, accept};

fn transfer(to: &str) -> RtcRequest {
    RtcRequest::Transfer { to: to.to_owned() }
}

fn consult(to: &str) -> RtcRequest {
    RtcRequest::Consult { to: to.to_owned() }
}

/// The two ports that were joined last.
fn joined(world: &World) -> [PortId; 2] {
    let pairs = world.media.iter().filter_map(|command| match command {
        MediaCommand::Bridge { a, b } => Some([*a, *b]),
        _ => None,
    });
    let mut pair = pairs.last().unwrap();
    pair.sort();
    pair
}

fn states(world: &World) -> Vec<TransferState> {
    let told = world.told(ANN).into_iter().filter_map(|notice| match notice {
        RtcNotice::Transfer { state, .. } => Some(*state),
        _ => None,
    });
    told.collect()
}

/// ANN talks to the carrier and asks; the new INVITE.
fn asked(request: RtcRequest) -> (World, InviteId, InviteId) {
    let (mut world, first) = World::talking();
    world.ask(ANN, CALL, request).unwrap();
    let second = world.last_invite();
    assert_ne!(first, second);
    (world, first, second)
}

fn consulting() -> (World, InviteId, InviteId) {
    let (mut world, first, second) = asked(consult("601"));
    world.answer(second, Some("v=0 target"));
    world.negotiated(world.trunk_port(), Direction::SendRecv, true);
    (world, first, second)
}

/// Ports in the order they were opened: the browser's, the far side's, the target's.
fn ports(world: &World) -> Vec<PortId> {
    world.opened().iter().map(|(port, _)| *port).collect()
}

#[test]
fn whoever_answers_gets_the_call_and_the_user_is_out() {
    let (mut world, first, second) = asked(transfer("601"));
    assert!(world.switch.call(CALL).unwrap().legs[1].held);
    world.progress(second, 180, None);
    world.answer(second, Some("v=0 target"));
    let [_, far, target] = ports(&world)[..] else { panic!("three ports") };
    assert_eq!(joined(&world), [far, target]);
    assert_eq!(states(&world), [TransferState::Started, TransferState::Ringing, TransferState::Completed]);
    let ended = world.ended_notice(ANN);
    assert_eq!((ended.state, ended.cause), (CallState::Completed, Cause::Transferred));
    let call = world.switch.call(CALL).unwrap();
    assert_eq!((call.held, call.transfer, world.hangups(first).len()), (false, None, 0));
    world.remote_bye(second);
    assert_eq!(world.hangups(first).len(), 1);
    world.assert_ended(Cause::Normal);
}

#[test]
fn a_target_that_refuses_brings_the_call_back() {
    let (mut world, _, second) = asked(transfer("601"));
    world.fail(second, 486, false);
    let [browser, far, _] = ports(&world)[..] else { panic!("three ports") };
    assert_eq!(joined(&world), [browser, far]);
    assert_eq!(states(&world), [TransferState::Started, TransferState::Failed { cause: Cause::Busy }]);
    let call = world.switch.call(CALL).unwrap();
    assert_eq!((call.held, call.transfer, call.state), (false, None, CallState::InProgress));
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    world.assert_ended(Cause::Normal);
}

#[test]
fn a_target_that_does_not_answer_brings_the_call_back() {
    let (mut world, _, second) = asked(transfer("601"));
    world.progress(second, 180, None);
    world.advance(Duration::from_secs(61));
    assert_eq!(world.hangups(second).len(), 1);
    assert_eq!(states(&world).last(), Some(&TransferState::Failed { cause: Cause::RingTimeout }));
    assert_eq!(world.switch.live_calls(), 1);
}

#[test]
fn a_trunk_that_fails_leads_to_the_next_for_a_target_too() {
    let (mut world, _, second) = asked(transfer("+4930"));
    world.fail(second, 503, false);
    let third = world.last_invite();
    assert_ne!(second, third);
    world.answer(third, Some("v=0 target"));
    assert_eq!(states(&world).last(), Some(&TransferState::Completed));
}

#[test]
fn a_user_who_hangs_up_leaves_the_transfer_to_go_on() {
    let (mut world, _, second) = asked(transfer("601"));
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!(world.ended_notice(ANN).cause, Cause::Transferred);
    world.answer(second, Some("v=0 target"));
    assert_eq!(world.switch.call(CALL).unwrap().legs[1].owner, Owner::Bridge);
    let (mut world, first, second) = asked(transfer("601"));
    world.disconnect(ANN);
    world.fail(second, 486, false);
    assert_eq!(world.hangups(first).len(), 1);
    world.assert_ended(Cause::Busy);
}

#[test]
fn a_far_side_that_hangs_up_ends_the_transfer_and_the_call() {
    let (mut world, first, second) = asked(transfer("601"));
    world.remote_bye(first);
    assert_eq!(world.hangups(second).len(), 1);
    assert!(world.facts().contains(&&CallFact::TransferFailed { cause: Cause::Normal }));
    world.assert_ended(Cause::Normal);
}

#[test]
fn a_call_is_handed_to_another_user() {
    let (mut world, first) = World::talking();
    world.connect(BOB, "bob", Grants::all());
    world.ask(ANN, CALL, transfer("bob")).unwrap();
    assert!(matches!(world.told(BOB)[..], [RtcNotice::Incoming { from, .. }] if from == "600"));
    world.ask(BOB, CALL, accept()).unwrap();
    let [_, far, bob] = ports(&world)[..] else { panic!("three ports") };
    assert_eq!(world.switch.call(CALL).unwrap().transfer, Some(TransferKind::Blind));
    world.connected(bob);
    assert_eq!(joined(&world), [far, bob]);
    assert_eq!(world.told(BOB).last(), Some(&&RtcNotice::Answered));
    assert_eq!(world.ended_notice(ANN).cause, Cause::Transferred);
    world.ask(BOB, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!(world.hangups(first).len(), 1);
    world.assert_ended(Cause::Normal);
}

#[test]
fn a_user_who_declines_brings_the_call_back() {
    let (mut world, _) = World::talking();
    world.connect(BOB, "bob", Grants::all());
    world.ask(ANN, CALL, transfer("bob")).unwrap();
    world.ask(BOB, CALL, RtcRequest::Reject { cause: RejectCause::Busy }).unwrap();
    assert_eq!(states(&world).last(), Some(&TransferState::Failed { cause: Cause::Busy }));
    assert_eq!(joined(&world), ports(&world)[..2]);
}

#[test]
fn after_a_consultation_the_outer_two_talk() {
    let (mut world, first, second) = consulting();
    let [browser, far, target] = ports(&world)[..] else { panic!("three ports") };
    assert_eq!(joined(&world), [browser, target]);
    assert_eq!(states(&world), [TransferState::Started, TransferState::Accepted]);
    world.ask(ANN, CALL, RtcRequest::CompleteTransfer).unwrap();
    assert_eq!(joined(&world), [far, target]);
    assert_eq!(world.ended_notice(ANN).cause, Cause::Transferred);
    world.command(CallCommand::Hangup { call: CALL }).unwrap();
    assert_eq!((world.hangups(first).len(), world.hangups(second).len()), (1, 1));
    world.assert_ended(Cause::Normal);
}

#[test]
fn a_consultation_that_is_canceled_or_hung_up_brings_the_far_side_back() {
    for cancel in [true, false] {
        let (mut world, _, second) = consulting();
        if cancel {
            world.ask(ANN, CALL, RtcRequest::CancelTransfer).unwrap();
            assert_eq!(world.hangups(second).len(), 1);
        } else {
            world.remote_bye(second);
        }
        assert_eq!(joined(&world), ports(&world)[..2]);
        let call = world.switch.call(CALL).unwrap();
        assert_eq!((call.held, call.transfer), (false, None));
    }
}

#[test]
fn a_consultation_outlives_the_far_side() {
    let (mut world, first, second) = consulting();
    world.remote_bye(first);
    let [browser, _, target] = ports(&world)[..] else { panic!("three ports") };
    assert_eq!(joined(&world), [browser, target]);
    assert_eq!(world.switch.call(CALL).unwrap().transfer, None);
    world.remote_bye(second);
    world.assert_ended(Cause::Normal);
}

#[test]
fn whoever_hangs_up_a_consultation_ends_it_all() {
    let (mut world, first, second) = consulting();
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!((world.hangups(first).len(), world.hangups(second).len()), (1, 1));
    world.assert_ended(Cause::Normal);
}

#[test]
fn a_consultation_completed_while_it_rings_goes_to_whoever_answers() {
    let (mut world, _, second) = asked(consult("601"));
    world.progress(second, 180, None);
    world.ask(ANN, CALL, RtcRequest::CompleteTransfer).unwrap();
    world.answer(second, Some("v=0 target"));
    assert_eq!(joined(&world), ports(&world)[1..]);
    assert_eq!(world.ended_notice(ANN).cause, Cause::Transferred);
}

#[test]
fn sound_before_the_answer_of_a_target_is_heard_by_who_consults() {
    let (mut world, _, second) = asked(consult("601"));
    world.progress(second, 183, Some("v=0 early"));
    let [browser, _, target] = ports(&world)[..] else { panic!("three ports") };
    assert_eq!(joined(&world), [browser, target]);
    world.fail(second, 404, false);
    assert_eq!(joined(&world), ports(&world)[..2]);
}

#[test]
fn digits_go_to_whom_the_user_talks_to() {
    let (mut world, _, _) = consulting();
    let digits = RtcRequest::SendDigits { digits: "1".to_owned(), each: Duration::from_millis(100) };
    world.ask(ANN, CALL, digits).unwrap();
    let target = ports(&world)[2];
    assert!(matches!(world.media.last(), Some(MediaCommand::SendDigits { port, .. }) if *port == target));
}

#[test]
fn what_cannot_be_handed_over_is_refused_with_the_reason() {
    let (mut world, _) = World::talking();
    world.connect(ANN_TOO, "ann", Grants::all());
    for (to, why) in [("+1", Refused::NoRoute), ("no number", Refused::InvalidNumber)] {
        assert_eq!(world.ask(ANN, CALL, transfer(to)), Err(why));
    }
    assert_eq!(world.ask(ANN, CALL, transfer("bob")), Err(Refused::UserUnavailable));
    assert_eq!(world.ask(ANN, CALL, RtcRequest::CompleteTransfer), Err(Refused::WrongState));
    let command = CallCommand::Transfer { call: CALL, to: "+1".to_owned() };
    assert_eq!(world.command(command), Err(Refused::NoRoute));
    world.resume(ANN, Grants { destinations: vec!["600".parse().unwrap()], ..Grants::all() });
    assert_eq!(world.ask(ANN, CALL, transfer("601")), Err(Refused::DestinationForbidden));
    world.resume(ANN, Grants::all());
    world.ask(ANN, CALL, consult("601")).unwrap();
    assert_eq!(world.ask(ANN, CALL, transfer("602")), Err(Refused::WrongState));
    assert_eq!(world.ask(ANN, CALL, RtcRequest::Unhold), Err(Refused::WrongState));
}
