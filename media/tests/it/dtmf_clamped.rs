//! Digits in a trunk's sound are left out where that is asked for, and speech is not.

use std::time::Duration;

use media::CodecKind::{self, Opus, Pcmu};
use media::MediaCommand;
use media::codec::g711::Law;
use media::dtmf::Clamp;

use crate::bridge_tones::{call, packets};
use crate::tone::amplitude;
use crate::world::{BROWSER, TRUNK, World};

const KEYS: &str = "1590*#";

fn clamped(browser: CodecKind) -> World {
    let mut world = call(&[browser], Pcmu);
    world.command(MediaCommand::ClampDigits { port: TRUNK, clamp: Clamp::On });
    world
}

/// How much of the sound of digits a browser got, milliseconds.
fn leaked(world: &World) -> usize {
    let samples = world.browser.received.iter().flat_map(|packet| &packet.payload);
    samples.filter(|code| Law::Mu.expand(**code).abs() > 500).count() / 8
}

#[test]
fn digits_are_told_and_hardly_heard() {
    let said = packets(Pcmu, KEYS);
    let mut world = call(&[Pcmu], Pcmu);
    world.trunk_says(Pcmu, 20, &said);
    assert!(leaked(&world) > 60 * KEYS.len(), "as a rule they go through");

    let mut world = clamped(Pcmu);
    world.trunk_says(Pcmu, 20, &said);
    assert_eq!(world.digits_of(TRUNK), KEYS);
    // Too short to be taken for a digit by anybody (Q.24: 20 ms and less).
    assert!(leaked(&world) <= 20 * KEYS.len(), "{} ms", leaked(&world));
}

/// Also where the trunk has another way to tell of digits.
#[test]
fn beside_telephone_events_too() {
    let mut world = World::call(&[Pcmu], Pcmu);
    world.command(MediaCommand::ClampDigits { port: TRUNK, clamp: Clamp::On });
    world.trunk_says(Pcmu, 20, &packets(Pcmu, KEYS));
    assert_eq!(world.digits_of(TRUNK), KEYS);
    assert!(leaked(&world) <= 20 * KEYS.len(), "{} ms", leaked(&world));
    world.command(MediaCommand::ClampDigits { port: TRUNK, clamp: Clamp::Off });
    let former = leaked(&world);
    world.trunk_says(Pcmu, 20, &packets(Pcmu, KEYS));
    assert!(leaked(&world) > former + 60 * KEYS.len());
}

#[test]
fn speech_goes_through() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../gateway/server/src/demo/voice");
    let (mut said, mut heard) = (0, 0);
    for clip in std::fs::read_dir(folder).unwrap() {
        let path = clip.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "ulaw") {
            let packets: Vec<_> =
                std::fs::read(path).unwrap().chunks_exact(160).map(<[u8]>::to_vec).collect();
            let mut world = clamped(Opus);
            world.trunk_says(Pcmu, 20, &packets);
            said += packets.len();
            heard += world.browser.received.len();
        }
    }
    assert!(said > 400 && heard * 1_000 >= said * 998, "{heard} of {said} packets");
}

/// A caller's own tone near a digit's is no digit.
#[test]
fn other_tones_go_through() {
    let mut world = clamped(Pcmu);
    let packets = crate::speech::tone_packets(Pcmu, 20, 50);
    world.trunk_says(Pcmu, 20, &packets);
    world.run(Duration::from_millis(100));
    let codes = world.browser.received.iter().flat_map(|packet| &packet.payload);
    let pcm: Vec<_> = codes.map(|code| Law::Mu.expand(*code)).collect();
    assert!(amplitude(&pcm, 1_000.0, 8_000) > 7_000.0);
    assert_eq!(world.digits_of(BROWSER), "");
}
