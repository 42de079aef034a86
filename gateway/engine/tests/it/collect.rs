//! Keys that a program collects.

use std::time::Duration;

use engine::{
    CallCommand, CallFact, Collect, CollectEnding, CollectId, Collected, LegId, PlayEnding, Playlist,
    Privacy, Refused, Reply, RtcNotice, Sound,
};
use media::source::{PlayEnd, Repeat, Source};
use media::{MediaCommand, MediaEvent};

use crate::world::{ANN, CALL, World};

const EACH: Duration = Duration::from_millis(100);

fn wanted(max: usize) -> Collect {
    Collect {
        max,
        min: 2,
        terminators: "#".to_owned(),
        first_digit: Duration::from_secs(10),
        inter_digit: Duration::from_secs(5),
        prompt: None,
        privacy: Privacy::Open,
    }
}

fn prompt() -> Option<Playlist> {
    let sounds = vec![Sound { name: "prompt.wav".to_owned(), source: Source::Silence }];
    Some(Playlist { sounds, repeat: Repeat::Once, volume_db: 0 })
}

fn collect(world: &mut World, wanted: Collect) -> CollectId {
    match world.command(CallCommand::Collect { call: CALL, leg: None, wanted }) {
        Ok(Reply::Collect(collect)) => collect,
        other => panic!("a collection wanted, got {other:?}"),
    }
}

/// The far side presses keys.
fn press(world: &mut World, digits: &str) {
    let port = world.trunk_port();
    for digit in digits.chars() {
        world.media_event(MediaEvent::Digit { port, digit, duration: EACH, relayed: false });
    }
}

fn collected(world: &World) -> Option<Collected> {
    let mut ends = world.facts().into_iter().filter_map(|fact| match fact {
        CallFact::CollectEnded(collected) => Some(collected.clone()),
        _ => None,
    });
    let end = ends.next();
    assert_eq!(ends.next(), None, "one end wanted");
    end
}

fn open(id: CollectId, digits: &str, ending: CollectEnding) -> Option<Collected> {
    let (count, complete) = (digits.len(), digits.len() >= 2);
    Some(Collected { id, digits: Some(digits.to_owned()), count, complete, ending })
}

fn pressed(world: &World) -> usize {
    world.facts().iter().filter(|fact| matches!(fact, CallFact::Digit { .. })).count()
}

#[test]
fn enough_keys_or_a_terminator_end_a_collection() {
    for (keys, digits, ending) in [
        ("1234", "123", CollectEnding::MaxDigits),
        ("12#3", "12", CollectEnding::Terminator),
        ("#", "", CollectEnding::Terminator),
    ] {
        let (mut world, _) = World::talking();
        let id = collect(&mut world, wanted(3));
        press(&mut world, keys);
        assert_eq!(collected(&world), open(id, digits, ending), "{keys}");
        assert_eq!(pressed(&world), keys.len(), "every key is told");
        world.advance(Duration::from_secs(60));
        collected(&world);
    }
}

#[test]
fn keys_that_are_collected_are_not_told_to_the_other_side() {
    let (mut world, _) = World::talking();
    collect(&mut world, wanted(2));
    press(&mut world, "123");
    let told: Vec<_> =
        world.told(ANN).into_iter().filter(|notice| matches!(notice, RtcNotice::Digit { .. })).collect();
    assert_eq!(told, [&RtcNotice::Digit { digit: '3', duration: EACH }], "only what came after the end");
}

#[test]
fn time_runs_out_before_the_first_key_or_after_one() {
    let (mut world, _) = World::talking();
    let id = collect(&mut world, wanted(3));
    world.advance(Duration::from_millis(9_900));
    assert_eq!(collected(&world), None);
    world.advance(Duration::from_millis(200));
    assert_eq!(collected(&world), open(id, "", CollectEnding::FirstDigitTimeout));
    let (mut world, _) = World::talking();
    let id = collect(&mut world, wanted(3));
    for key in ["1", "2"] {
        world.advance(Duration::from_millis(4_900));
        press(&mut world, key);
    }
    world.advance(Duration::from_millis(5_100));
    assert_eq!(collected(&world), open(id, "12", CollectEnding::InterDigitTimeout));
}

