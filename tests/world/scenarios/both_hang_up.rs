//! Both ends hang up at once.

use engine::{Cause, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, CARRIER, LineState, Quality, World, seeds};

#[test]
fn both_ends_hang_up_at_once() {
    for (seed, loss) in seeds(0..20).into_iter().flat_map(|seed| [(seed, 0), (seed, 20)]) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
        world.stage.network.signalling = Quality::losing(loss);
        world.ask(ANN, call, RtcRequest::Hangup);
        let apart = world.stage.chance.within(millis(80));
        world.run(apart);
        let line = world.phones[CARRIER].last();
        world.hang_up_phone(CARRIER, line);
        world.run(seconds(40));
        assert_eq!(world.outcome(call).cause, Cause::Normal);
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        world.settle();
    }
}
