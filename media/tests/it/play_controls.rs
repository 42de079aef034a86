//! What plays can be paused, moved, made softer, fed, stopped and replaced.

use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::source::{Audio, PlayControl, PlayEnd, PlaySettings, Source};
use media::{MediaCommand, MediaEvent, PortId, Refusal};

use crate::bridge_transcodes::heard_by_trunk;
use crate::files::{tone_opus, tone_wav, wav};
use crate::play_tones::FOREVER;
use crate::tone::{AMPLITUDE, Tone, amplitude, assert_tone};
use crate::world::{TICK, TRUNK, World};

/// One second of 500 Hz, then one of 1500 Hz.
fn two_tones() -> Source {
    let pcm = [Tone::new(500.0, 8_000).frame(8_000), Tone::new(1_500.0, 8_000).frame(8_000)].concat();
    let data: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    Source::Audio(Audio::parse(&wav(1, 1, 8_000, 16, &data)).unwrap())
}

fn playing(source: Source, settings: PlaySettings) -> World {
    let mut world = World::call(&[Opus], Pcmu);
    world.play(TRUNK, source, settings);
    world
}

fn control(world: &mut World, control: PlayControl) {
    world.command(MediaCommand::ControlPlay { port: TRUNK, control });
}

/// What the trunk hears in `ms` from now on.
fn hear(world: &mut World, ms: u64) -> Vec<i16> {
    world.trunk.received.clear();
    world.run(Duration::from_millis(ms));
    heard_by_trunk(world, Pcmu)
}

#[test]
fn a_pause_is_silent_and_loses_nothing() {
    let mut world = playing(two_tones(), PlaySettings::default());
    hear(&mut world, 500);
    control(&mut world, PlayControl::Pause);
    let pause = hear(&mut world, 1_000);
    assert!(pause[320..].iter().all(|sample| sample.abs() < 20));
    assert!(world.trunk.received.len() >= 49, "the stream goes on");
    control(&mut world, PlayControl::Resume);
    assert_tone(&hear(&mut world, 440)[320..], 500.0, 8_000);
    assert_tone(&hear(&mut world, 900)[800..], 1_500.0, 8_000);
    world.run(TICK * 20);
    assert_eq!(world.played(TRUNK), [(PlayEnd::Finished, Duration::from_secs(2))]);
}

#[test]
fn it_goes_to_any_place() {
    let mut world = playing(two_tones(), PlaySettings { from: Duration::from_millis(1_200), ..FOREVER });
    assert_tone(&hear(&mut world, 400), 1_500.0, 8_000);
    control(&mut world, PlayControl::Seek(Duration::from_millis(100)));
    assert_tone(&hear(&mut world, 500)[640..], 500.0, 8_000);
}

#[test]
fn it_goes_to_any_place_of_ogg_opus() {
    // Each second its own frequency.
    let audio = Audio::parse(&tone_opus(1_000.0, 5_000)).unwrap();
    let length = audio.length();
    let from = Duration::from_millis(4_500);
    let mut world = playing(Source::Audio(audio), PlaySettings { from, ..PlaySettings::default() });
    assert_tone(&hear(&mut world, 400)[320..3_000], 1_000.0, 8_000);
    world.run(TICK * 20);
    let (end, position) = world.played(TRUNK)[0];
    assert_eq!(end, PlayEnd::Finished);
    assert!((length - from).abs_diff(position) < TICK * 2, "{position:?} of the last half second");
}

#[test]
fn again_and_again_without_a_gap() {
    let audio = Audio::parse(&tone_wav(1_000.0, 8_000, 300)).unwrap();
    let mut world = playing(Source::Audio(audio), FOREVER);
    assert_tone(&hear(&mut world, 3_000), 1_000.0, 8_000);
    assert!(world.played(TRUNK).is_empty());
}

#[test]
fn softer_without_a_step() {
    let audio = Audio::parse(&tone_wav(400.0, 8_000, 5_000)).unwrap();
    let mut world = playing(Source::Audio(audio), PlaySettings::default());
    hear(&mut world, 200);
    control(&mut world, PlayControl::Volume(-20.0));
    let pcm = hear(&mut world, 400);
    let found = amplitude(&pcm[320..], 400.0, 8_000);
    assert!((found / (AMPLITUDE / 10.0) - 1.0).abs() < 0.05, "{found}");
    // A sine of 400 Hz goes no steeper than this.
    let steepest = pcm.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap();
    assert!(steepest < 2_900, "a step of {steepest}");
}

#[test]
fn stopping_fades_out() {
    let audio = Audio::parse(&tone_wav(400.0, 8_000, 5_000)).unwrap();
    let mut world = playing(Source::Audio(audio), PlaySettings::default());
    world.run(TICK * 50);
    world.command(MediaCommand::StopPlay { port: TRUNK });
    world.run(TICK * 50);
    assert_eq!(world.played(TRUNK)[0].0, PlayEnd::Stopped);
    let pcm = heard_by_trunk(&world, Pcmu);
    let end = &pcm[pcm.len() - 8..];
    assert!(end.iter().all(|sample| sample.abs() < 500), "{end:?}");
}

#[test]
fn another_takes_its_place() {
    let mut world = playing(two_tones(), FOREVER);
    world.run(TICK * 10);
    let audio = Audio::parse(&tone_wav(800.0, 8_000, 1_000)).unwrap();
    world.play(TRUNK, Source::Audio(audio), FOREVER);
    assert_eq!(world.played(TRUNK)[0].0, PlayEnd::Replaced);
    assert_tone(&hear(&mut world, 500), 800.0, 8_000);
}

#[test]
fn frames_that_are_fed_are_heard_in_turn() {
    let mut world = playing(Source::Feed { rate: 24_000 }, PlaySettings::default());
    let mut tone = Tone::new(1_000.0, 24_000);
    for _ in 0..50 {
        world.command(MediaCommand::Feed { port: TRUNK, pcm: tone.frame(480) });
        world.run(TICK);
    }
    let pcm = heard_by_trunk(&world, Pcmu);
    assert_tone(&pcm[400..7_600], 1_000.0, 8_000);
    let after = hear(&mut world, 500);
    assert!(after[800..].iter().all(|sample| sample.abs() < 20), "silence until more comes");
    assert!(world.played(TRUNK).is_empty());
}

#[test]
fn a_rate_that_cannot_be_had_is_told() {
    let world = playing(Source::Feed { rate: 12_347 }, PlaySettings::default());
    assert_eq!(world.played(TRUNK), [(PlayEnd::Failed, Duration::ZERO)]);
}

#[test]
fn a_port_that_is_not_there_is_told() {
    let mut world = World::new();
    world.play(PortId(77), Source::Silence, FOREVER);
    let refused =
        |event: &MediaEvent| matches!(event, MediaEvent::Refused { refusal: Refusal::UnknownPort, .. });
    assert!(world.events.iter().any(refused));
}
