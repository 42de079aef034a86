//! Who may call whom, and how often at one time.

use engine::{CallId, Grants, Refused, RtcRequest, SessionId, Start};
use uuid::Uuid;

use crate::world::{ANN, ANN_TOO, BOB, CALL, CARRIER, World, accept, config, directory, start};

fn call(number: u128) -> CallId {
    CallId(Uuid::from_u128(number))
}

#[test]
fn grants_bound_destinations_and_caller_ids() {
    let mut world = World::new();
    let grants = Grants {
        destinations: vec!["60x".parse().unwrap()],
        caller_ids: vec!["+4930*".parse().unwrap()],
        inbound: true,
        calls_max: None,
    };
    world.connect(BOB, "bob", grants);
    assert_eq!(world.ask(BOB, CALL, start("+49301")), Err(Refused::DestinationForbidden));
    let from = |from: &str| {
        let (to, sdp) = ("600".to_owned(), "v=0".to_owned());
        RtcRequest::Start(Start { to, from: Some(from.to_owned()), sdp, headers: Vec::new() })
    };
    assert_eq!(world.ask(BOB, CALL, from("+1900")), Err(Refused::CallerIdForbidden));
    assert_eq!(world.ask(BOB, CALL, from("\r\nVia: x")), Err(Refused::CallerIdForbidden));
    world.ask(BOB, CALL, from("+4930 5")).unwrap();
    assert_eq!(world.invites()[0].1.from.uri.to_string(), "sip:+49305@carrier.example");
}

#[test]
fn what_cannot_be_dialled_is_refused() {
    let mut world = World::new();
    assert_eq!(world.start("hello"), Err(Refused::InvalidNumber));
    assert_eq!(world.start("+1"), Err(Refused::NoRoute));
    assert_eq!(world.ask(BOB, CALL, start("600")), Err(Refused::UnknownSession));
    assert!(world.events.is_empty());
    world.assert_clean();
}

#[test]
fn a_call_id_is_used_once() {
    let mut world = World::new();
    world.start("600").unwrap();
    assert_eq!(world.start("600"), Err(Refused::CallExists));
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!(world.start("600"), Err(Refused::CallExists));
}

#[test]
fn sessions_users_and_the_node_have_limits() {
    let mut config = config();
    config.limits.session = 2;
    config.limits.user = 3;
    config.limits.node = 4;
    let mut world = World::with(config, directory());
    world.connect(ANN_TOO, "ann", Grants::all());
    world.connect(BOB, "bob", Grants::all());
    let mut place = |session: SessionId, number| world.ask(session, call(number), start("600")).map(|_| ());
    assert_eq!([place(ANN, 1), place(ANN, 2)], [Ok(()), Ok(())]);
    assert_eq!(place(ANN, 3), Err(Refused::LimitReached));
    assert_eq!(place(ANN_TOO, 4), Ok(()));
    assert_eq!(place(ANN_TOO, 5), Err(Refused::LimitReached));
    assert_eq!(place(BOB, 6), Ok(()));
    assert_eq!(place(BOB, 7), Err(Refused::LimitReached));
    world.ask(ANN, call(1), RtcRequest::Hangup).unwrap();
    world.ask(ANN, call(8), start("600")).unwrap();
}

#[test]
fn a_full_trunk_is_skipped_or_refuses() {
    let mut directory = directory();
    for trunk in directory.trunks.values_mut() {
        trunk.calls_max = Some(1);
    }
    let mut world = World::with(config(), directory);
    world.connect(BOB, "bob", Grants::all());
    world.ask(BOB, call(1), start("+491")).unwrap();
    world.ask(BOB, call(2), start("+491")).unwrap();
    let uris: Vec<_> = world.invites().iter().map(|(_, invite)| invite.uri.to_string()).collect();
    assert_eq!(uris, ["sip:+491@carrier.example", "sip:+491@spare.example"]);
    world.ask(BOB, call(3), start("+491")).unwrap();
    assert_eq!(world.ended_notice(BOB).cause, engine::Cause::LimitReached);
    let id = world.incoming(CARRIER, "ann", Some("v=0"));
    assert_eq!(world.hangups(id), [503]);
}

#[test]
fn a_user_at_the_limit_is_busy_to_callers() {
    let mut config = config();
    config.limits.user = 1;
    let mut world = World::with(config, directory());
    world.start("600").unwrap();
    let id = world.incoming(CARRIER, "ann", Some("v=0"));
    assert_eq!(world.hangups(id), [486]);
}

#[test]
fn nobody_touches_another_sessions_call() {
    let (mut world, _) = World::talking();
    world.connect(BOB, "bob", Grants::all());
    for request in [RtcRequest::Hangup, accept(), RtcRequest::Mute { muted: true }] {
        assert_eq!(world.ask(BOB, CALL, request), Err(Refused::UnknownCall));
    }
    assert_eq!(world.switch.live_calls(), 1);
}

#[test]
fn ended_calls_are_kept_up_to_a_bound() {
    let mut config = config();
    config.ended_max = 2;
    let mut world = World::with(config, directory());
    for number in 1..=3 {
        world.ask(ANN, call(number), start("600")).unwrap();
        world.ask(ANN, call(number), RtcRequest::Hangup).unwrap();
        world.advance(std::time::Duration::from_secs(1));
    }
    let kept: Vec<_> = world.switch.calls().map(|call| call.id).collect();
    assert_eq!(kept, [call(3), call(2)]);
    assert_eq!(world.switch.call(call(1)), None);
}
