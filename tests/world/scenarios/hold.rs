//! Hold and mute at the gateway: the phone's signalling hears of neither.

use engine::{CallCommand, RtcRequest};
use sip_stack::UaEvent;

use super::seconds;
use crate::world::{ANN, CARRIER, Party, SPARE, World, seeds};

#[test]
fn who_is_on_hold_hears_nobody_until_the_hold_ends() {
    for seed in seeds(0..2) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
        let parties = [Party::Browser(ANN, call), Party::Phone(CARRIER)];
        world.ask(ANN, call, RtcRequest::Hold);
        world.assert_hears(&parties, &[]);
        world.ask(ANN, call, RtcRequest::Unhold);
        world.assert_hears(&parties, &[(0, 1)]);
        let offered = |event: &UaEvent| matches!(event, UaEvent::Reoffer { .. });
        assert!(!world.phones[CARRIER].events.iter().any(offered), "the phone is told nothing");
        world.ask(ANN, call, RtcRequest::Hangup);
        world.settle();
    }
}

#[test]
fn each_way_can_be_muted_alone() {
    let mut world = World::new(1);
    let call = world.call_out(ANN, "600");
    world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
    let legs: Vec<_> =
        world.gateway.switch.call(call).expect("the call").legs.iter().map(|leg| leg.id).collect();
    let parties = [Party::Browser(ANN, call), Party::Phone(CARRIER)];
    world.command(CallCommand::Mute { call, leg: Some(legs[1]), muted: true });
    world.assert_hears_only(parties[1], parties[0]);
    world.command(CallCommand::Mute { call, leg: Some(legs[1]), muted: false });
    world.command(CallCommand::Mute { call, leg: None, muted: true });
    world.assert_hears_only(parties[0], parties[1]);
    world.ask(ANN, call, RtcRequest::Hangup);
    world.settle();
}

#[test]
fn a_browser_has_two_calls_and_talks_in_one() {
    let mut world = World::new(1);
    let first = world.call_out(ANN, "600");
    world.wait_for("the first", seconds(5), |world| world.is_talking(ANN, first, CARRIER));
    world.ask(ANN, first, RtcRequest::Hold);
    let second = world.call_out(ANN, "610");
    world.wait_for("the second", seconds(5), |world| {
        !world.phones[SPARE].lines.is_empty() && world.is_talking(ANN, second, SPARE)
    });
    let parties =
        [Party::Browser(ANN, first), Party::Phone(CARRIER), Party::Browser(ANN, second), Party::Phone(SPARE)];
    world.assert_hears(&parties, &[(2, 3)]);
    world.ask(ANN, second, RtcRequest::Hold);
    world.ask(ANN, first, RtcRequest::Unhold);
    world.assert_hears(&parties, &[(0, 1)]);
    world.ask(ANN, first, RtcRequest::Hangup);
    world.ask(ANN, second, RtcRequest::Hangup);
    world.settle();
}
