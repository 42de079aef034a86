//! Calls that are handed over, with real sound: who hears whom at each step.

use engine::{CallId, Cause, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, BOB, CARRIER, LineState, Manner, Offer, Party, Rings, SPARE, Then, World, seeds};

/// Ann talks to the carrier's phone.
fn talking(seed: u64) -> (World, CallId) {
    let mut world = World::new(seed);
    let call = world.call_out(ANN, "600");
    world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
    (world, call)
}

fn wait_for_spare(world: &mut World) {
    world.wait_for("the target talks", seconds(10), |world| {
        !world.phones[SPARE].lines.is_empty() && world.line(SPARE).state == LineState::Talking
    });
    world.run(millis(200));
}

fn transfer(to: &str) -> RtcRequest {
    RtcRequest::Transfer { to: to.to_owned() }
}

fn consult(to: &str) -> RtcRequest {
    RtcRequest::Consult { to: to.to_owned() }
}

#[test]
fn a_blind_transfer_leaves_the_outer_two_talking() {
    for seed in seeds(0..2) {
        let (mut world, call) = talking(seed);
        world.ask(ANN, call, transfer("610"));
        wait_for_spare(&mut world);
        world.assert_hears(&[Party::Phone(CARRIER), Party::Phone(SPARE)], &[(0, 1)]);
        let ended = world.browsers[ANN].calls[&call].outcome().expect("the browser is out");
        assert_eq!(ended.cause, Cause::Transferred);
        let line = world.phones[SPARE].last();
        world.hang_up_phone(SPARE, line);
        world.run(seconds(1));
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        world.settle();
    }
}

#[test]
fn a_transfer_that_fails_brings_the_two_together_again() {
    let (mut world, call) = talking(1);
    world.phones[SPARE].manner = Manner { rings: Some(Rings::Plainly), then: Then::Refuse(seconds(4), 486) };
    world.ask(ANN, call, transfer("610"));
    let parties = [Party::Browser(ANN, call), Party::Phone(CARRIER)];
    world.assert_hears(&parties, &[]);
    world.run(seconds(3));
    world.assert_hears(&parties, &[(0, 1)]);
    world.ask(ANN, call, RtcRequest::Hangup);
    world.settle();
}

#[test]
fn an_attended_transfer_first_consults_then_leaves_the_outer_two_talking() {
    for seed in seeds(0..2) {
        let (mut world, call) = talking(seed);
        world.ask(ANN, call, consult("610"));
        wait_for_spare(&mut world);
        let parties = [Party::Browser(ANN, call), Party::Phone(CARRIER), Party::Phone(SPARE)];
        world.assert_hears(&parties, &[(0, 2)]);
        world.ask(ANN, call, RtcRequest::CompleteTransfer);
        world.run(millis(200));
        assert!(world.browsers[ANN].calls[&call].outcome().is_some(), "the browser is out");
        world.assert_hears(&parties[1..], &[(0, 1)]);
        let line = world.phones[CARRIER].last();
        world.hang_up_phone(CARRIER, line);
        world.settle();
    }
}

#[test]
fn a_consultation_that_is_taken_back_goes_on_where_it_was() {
    let (mut world, call) = talking(1);
    world.ask(ANN, call, consult("610"));
    wait_for_spare(&mut world);
    world.ask(ANN, call, RtcRequest::CancelTransfer);
    world.run(millis(200));
    assert_eq!(world.line(SPARE).state, LineState::Over);
    world.assert_hears(&[Party::Browser(ANN, call), Party::Phone(CARRIER)], &[(0, 1)]);
    world.ask(ANN, call, RtcRequest::Hangup);
    world.settle();
}

#[test]
fn a_phones_call_is_handed_from_user_to_user() {
    for kind in [transfer, consult] {
        let mut world = World::new(1);
        world.connect(BOB);
        let line = world.call_in(CARRIER, "+4930100", Offer::Early);
        world.wait_for("answered", seconds(5), |world| world.line(CARRIER).state == LineState::Talking);
        let call = world.last_call();
        world.run(seconds(1));
        world.ask(ANN, call, kind("bob"));
        world.wait_for("bob answers", seconds(10), |world| {
            world.browsers[BOB].calls.get(&call).is_some_and(|view| view.is_answered())
        });
        world.run(millis(500));
        if world.browsers[ANN].calls[&call].outcome().is_none() {
            let parties = [Party::Browser(ANN, call), Party::Browser(BOB, call), Party::Phone(CARRIER)];
            world.assert_hears(&parties, &[(0, 1)]);
            world.ask(ANN, call, RtcRequest::CompleteTransfer);
            world.run(millis(500));
        }
        world.assert_hears(&[Party::Browser(BOB, call), Party::Phone(CARRIER)], &[(0, 1)]);
        world.hang_up_phone(CARRIER, line);
        world.settle();
    }
}
