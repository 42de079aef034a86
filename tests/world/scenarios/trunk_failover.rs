//! A trunk that fails, and the next one.

use std::time::Duration;

use engine::{Cause, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, CARRIER, LineState, Manner, Rings, SPARE, Then, World, seeds};

#[test]
fn a_trunk_that_refuses_is_passed_over() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        world.phones[CARRIER].manner = Manner { rings: None, then: Then::Refuse(millis(300), 503) };
        let call = world.call_out(ANN, "+4930");
        world.wait_for("talking", seconds(10), |world| {
            !world.phones[SPARE].lines.is_empty() && world.is_talking(ANN, call, SPARE)
        });
        world.run(seconds(1));
        world.assert_sound(ANN, call, SPARE);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.settle();
    }
}

/// The second call does not wait for it any more; once it is back, calls go there again.
#[test]
fn a_trunk_that_is_gone_is_passed_over_until_it_is_back() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        let host = world.phones[CARRIER].address.ip();
        world.stage.network.kill(host);
        talk_and_hang_up(&mut world, SPARE, seconds(60));
        talk_and_hang_up(&mut world, SPARE, seconds(2));
        world.stage.network.revive();
        world.run(seconds(120));
        talk_and_hang_up(&mut world, CARRIER, seconds(2));
        world.settle();
    }
}

fn talk_and_hang_up(world: &mut World, trunk: usize, within: Duration) {
    let call = world.call_out(ANN, "+4930");
    world.wait_for("talking", within, |world| {
        !world.phones[trunk].lines.is_empty() && world.is_talking(ANN, call, trunk)
    });
    world.ask(ANN, call, RtcRequest::Hangup);
    world.run(seconds(1));
}

#[test]
fn a_number_that_is_busy_is_busy_everywhere() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        world.phones[CARRIER].manner =
            Manner { rings: Some(Rings::Plainly), then: Then::Refuse(millis(300), 486) };
        let call = world.call_out(ANN, "+4930");
        world.run(seconds(5));
        assert_eq!(world.outcome(call).cause, Cause::Busy);
        assert!(world.phones[SPARE].lines.is_empty());
        world.settle();
    }
}

#[test]
fn when_all_trunks_fail_the_caller_hears_why() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        for phone in [CARRIER, SPARE] {
            world.phones[phone].manner = Manner { rings: None, then: Then::Refuse(millis(100), 503) };
        }
        let call = world.call_out(ANN, "+4930");
        world.run(seconds(5));
        let ended = world.browsers[ANN].calls[&call].outcome().expect("the page hears of the end");
        assert_eq!((ended.cause, ended.sip_code), (Cause::TrunkUnreachable, Some(503)));
        assert_eq!(world.line(SPARE).state, LineState::Over);
        world.settle();
    }
}
