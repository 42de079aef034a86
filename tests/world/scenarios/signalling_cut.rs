//! A page's WebSocket is cut and comes back; the call does not care.

use engine::{CallFact, Cause, EndedBy, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, CARRIER, LineState, Offer, World, seeds};

#[test]
fn both_sides_hear_each_other_all_along_and_the_trunk_notices_nothing() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
        world.run(seconds(1));
        let before = world.stage.wire.len();
        world.cut(ANN);
        world.run(seconds(18));
        world.assert_sound(ANN, call, CARRIER);
        world.resume(ANN);
        world.run(seconds(1));
        assert_eq!(world.stage.wire.len(), before, "not one SIP message");
        let lost = world.stage.ledger.facts.iter().filter(|(_, fact)| *fact == CallFact::LegReconnecting);
        assert_eq!(lost.count(), 1);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(seconds(1));
        let outcome = world.outcome(call);
        assert_eq!((outcome.by, outcome.cause), (EndedBy::Caller, Cause::Normal));
        world.settle();
    }
}

#[test]
fn a_cut_at_any_moment_of_the_set_up_costs_neither_the_call_nor_a_second_one() {
    for seed in seeds(0..40) {
        let mut world = World::new(seed);
        let into = world.stage.chance.within(seconds(2));
        let long = world.stage.chance.within(seconds(10));
        let call = world.call_out(ANN, "600");
        world.run(into);
        world.cut(ANN);
        world.run(long);
        world.resume(ANN);
        world.wait_for("talking", seconds(8), |world| world.is_talking(ANN, call, CARRIER));
        assert_eq!(world.phones[CARRIER].lines.len(), 1);
        world.run(seconds(1));
        world.assert_sound(ANN, call, CARRIER);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.settle();
    }
}

#[test]
fn a_phone_rings_a_page_that_is_away_until_it_is_back() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        world.cut(ANN);
        world.run(millis(100));
        let line = world.call_in(CARRIER, "ann", Offer::Early);
        world.run(seconds(10));
        assert_eq!(world.line(CARRIER).state, LineState::Trying);
        world.resume(ANN);
        world.wait_for("answered", seconds(5), |world| world.line(CARRIER).state == LineState::Talking);
        let call = world.last_call();
        world.run(seconds(1));
        world.assert_sound(ANN, call, CARRIER);
        world.hang_up_phone(CARRIER, line);
        world.run(seconds(1));
        assert!(world.browsers[ANN].calls[&call].outcome().is_some());
        world.settle();
    }
}

#[test]
fn what_ends_meanwhile_is_told_on_return() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
        world.cut(ANN);
        let line = world.phones[CARRIER].last();
        world.hang_up_phone(CARRIER, line);
        world.run(seconds(3));
        assert!(world.browsers[ANN].calls[&call].outcome().is_none());
        world.resume(ANN);
        world.run(millis(100));
        let outcome = world.browsers[ANN].calls[&call].outcome().expect("the page is told");
        assert_eq!((outcome.by, outcome.cause), (EndedBy::Callee, Cause::Normal));
        world.settle();
    }
}
