//! Signalling over a network that loses, doubles and turns round.

use engine::{Cause, RtcRequest};

use super::seconds;
use crate::world::{ANN, CARRIER, LineState, Offer, Quality, World, seeds};

const LOSSES: [usize; 3] = [0, 5, 20];

fn each(seeds_of: std::ops::Range<u64>, mut test: impl FnMut(World)) {
    for (seed, loss) in seeds(seeds_of).into_iter().flat_map(|seed| LOSSES.map(|loss| (seed, loss))) {
        let mut world = World::new(seed);
        world.stage.network.signalling = Quality::losing(loss);
        test(world);
    }
}

#[test]
fn a_call_out_survives_loss() {
    each(0..8, |mut world| {
        let call = world.call_out(ANN, "600");
        world.wait_for("answered", seconds(40), |world| world.browsers[ANN].calls[&call].is_answered());
        world.wait_for("the phone talks", seconds(40), |world| {
            world.line(CARRIER).state == LineState::Talking
        });
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(seconds(40));
        assert_eq!(world.outcome(call).cause, Cause::Normal);
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        world.settle();
    });
}

#[test]
fn a_call_in_survives_loss() {
    each(0..8, |mut world| {
        let line = world.call_in(CARRIER, "+4930100", Offer::Early);
        world.wait_for("answered", seconds(40), |world| world.line(CARRIER).state == LineState::Talking);
        let call = world.last_call();
        world.run(seconds(5));
        world.hang_up_phone(CARRIER, line);
        world.run(seconds(40));
        assert_eq!(world.outcome(call).cause, Cause::Normal);
        assert!(world.browsers[ANN].live().is_empty());
        world.settle();
    });
}
