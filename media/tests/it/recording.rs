//! A recording holds both sides, in time with each other, and can be opened at any moment.

use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::tap::{RecordControl, RecordFormat, RecordingId};
use media::{MediaCommand, MediaEvent};

use crate::speech::tone_packets;
use crate::tone::assert_tone;
use crate::world::{TICK, TRUNK, World};

fn control(world: &mut World, control: RecordControl) {
    world.command(MediaCommand::ControlRecord { port: TRUNK, control });
}

fn recorded() -> World {
    let mut world = World::call(&[Opus], Pcmu);
    world.command(MediaCommand::Record { port: TRUNK, recording: RecordingId(5), format: RecordFormat::Wav });
    world
}

/// The file as a server would have written it.
fn file(world: &World) -> Vec<u8> {
    let mut file = Vec::new();
    for event in &world.events {
        let MediaEvent::Recorded { recording: RecordingId(5), at, bytes, .. } = event else { continue };
        let at = *at as usize;
        file.resize(file.len().max(at + bytes.len()), 0);
        file[at..at + bytes.len()].copy_from_slice(bytes);
    }
    file
}

/// Left and right, as the head counts them.
fn sides(file: &[u8]) -> [Vec<i16>; 2] {
    assert_eq!((&file[..4], &file[8..16], file[22], file[34]), (&b"RIFF"[..], &b"WAVEfmt "[..], 2, 16));
    let len = u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize;
    assert_eq!(file.len(), 44 + len);
    let side = |at: usize| file[44..].chunks(4).map(|f| i16::from_le_bytes([f[at], f[at + 1]])).collect();
    [side(0), side(2)]
}

/// Both speak at once.
fn talk(world: &mut World, packets: usize) {
    let (trunk, browser) = (tone_packets(Pcmu, 20, packets), tone_packets(Opus, 20, packets));
    for (trunk, browser) in trunk.iter().zip(&browser) {
        world.step(TICK);
        world.trunk_sends(0, false, 160, trunk);
        world.browser_sends(111, false, 960, browser);
    }
}

fn onset(pcm: &[i16]) -> usize {
    pcm.iter().position(|sample| sample.abs() > 2_000).unwrap()
}

#[test]
fn both_sides_are_in_it_and_in_time() {
    let mut world = recorded();
    world.run(TICK * 50);
    talk(&mut world, 100);
    world.run(TICK * 50);
    control(&mut world, RecordControl::Stop);
    let [left, right] = sides(&file(&world));
    for side in [&left, &right] {
        let start = onset(side);
        assert_tone(&side[start + 800..start + 14_000], 1_000.0, 8_000);
    }
    assert!(onset(&left).abs_diff(onset(&right)) < 160, "{} and {}", onset(&left), onset(&right));
    let ended = |event: &MediaEvent| {
        let MediaEvent::RecordingEnded { length, .. } = event else { return None };
        Some(*length)
    };
    let length = world.events.iter().find_map(ended).unwrap();
    assert!(length.abs_diff(Duration::from_secs(4)) <= TICK, "{length:?}");
}

#[test]
fn a_pause_leaves_no_sample() {
    let mut world = recorded();
    world.run(TICK * 25);
    control(&mut world, RecordControl::Pause);
    talk(&mut world, 100);
    world.run(TICK * 25);
    control(&mut world, RecordControl::Resume);
    world.run(TICK * 25);
    control(&mut world, RecordControl::Stop);
    let [left, right] = sides(&file(&world));
    assert!(left.len().abs_diff(8_000) <= 320, "{} samples", left.len());
    assert!(left.iter().chain(&right).all(|sample| sample.abs() < 50));
}

#[test]
fn a_file_that_is_cut_off_opens_and_misses_a_second_at_most() {
    let mut world = recorded();
    talk(&mut world, 140);
    // Nothing ends it.
    let [left, _] = sides(&file(&world));
    assert!(left.len() >= 8_000 * 2);
    assert_tone(&left[onset(&left) + 800..], 1_000.0, 8_000);
}

#[test]
fn a_flood_makes_it_no_longer() {
    let mut world = recorded();
    let packets = tone_packets(Pcmu, 20, 2_000);
    for some in packets.chunks(40) {
        world.step(TICK);
        some.iter().for_each(|packet| world.trunk_sends(0, false, 160, packet));
    }
    control(&mut world, RecordControl::Stop);
    assert!(sides(&file(&world))[0].len() <= 8_000 + 160);
}