#[test]
fn the_first_key_interrupts_the_prompt() {
    let (mut world, _) = World::talking();
    let id = collect(&mut world, Collect { prompt: prompt(), ..wanted(2) });
    world.advance(Duration::from_secs(30));
    assert_eq!(collected(&world), None, "no time runs while the prompt is played");
    press(&mut world, "7");
    let port = world.trunk_port();
    assert!(matches!(world.media.last(), Some(MediaCommand::StopPlay { port: stopped }) if *stopped == port));
    let played = world.media.iter().find_map(|command| match command {
        MediaCommand::Play { play, .. } => Some(*play),
        _ => None,
    });
    let (play, position) = (played.unwrap(), Duration::from_secs(30));
    world.media_event(MediaEvent::Played { port, play, end: PlayEnd::Stopped, position });
    let ending = PlayEnding::Interrupted;
    assert!(
        world
            .facts()
            .iter()
            .any(|fact| matches!(fact, CallFact::PlayEnded { ending: e, .. } if *e == ending))
    );
    press(&mut world, "8");
    assert_eq!(collected(&world), open(id, "78", CollectEnding::MaxDigits));
}

#[test]
fn the_time_for_the_first_key_begins_with_the_end_of_the_prompt() {
    let (mut world, _) = World::talking();
    let id = collect(&mut world, Collect { prompt: prompt(), ..wanted(2) });
    let Some(MediaCommand::Play { port, play, .. }) = world.media.last().cloned() else {
        panic!("no prompt")
    };
    world.advance(Duration::from_secs(30));
    let position = Duration::from_secs(30);
    world.media_event(MediaEvent::Played { port, play, end: PlayEnd::Finished, position });
    world.advance(Duration::from_millis(9_900));
    assert_eq!(collected(&world), None);
    world.advance(Duration::from_millis(200));
    assert_eq!(collected(&world), open(id, "", CollectEnding::FirstDigitTimeout));
}

#[test]
fn redacted_keys_are_in_no_event_and_are_given_once() {
    let (mut world, _) = World::talking();
    let id = collect(&mut world, Collect { privacy: Privacy::Redacted, ..wanted(4) });
    press(&mut world, "4711");
    let (digits, count, complete) = (None, 4, true);
    let ending = CollectEnding::MaxDigits;
    assert_eq!(collected(&world), Some(Collected { id, digits, count, complete, ending }));
    assert_eq!(pressed(&world), 0);
    assert!(!format!("{:?}", world.events).contains("4711"));
    let take = CallCommand::TakeDigits { call: CALL, collect: id };
    assert_eq!(world.command(take.clone()), Ok(Reply::Digits("4711".to_owned())));
    assert_eq!(world.command(take), Err(Refused::WrongState), "only once");
}

#[test]
fn there_is_one_collection_at_a_time_and_the_end_of_the_call_ends_it() {
    let (mut world, id) = World::talking();
    let first = collect(&mut world, wanted(3));
    let again = CallCommand::Collect { call: CALL, leg: None, wanted: wanted(3) };
    assert_eq!(world.command(again), Err(Refused::WrongState));
    press(&mut world, "12");
    world.remote_bye(id);
    assert_eq!(collected(&world), open(first, "12", CollectEnding::Gone));
    assert!(matches!(world.facts().last(), Some(CallFact::Ended(_))));
}

#[test]
fn a_program_may_stop_a_collection_and_collect_from_the_browser() {
    let (mut world, _) = World::talking();
    let id = collect(&mut world, wanted(3));
    press(&mut world, "1");
    world.command(CallCommand::StopCollect { call: CALL }).unwrap();
    assert_eq!(collected(&world), open(id, "1", CollectEnding::Stopped));
    let near: LegId = world.switch.call(CALL).unwrap().legs[0].id;
    world.command(CallCommand::Collect { call: CALL, leg: Some(near), wanted: wanted(1) }).unwrap();
    press(&mut world, "1");
    let port = world.browser_port();
    world.media_event(MediaEvent::Digit { port, digit: '9', duration: EACH, relayed: false });
    let last = world.facts().into_iter().next_back().cloned();
    let Some(CallFact::CollectEnded(collected)) = last else { panic!("{last:?}") };
    assert_eq!(collected.digits.as_deref(), Some("9"), "the far side's keys are not the browser's");
}
