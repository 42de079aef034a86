//! The trunk renegotiates, also while something else is on its way (RFC 3261 §14).

use engine::{CallFact, CallId, HeldBy, RtcNotice, RtcRequest};
use media::Direction;

use super::{millis, seconds};
use crate::world::{ANN, Agent, CARRIER, LineState, Quality, World, seeds};

fn reoffer(world: &mut World, direction: Direction) {
    let phone = &mut world.phones[CARRIER];
    let line = phone.last();
    phone.reoffer(&mut world.stage, line, direction).expect("a phone that may offer");
}

/// How many descriptions the browser got.
fn descriptions(world: &World, call: CallId) -> usize {
    let notices = &world.browsers[ANN].calls[&call].notices;
    notices.iter().filter(|notice| matches!(notice, RtcNotice::Description { .. })).count()
}

#[test]
fn a_hold_leaves_the_browser_alone_and_ends_where_it_began() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
        world.run(seconds(1));
        let notices = descriptions(&world, call);
        reoffer(&mut world, Direction::SendOnly);
        world.run(seconds(1));
        reoffer(&mut world, Direction::SendRecv);
        world.run(seconds(1));
        let facts: Vec<_> = world.stage.ledger.facts.iter().map(|(_, fact)| fact).collect();
        assert!(
            facts.contains(&&CallFact::Held { by: HeldBy::Far })
                && facts.contains(&&CallFact::Unheld { by: HeldBy::Far }),
            "{facts:?}"
        );
        assert_eq!(descriptions(&world, call), notices, "the browser hears of no description");
        world.assert_sound(ANN, call, CARRIER);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.settle();
    }
}

/// The gateway never offers anew by itself, so it is made to here, behind the switch's back.
#[test]
fn offers_that_cross_are_both_settled() {
    for (seed, loss) in seeds(0..15).into_iter().flat_map(|seed| [(seed, 0), (seed, 20)]) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
        world.run(seconds(1));
        let now = world.stage.now;
        world.line_mut(CARRIER).speak(700, seconds(1), now);
        world.stage.network.signalling = Quality::losing(loss);
        world.gateway.reoffer(&mut world.stage);
        let apart = world.stage.chance.within(millis(8));
        world.run(apart);
        reoffer(&mut world, Direction::SendRecv);
        world.run(seconds(60));
        assert_eq!(world.line(CARRIER).state, LineState::Talking, "glare ends no call");
        let mut settled = world.stage.ledger.settled.clone();
        settled.sort_unstable();
        assert_eq!(settled, [(Agent::Gateway, 200), (Agent::Phone(CARRIER), 200)]);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.settle();
    }
}

#[test]
fn a_reinvite_that_crosses_the_end_leaves_nothing() {
    for seed in seeds(0..15) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
        world.run(seconds(1));
        reoffer(&mut world, Direction::SendOnly);
        let apart = world.stage.chance.within(millis(60));
        world.run(apart);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(seconds(5));
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        world.settle();
    }
}
