//! Sounds that a program has played.

use std::time::Duration;

use engine::{CallCommand, CallFact, LegId, PlayEnding, PlayId, Playlist, Refused, Reply, RtcRequest, Sound};
use media::source::{self, PlayEnd, Repeat, Signal, Source, Tone};
use media::{MediaCommand, MediaEvent, PortId};
use uuid::Uuid;

use crate::world::{ANN, CALL, World};

fn list(names: &[&str], repeat: Repeat) -> Playlist {
    let sound = |name: &&str| Sound {
        name: (*name).to_owned(),
        source: Source::Tone(Tone::of_country("DE", Signal::Busy)),
    };
    Playlist { sounds: names.iter().map(sound).collect(), repeat, volume_db: 0 }
}

fn play(world: &mut World, leg: Option<LegId>, playlist: Playlist) -> PlayId {
    match world.command(CallCommand::Play { call: CALL, leg, playlist }) {
        Ok(Reply::Play(play)) => play,
        other => panic!("a playing wanted, got {other:?}"),
    }
}

/// What workers were told to play.
fn sent(world: &World) -> Vec<(PortId, source::PlayId, Repeat)> {
    let played = world.media.iter().filter_map(|command| match command {
        MediaCommand::Play { port, play, settings, .. } => Some((*port, *play, settings.repeat)),
        _ => None,
    });
    played.collect()
}

fn stops(world: &World) -> Vec<PortId> {
    let stops = world.media.iter().filter_map(|command| match command {
        MediaCommand::StopPlay { port } => Some(*port),
        _ => None,
    });
    stops.collect()
}

/// The worker has come to the end of the sound that it was sent last.
fn ended(world: &mut World, end: PlayEnd) {
    let (port, play, _) = *sent(world).last().unwrap();
    world.media_event(MediaEvent::Played { port, play, end, position: Duration::ZERO });
}

fn endings(world: &World) -> Vec<(PlayId, PlayEnding)> {
    let endings = world.facts().into_iter().filter_map(|fact| match fact {
        CallFact::PlayEnded { play, ending, .. } => Some((*play, *ending)),
        _ => None,
    });
    endings.collect()
}

fn legs(world: &World) -> Vec<LegId> {
    world.switch.call(CALL).unwrap().legs.iter().map(|leg| leg.id).collect()
}

#[test]
fn a_list_is_played_to_one_leg_sound_by_sound_as_often_as_asked() {
    let (mut world, _) = World::talking();
    let far = legs(&world)[1];
    let id = play(&mut world, Some(far), list(&["one", "two"], Repeat::Times(2)));
    assert!(matches!(world.facts().last(), Some(CallFact::PlayStarted { play, sounds })
        if *play == id && sounds == &["one", "two"]));
    assert_eq!(world.events.last().unwrap().leg, Some(far));
    for round in 1..=4 {
        assert_eq!((sent(&world).len(), endings(&world).len()), (round, 0));
        ended(&mut world, PlayEnd::Finished);
    }
    let trunk = world.trunk_port();
    assert!(sent(&world).iter().all(|(port, _, repeat)| *port == trunk && *repeat == Repeat::Once));
    assert_eq!((sent(&world).len(), endings(&world)), (4, vec![(id, PlayEnding::Finished)]));
}

#[test]
fn one_sound_is_repeated_by_the_worker_until_it_is_stopped() {
    let (mut world, _) = World::talking();
    let id = play(&mut world, None, list(&["busy"], Repeat::Forever));
    let (browser, trunk) = (world.browser_port(), world.trunk_port());
    let ports: Vec<_> = sent(&world).iter().map(|(port, _, repeat)| (*port, *repeat)).collect();
    assert_eq!(ports, [(browser, Repeat::Forever), (trunk, Repeat::Forever)]);
    world.advance(Duration::from_secs(3));
    world.command(CallCommand::StopPlay { call: CALL, leg: None }).unwrap();
    assert_eq!(stops(&world), [browser, trunk]);
    for (port, play, _) in sent(&world) {
        assert_eq!(endings(&world), []);
        let position = Duration::from_secs(3);
        world.media_event(MediaEvent::Played { port, play, end: PlayEnd::Stopped, position });
    }
    let Some(CallFact::PlayEnded { play, ending, lasted }) = world.facts().last().copied() else { panic!() };
    assert_eq!((*play, *ending, *lasted), (id, PlayEnding::Stopped, Duration::from_secs(3)));
}

#[test]
fn a_playing_takes_the_place_of_the_one_before_it() {
    let (mut world, _) = World::talking();
    let near = legs(&world)[0];
    let both = play(&mut world, None, list(&["music"], Repeat::Forever));
    let one = play(&mut world, Some(near), list(&["whisper"], Repeat::Once));
    assert_eq!(endings(&world), [], "the far side still hears the first");
    ended(&mut world, PlayEnd::Finished);
    assert_eq!(endings(&world), [(one, PlayEnding::Finished)]);
    let last = play(&mut world, None, list(&["bye"], Repeat::Once));
    assert_eq!(endings(&world).last(), Some(&(both, PlayEnding::Replaced)));
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!(endings(&world).last(), Some(&(last, PlayEnding::Gone)));
    assert!(matches!(world.facts().last(), Some(CallFact::Ended(_))), "the end of the call is told last");
}

#[test]
fn a_page_that_is_loaded_again_hears_the_sound_again() {
    let (mut world, _) = World::talking();
    let near = legs(&world)[0];
    let id = play(&mut world, Some(near), list(&["one", "two"], Repeat::Once));
    ended(&mut world, PlayEnd::Finished);
    world.ask(ANN, CALL, RtcRequest::Reattach { sdp: "v=0 offer".to_owned() }).unwrap();
    let ports: Vec<_> = sent(&world).iter().map(|(port, ..)| *port).collect();
    assert!(ports.len() == 3 && ports[2] != ports[1], "{ports:?}");
    assert_eq!(endings(&world), []);
    ended(&mut world, PlayEnd::Finished);
    assert_eq!(endings(&world), [(id, PlayEnding::Finished)]);
}

#[test]
fn what_cannot_be_heard_is_refused() {
    let mut world = World::new();
    world.start("600").unwrap();
    let far = legs(&world)[1];
    let command = |leg| CallCommand::Play { call: CALL, leg, playlist: list(&["one"], Repeat::Once) };
    assert_eq!(world.command(command(Some(far))), Err(Refused::WrongState), "the far phone is silent yet");
    assert_eq!(world.command(command(Some(LegId(Uuid::from_u128(5))))), Err(Refused::UnknownLeg));
    assert!(world.command(command(None)).is_ok(), "the browser hears");
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!(world.command(command(None)), Err(Refused::WrongState));
}
