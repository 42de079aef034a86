//! Nobody answers.

use engine::{CallState, Cause};

use super::seconds;
use crate::world::{ANN, Answering, CARRIER, LineState, Manner, Offer, Quality, Rings, Then, World, seeds};

#[test]
fn a_phone_that_only_rings_is_given_up() {
    for (seed, loss) in seeds(0..6).into_iter().flat_map(|seed| [(seed, 0), (seed, 20)]) {
        let mut world = World::new(seed);
        world.stage.network.signalling = Quality::losing(loss);
        world.phones[CARRIER].manner = Manner { rings: Some(Rings::Plainly), then: Then::Wait };
        let call = world.call_out(ANN, "600");
        world.run(seconds(100));
        let outcome = world.outcome(call);
        assert_eq!((outcome.state, outcome.cause), (CallState::NoAnswer, Cause::RingTimeout));
        assert_eq!(world.line(CARRIER).state, LineState::Over, "the phone stops ringing");
        world.settle();
    }
}

#[test]
fn a_browser_that_only_rings_is_given_up() {
    for (seed, loss) in seeds(0..6).into_iter().flat_map(|seed| [(seed, 0), (seed, 20)]) {
        let mut world = World::new(seed);
        world.stage.network.signalling = Quality::losing(loss);
        world.browsers[ANN].manner = Answering::Ignore;
        world.call_in(CARRIER, "ann", Offer::Early);
        world.run(seconds(120));
        assert_eq!(world.outcome(world.last_call()).cause, Cause::RingTimeout);
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        assert!(world.browsers[ANN].live().is_empty(), "the page stops ringing");
        world.settle();
    }
}
