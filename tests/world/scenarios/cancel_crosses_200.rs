//! The caller gives up in the moment that the callee answers (RFC 3261 §9.1).

use engine::{Cause, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, Answering, CARRIER, LineState, Manner, Offer, Rings, Then, World, seeds};

#[test]
fn a_browser_gives_up_while_the_phone_answers() {
    for seed in seeds(0..40) {
        let mut world = World::new(seed);
        let answers = millis(1000);
        world.phones[CARRIER].manner = Manner { rings: Some(Rings::Plainly), then: Then::Answer(answers) };
        let call = world.call_out(ANN, "600");
        world.wait_for("rings", seconds(5), |world| !world.phones[CARRIER].lines.is_empty());
        let crossing = millis(920) + world.stage.chance.within(millis(100));
        world.run(crossing);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(seconds(2));
        let cause = world.outcome(call).cause;
        assert!(matches!(cause, Cause::Canceled | Cause::Normal), "{cause:?}");
        assert_eq!(world.line(CARRIER).state, LineState::Over, "no phone is left talking to nobody");
        world.settle();
    }
}

#[test]
fn a_phone_gives_up_while_the_browser_answers() {
    for seed in seeds(0..40) {
        let mut world = World::new(seed);
        world.browsers[ANN].manner = Answering::Accept(millis(800));
        let line = world.call_in(CARRIER, "ann", Offer::Early);
        let crossing = millis(780) + world.stage.chance.within(millis(300));
        world.run(crossing);
        world.hang_up_phone(CARRIER, line);
        world.run(seconds(3));
        assert_eq!(world.line(CARRIER).state, LineState::Over);
        let cause = world.outcome(world.last_call()).cause;
        assert!(matches!(cause, Cause::Canceled | Cause::Normal), "{cause:?}");
        assert!(world.browsers[ANN].live().is_empty(), "the page does not go on ringing");
        world.settle();
    }
}
