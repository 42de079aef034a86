//! A side is gone without a word.

use engine::{Cause, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, CARRIER, LineState, World, seeds};

/// A call in which both speak.
fn conversation(seed: u64) -> (World, engine::CallId) {
    let mut world = World::new(seed);
    let call = world.call_out(ANN, "600");
    world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
    world.run(seconds(1));
    world.assert_sound(ANN, call, CARRIER);
    (world, call)
}

#[test]
fn silence_of_the_trunk_ends_the_call() {
    for seed in seeds(0..4) {
        let (mut world, call) = conversation(seed);
        let host = world.phones[CARRIER].address.ip();
        world.stage.network.kill(host);
        world.run(seconds(60));
        assert_eq!(world.outcome(call).cause, Cause::MediaTimeout);
        let ended = world.browsers[ANN].calls[&call].outcome();
        assert!(ended.is_some(), "the page hears of the end");
        let line = world.phones[CARRIER].last();
        world.stage.network.revive();
        world.hang_up_phone(CARRIER, line);
        world.settle();
    }
}

#[test]
fn a_browser_without_connection_is_given_up() {
    for seed in seeds(0..4) {
        let (mut world, call) = conversation(seed);
        world.stage.network.media.loss = 100;
        world.run(seconds(70));
        let cause = world.outcome(call).cause;
        assert!(matches!(cause, Cause::MediaFailed | Cause::MediaTimeout), "{cause:?}");
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        world.settle();
    }
}

#[test]
fn a_trunk_that_died_before_it_answered_is_given_up() {
    for seed in seeds(0..4) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.run(millis(400));
        let host = world.phones[CARRIER].address.ip();
        world.stage.network.kill(host);
        world.run(seconds(100));
        assert_eq!(world.outcome(call).cause, Cause::RingTimeout);
        world.settle();
    }
}

#[test]
fn a_bye_that_nobody_answers_is_not_waited_for() {
    for seed in seeds(0..4) {
        let (mut world, call) = conversation(seed);
        let host = world.phones[CARRIER].address.ip();
        world.stage.network.kill(host);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(millis(500));
        assert_eq!(world.outcome(call).cause, Cause::Normal);
        assert_eq!(world.line(CARRIER).state, LineState::Talking, "it cannot know");
        world.stage.network.revive();
        world.wait_for("the repeated BYE arrives", seconds(10), |world| {
            world.line(CARRIER).state == LineState::Over
        });
        world.settle();
    }
}
