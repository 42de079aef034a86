//! A call each way, with real sound.

use engine::{Cause, EndedBy, RtcRequest};

use super::seconds;
use crate::world::{ANN, CARRIER, LineState, Offer, World, seeds};

#[test]
fn a_browser_calls_a_phone_and_hangs_up() {
    for seed in seeds(0..2) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("answered", seconds(5), |world| world.browsers[ANN].calls[&call].is_answered());
        world.run(seconds(1));
        world.assert_sound(ANN, call, CARRIER);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(seconds(1));
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        let outcome = world.outcome(call);
        assert_eq!((outcome.by, outcome.cause), (EndedBy::Caller, Cause::Normal));
        world.settle();
    }
}

#[test]
fn a_phone_calls_a_browser_and_hangs_up() {
    for (seed, offer) in seeds(0..2).into_iter().flat_map(|seed| [(seed, Offer::Early), (seed, Offer::Late)])
    {
        let mut world = World::new(seed);
        let line = world.call_in(CARRIER, "+4930100", offer);
        world.wait_for("answered", seconds(5), |world| world.line(CARRIER).state == LineState::Talking);
        let call = world.last_call();
        world.run(seconds(1));
        world.assert_sound(ANN, call, CARRIER);
        world.hang_up_phone(CARRIER, line);
        world.run(seconds(1));
        let outcome = world.outcome(call);
        assert_eq!((outcome.by, outcome.cause), (EndedBy::Caller, Cause::Normal));
        assert!(world.browsers[ANN].calls[&call].outcome().is_some());
        world.settle();
    }
}
