//! A proxy forks, and both phones answer (RFC 3261 §13.2.2.4).

use engine::{Cause, RtcRequest};

use super::{millis, seconds};
use crate::world::{ANN, DESK, LineState, MOBILE, Manner, Rings, Then, World, seeds};

fn talking(world: &World) -> Vec<usize> {
    [DESK, MOBILE].into_iter().filter(|phone| world.line(*phone).state == LineState::Talking).collect()
}

#[test]
fn one_of_two_answers_is_kept_and_the_other_ended() {
    for seed in seeds(0..20) {
        let mut world = World::new(seed);
        for phone in [DESK, MOBILE] {
            let answers = millis(1000) + world.stage.chance.within(millis(30));
            let rings = Some(if phone == DESK { Rings::WithSound } else { Rings::Plainly });
            world.phones[phone].manner = Manner { rings, then: Then::Answer(answers) };
        }
        let call = world.call_out(ANN, "71");
        world.wait_for("answered", seconds(5), |world| world.browsers[ANN].calls[&call].is_answered());
        world.run(seconds(2));
        let kept = talking(&world);
        assert_eq!(kept.len(), 1, "one phone talks, the other was told good-bye");
        world.assert_sound(ANN, call, kept[0]);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(seconds(2));
        assert!(talking(&world).is_empty());
        assert_eq!(world.outcome(call).cause, Cause::Normal);
        world.settle();
    }
}

#[test]
fn a_caller_who_gives_up_leaves_no_fork_behind() {
    for seed in seeds(0..20) {
        let mut world = World::new(seed);
        for phone in [DESK, MOBILE] {
            world.phones[phone].manner =
                Manner { rings: Some(Rings::Plainly), then: Then::Answer(millis(1000)) };
        }
        let call = world.call_out(ANN, "71");
        let given_up = millis(950) + world.stage.chance.within(millis(150));
        world.run(given_up);
        world.ask(ANN, call, RtcRequest::Hangup);
        world.run(seconds(40));
        assert!(talking(&world).is_empty());
        let cause = world.outcome(call).cause;
        assert!(matches!(cause, Cause::Canceled | Cause::Normal), "{cause:?}");
        world.settle();
    }
}
