//! A page is gone: closed, crashed, out of coverage.

use engine::{Cause, EndedBy};

use super::{millis, seconds};
use crate::world::{ANN, Answering, CARRIER, LineState, Offer, World, seeds};

#[test]
fn the_phone_is_told_whatever_the_call_was_doing() {
    for seed in seeds(0..30) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        let into = world.stage.chance.within(seconds(2));
        world.run(into);
        world.vanish(ANN);
        world.run(seconds(5));
        if world.stage.ledger.ended.contains_key(&call) {
            let outcome = world.outcome(call);
            assert_eq!((outcome.by, outcome.cause), (EndedBy::System, Cause::SessionLost));
        }
        assert!(world.phones[CARRIER].live().is_empty(), "no phone talks to a page that is gone");
        world.settle();
    }
}

#[test]
fn a_phone_that_rings_a_lost_page_hears_so() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        world.browsers[ANN].manner = Answering::Ignore;
        world.call_in(CARRIER, "ann", Offer::Early);
        world.run(seconds(2));
        world.vanish(ANN);
        world.run(millis(500));
        assert_eq!(world.outcome(world.last_call()).cause, Cause::Unavailable);
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        world.settle();
    }
}
