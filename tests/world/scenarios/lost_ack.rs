//! The ACK of a 2xx is lost (RFC 3261 §13.3.1.4).

use engine::{Cause, RtcRequest};

use super::seconds;
use crate::world::{ANN, CARRIER, Datagram, LineState, Offer, World, seeds};

/// Loses the first `count` ACKs.
fn lose_acks(world: &mut World, mut count: usize) {
    world.stage.network.lose = Box::new(move |datagram: &Datagram| {
        let lost = datagram.is_sip() && datagram.word() == "ACK" && count > 0;
        count -= usize::from(lost);
        lost
    });
}

#[test]
fn a_few_lost_acks_do_no_harm() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        lose_acks(&mut world, 3);
        let call = world.call_out(ANN, "600");
        world.wait_for("talking", seconds(10), |world| world.is_talking(ANN, call, CARRIER));
        world.run(seconds(5));
        let said = |word| world.stage.wire.iter().filter(|(_, datagram)| datagram.word() == word).count();
        assert!(said("ACK") >= 4, "each repeated 200 draws an ACK");
        world.assert_sound(ANN, call, CARRIER);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.settle();
    }
}

#[test]
fn without_any_ack_the_call_ends_on_both_sides() {
    for seed in seeds(0..5) {
        let mut world = World::new(seed);
        lose_acks(&mut world, usize::MAX);
        world.call_in(CARRIER, "ann", Offer::Early);
        world.wait_for("answered", seconds(5), |world| world.line(CARRIER).state == LineState::Talking);
        let now = world.stage.now;
        world.line_mut(CARRIER).speak(700, seconds(1), now);
        world.run(seconds(40));
        let call = world.last_call();
        assert_eq!(world.outcome(call).cause, Cause::TrunkUnreachable);
        assert_eq!(world.line(CARRIER).state, LineState::Over, "the gateway says BYE to a deaf caller");
        world.settle();
    }
}
