//! All sessions of a user ring, and one wins.

use engine::{Cause, RejectCause};

use super::{millis, seconds};
use crate::world::{ANN, ANN_TOO, Answering, CARRIER, LineState, Offer, World, seeds};

#[test]
fn of_two_that_accept_at_once_one_wins() {
    for seed in seeds(0..30) {
        let mut world = World::new(seed);
        world.connect(ANN_TOO);
        world.run(millis(100));
        for browser in [ANN, ANN_TOO] {
            let after = millis(500) + world.stage.chance.within(millis(20));
            world.browsers[browser].manner = Answering::Accept(after);
        }
        let line = world.call_in(CARRIER, "ann", Offer::Early);
        world.wait_for("answered", seconds(5), |world| world.line(CARRIER).state == LineState::Talking);
        world.run(seconds(1));
        let call = world.last_call();
        let (won, lost): (Vec<_>, Vec<_>) =
            [ANN, ANN_TOO].into_iter().partition(|browser| !world.browsers[*browser].live().is_empty());
        assert_eq!((won.len(), lost.len()), (1, 1), "one of both is in the call");
        let ended = world.browsers[lost[0]].calls[&call].outcome().expect("the other is told");
        assert_eq!(ended.cause, Cause::AnsweredElsewhere);
        world.assert_sound(won[0], call, CARRIER);
        world.hang_up_phone(CARRIER, line);
        world.settle();
    }
}

#[test]
fn the_last_refusal_counts() {
    for seed in seeds(0..10) {
        let mut world = World::new(seed);
        world.connect(ANN_TOO);
        world.run(millis(100));
        for (browser, after) in [(ANN, 300), (ANN_TOO, 600)] {
            world.browsers[browser].manner = Answering::Reject(millis(after), RejectCause::Busy);
        }
        world.call_in(CARRIER, "ann", Offer::Early);
        world.run(millis(450));
        assert_eq!(world.line(CARRIER).state, LineState::Trying, "one still rings");
        world.run(seconds(2));
        assert_eq!(world.outcome(world.last_call()).cause, Cause::Busy);
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        world.settle();
    }
}

#[test]
fn without_a_session_nobody_rings() {
    for seed in seeds(0..3) {
        let mut world = World::new(seed);
        world.call_in(CARRIER, "bob", Offer::Early);
        world.run(seconds(2));
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        let rang = world.browsers.iter().any(|browser| !browser.calls.is_empty());
        assert!(!rang, "no page rings");
        world.settle();
    }
}
