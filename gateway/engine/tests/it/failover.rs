//! A trunk that fails, the next one, and what is remembered of it.

use std::time::Duration;

use engine::{CallId, Cause, RtcRequest, SipCommand};
use sip_stack::{RegistrationId, UaEvent};
use uuid::Uuid;

use crate::world::{ANN, World, start};

fn call(number: u128) -> CallId {
    CallId(Uuid::from_u128(number))
}

/// The hosts that were called, in order.
fn tried(world: &World) -> Vec<String> {
    world.invites().iter().map(|(_, invite)| invite.uri.host.to_string()).collect()
}

/// Places a call that nobody answers until it is hung up.
fn place(world: &mut World, number: u128) {
    world.ask(ANN, call(number), start("+49301")).unwrap();
}

fn give_up(world: &mut World, number: u128) {
    world.ask(ANN, call(number), RtcRequest::Hangup).unwrap();
}

/// The questions whether a trunk is there.
fn probes(world: &World) -> Vec<(RegistrationId, String)> {
    let probes = world.sip.iter().filter_map(|command| match command {
        SipCommand::Options(id, uri, _) => Some((*id, uri.to_string())),
        _ => None,
    });
    probes.collect()
}

#[test]
fn each_failure_of_a_trunk_leads_to_the_next() {
    let failures = [(408, true), (503, true)].into_iter();
    for (code, synthetic) in
        failures.chain([408, 480, 500, 502, 503, 504, 513, 580].map(|code| (code, false)))
    {
        let mut world = World::new();
        world.start("+49301").unwrap();
        world.fail(world.last_invite(), code, synthetic);
        assert_eq!(tried(&world), ["carrier.example", "spare.example"], "{code} {synthetic}");
    }
}

#[test]
fn the_numbers_own_answer_leads_to_no_other_trunk() {
    for code in [403, 404, 410, 484, 486, 488, 600, 603, 604] {
        let mut world = World::new();
        world.start("+49301").unwrap();
        world.fail(world.last_invite(), code, false);
        assert_eq!(tried(&world), ["carrier.example"], "{code}");
        world.assert_clean();
    }
}

#[test]
fn a_phone_that_rang_in_vain_is_not_rung_again() {
    for code in [408, 480] {
        let mut world = World::new();
        world.start("+49301").unwrap();
        let id = world.last_invite();
        world.progress(id, 180, None);
        world.fail(id, code, false);
        assert_eq!(tried(&world), ["carrier.example"], "{code}");
        world.assert_clean();
    }
}

#[test]
fn a_trunk_known_dead_costs_no_time() {
    let mut world = World::new();
    place(&mut world, 1);
    world.fail(world.last_invite(), 408, true);
    give_up(&mut world, 1);
    place(&mut world, 2);
    assert_eq!(tried(&world), ["carrier.example", "spare.example", "spare.example"]);
    give_up(&mut world, 2);
}

#[test]
fn a_trunk_that_answers_a_ping_takes_calls_again() {
    let mut world = World::new();
    place(&mut world, 1);
    world.fail(world.last_invite(), 503, true);
    give_up(&mut world, 1);
    assert!(probes(&world).is_empty());
    world.advance(Duration::from_secs(6));
    let [(first, uri)] = &probes(&world)[..] else { panic!("{:?}", probes(&world)) };
    assert_eq!(uri, "sip:carrier.example");
    world.sip_event(UaEvent::OptionsAnswered { id: *first, code: 408 });
    place(&mut world, 2);
    give_up(&mut world, 2);
    world.advance(Duration::from_secs(11));
    let (second, _) = probes(&world)[1];
    world.sip_event(UaEvent::OptionsAnswered { id: second, code: 404 });
    place(&mut world, 3);
    give_up(&mut world, 3);
    let hosts = tried(&world);
    assert_eq!(hosts[2..], ["spare.example", "carrier.example"]);
    world.advance(Duration::from_secs(600));
    assert_eq!(probes(&world).len(), 2, "the living are not asked");
}

#[test]
fn a_refusal_is_a_sign_of_life() {
    let mut world = World::new();
    place(&mut world, 1);
    world.fail(world.last_invite(), 503, false);
    give_up(&mut world, 1);
    place(&mut world, 2);
    assert_eq!(tried(&world)[2], "carrier.example");
    give_up(&mut world, 2);
}

#[test]
fn when_all_are_dead_one_is_tried_all_the_same() {
    let mut world = World::new();
    place(&mut world, 1);
    world.fail(world.last_invite(), 408, true);
    world.fail(world.last_invite(), 408, true);
    place(&mut world, 2);
    world.fail(world.last_invite(), 408, true);
    assert_eq!(tried(&world), ["carrier.example", "spare.example", "carrier.example"]);
    assert_eq!(world.switch.call(call(2)).unwrap().outcome.unwrap().cause, Cause::TrunkUnreachable);
    world.assert_clean();
}

#[test]
fn a_trunk_that_leaves_pings_alone_is_tried_by_a_call_after_a_while() {
    let mut world = World::new();
    place(&mut world, 1);
    world.fail(world.last_invite(), 408, true);
    give_up(&mut world, 1);
    world.advance(Duration::from_secs(590));
    place(&mut world, 2);
    give_up(&mut world, 2);
    world.advance(Duration::from_secs(20));
    place(&mut world, 3);
    assert_eq!(tried(&world)[2..], ["spare.example", "carrier.example"]);
    let asked = probes(&world).len();
    assert!((9..=14).contains(&asked), "{asked} pings in ten minutes");
    give_up(&mut world, 3);
}

#[test]
fn a_command_that_could_not_be_sent_says_nothing_about_the_trunk() {
    let mut world = World::new();
    place(&mut world, 1);
    let first = world.last_invite();
    world.switch.handle_sip_refused(world.now, first);
    world.drain();
    give_up(&mut world, 1);
    place(&mut world, 2);
    assert_eq!(tried(&world)[2], "carrier.example");
    give_up(&mut world, 2);
}
