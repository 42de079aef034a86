//! INVITE and 200 are sent again and again, and it is still one call (RFC 3261 §17.2.1).

use engine::{Cause, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, CARRIER, Datagram, Offer, Quality, World, seeds};

/// Loses responses with this word, so that what they answer is sent again.
fn lose(world: &mut World, word: &'static str, mut count: usize) {
    world.stage.network.lose = Box::new(move |datagram: &Datagram| {
        let lost = datagram.is_sip() && datagram.word() == word && count > 0;
        count -= usize::from(lost);
        lost
    });
}

#[test]
fn a_repeated_invite_rings_once() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        lose(&mut world, "100", 2);
        world.call_in(CARRIER, "ann", Offer::Early);
        world.run(seconds(6));
        assert_eq!(world.browsers[ANN].calls.len(), 1);
        world.finish();
    }
}

#[test]
fn a_repeated_200_answers_once() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        lose(&mut world, "ACK", 2);
        world.stage.network.signalling = Quality { doubled: 100, ..Quality::CLEAN };
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(10), |world| world.is_talking(ANN, call, CARRIER));
        world.run(seconds(3));
        assert_eq!(world.phones[CARRIER].lines.len(), 1);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(millis(500));
        assert_eq!(world.outcome(call).cause, Cause::Normal);
        world.settle();
    }
}
