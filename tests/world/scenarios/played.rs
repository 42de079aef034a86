//! Sounds that a program has played: heard where they are meant to be, in place of the other side, and not after.

use engine::{CallCommand, Playlist, RtcRequest, Sound};
use media::source::{Repeat, Source, Tone};

use super::{millis, seconds};
use crate::world::{ANN, CARRIER, Party, World};

/// A busy tone, as it were, without its pauses: 425 Hz at -10 dBm0.
const TONE: Tone = Tone { frequencies: [425, 0, 0], cadence: &[] };

#[test]
fn a_tone_is_heard_by_one_side_until_it_is_stopped() {
    let mut world = World::new(3);
    let call = world.call_out(ANN, "600");
    world.wait_for("talking", seconds(5), |world| world.is_talking(ANN, call, CARRIER));
    let far = world.gateway.switch.call(call).expect("the call").legs[1].id;
    let parties = [Party::Browser(ANN, call), Party::Phone(CARRIER)];
    world.assert_hears(&parties, &[(0, 1)]);
    let sounds = vec![Sound { name: "tone".to_owned(), source: Source::Tone(TONE) }];
    let playlist = Playlist { sounds, repeat: Repeat::Once, volume_db: 0 };
    world.command(CallCommand::Play { call, leg: Some(far), playlist });
    world.run(seconds(1));
    assert!(world.hears(parties[1], 425), "the phone hears the tone");
    assert!(!world.hears(parties[1], 700), "the phone hears the browser no more");
    assert!(world.hears(parties[0], 1100), "the browser hears the phone as before");
    assert!(!world.hears(parties[0], 425), "the browser hears the tone");
    world.command(CallCommand::StopPlay { call, leg: None });
    world.run(millis(700));
    assert!(!world.hears(parties[1], 425), "the phone hears the tone after its end");
    assert!(world.hears(parties[1], 700), "the phone hears the browser again");
    world.ask(ANN, call, RtcRequest::Hangup);
    world.settle();
}
