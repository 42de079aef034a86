//! A program places a call for a user.

use std::time::Duration;

use engine::{
    CallCommand, CallId, CallState, Cause, EndedBy, Grants, Originate, Refused, RejectCause, Reply,
};
use engine::{RtcNotice, RtcRequest};

use crate::world::{ANN, ANN_TOO, World, accept};

fn originate(to: &str) -> CallCommand {
    CallCommand::Originate(Originate { from_user: "ann".into(), to: to.to_owned(), caller_id: None })
}

fn placed(world: &mut World) -> CallId {
    match world.command(originate("600")).unwrap() {
        Reply::Call(call) => call.id,
        other => panic!("no call but {other:?}"),
    }
}

#[test]
fn the_users_browsers_ring_first_then_the_destination() {
    let mut world = World::new();
    world.connect(ANN_TOO, "ann", Grants::all());
    let call = placed(&mut world);
    assert!(matches!(world.told(ANN)[..], [RtcNotice::Incoming { to, .. }] if to == "600"));
    assert!(world.invites().is_empty());
    world.ask(ANN, call, accept()).unwrap();
    assert_eq!(world.ended_notice(ANN_TOO).cause, Cause::AnsweredElsewhere);
    let id = world.last_invite();
    world.progress(id, 180, None);
    world.connected(world.browser_port());
    world.answer(id, Some("v=0 answer"));
    assert_eq!(world.switch.call(call).unwrap().state, CallState::InProgress);
    assert_eq!(world.bridges(), 1);
    assert_eq!(world.told(ANN)[1..], [&RtcNotice::Ringing { early_media: false }, &RtcNotice::Answered]);
    world.command(CallCommand::Hangup { call }).unwrap();
    assert_eq!(world.outcome().by, EndedBy::System);
    world.assert_ended(Cause::Normal);
}

#[test]
fn the_user_declines() {
    let mut world = World::new();
    let call = placed(&mut world);
    world.ask(ANN, call, RtcRequest::Reject { cause: RejectCause::Declined }).unwrap();
    assert!(world.invites().is_empty());
    assert_eq!(world.outcome().by, EndedBy::Caller);
    world.assert_ended(Cause::Declined);
}

#[test]
fn the_user_does_not_answer() {
    let mut world = World::new();
    placed(&mut world);
    world.advance(Duration::from_secs(61));
    assert_eq!(world.ended_notice(ANN).cause, Cause::RingTimeout);
    world.assert_clean();
}

#[test]
fn what_cannot_be_placed_is_refused() {
    let mut world = World::new();
    let stranger = Originate { from_user: "eve".into(), to: "600".to_owned(), caller_id: None };
    assert_eq!(world.command(CallCommand::Originate(stranger)), Err(Refused::UnknownUser));
    assert_eq!(world.command(originate("nonsense")), Err(Refused::InvalidNumber));
    assert_eq!(world.command(originate("+1")), Err(Refused::NoRoute));
    world.disconnect(ANN);
    assert_eq!(world.command(originate("600")), Err(Refused::UserUnavailable));
    assert!(world.events.is_empty());
    world.assert_clean();
}

#[test]
fn hanging_up_a_call_that_is_gone_is_said() {
    let mut world = World::new();
    let unknown = CallId(uuid::Uuid::from_u128(9));
    assert_eq!(world.command(CallCommand::Hangup { call: unknown }), Err(Refused::UnknownCall));
    let call = placed(&mut world);
    world.command(CallCommand::Hangup { call }).unwrap();
    assert_eq!(world.command(CallCommand::Hangup { call }), Err(Refused::WrongState));
    world.assert_ended(Cause::Canceled);
}
