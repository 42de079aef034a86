//! A trunk without telephone events sends digits in its sound.

use media::CodecKind::{self, G722, Opus, Pcmu};
use media::codec::encoder;
use media::codec::g711::Law;
use media::dtmf::EventPayload;
use media::{MediaCommand, MediaEvent};

use crate::dtmf_tones::PLAIN;
use crate::world::{BROWSER, TICK, TRUNK, World};

/// A call whose trunk answers without telephone events.
pub(crate) fn call(browser: &[CodecKind], trunk: CodecKind) -> World {
    let mut world = World::new();
    world.trunk.events = false;
    world.open_browser(browser);
    world.open_trunk(trunk);
    world.run(TICK * 100);
    world.command(MediaCommand::Bridge { a: BROWSER, b: TRUNK });
    world
}

/// Packets of keys, as the trunk's codec has them.
pub(crate) fn packets(codec: CodecKind, keys: &str) -> Vec<Vec<u8>> {
    let codes = PLAIN.sound(keys);
    let pcm: Vec<_> = codes.iter().map(|code| Law::Mu.expand(*code)).collect();
    let per_sample = codec.sample_rate() as usize / 8_000;
    let (mut encoder, mut packet) = (encoder(codec, codec.sample_rate()).unwrap(), [0; 1_500]);
    let mut next = |pcm: &[i16]| {
        // Held samples: their images are far above the digits.
        let wide: Vec<_> = pcm.iter().flat_map(|sample| vec![*sample; per_sample]).collect();
        let len = encoder.encode(&wide, &mut packet).unwrap();
        packet[..len].to_vec()
    };
    pcm.chunks_exact(160).map(&mut next).collect()
}

fn is_relayed(world: &World) -> bool {
    world.events.iter().any(|event| matches!(event, MediaEvent::Digit { relayed: true, .. }))
}

#[test]
fn are_told_once_each_and_the_sound_goes_on() {
    for (browser, trunk) in [(Opus, Pcmu), (Pcmu, Pcmu), (Opus, G722)] {
        let mut world = call(&[browser], trunk);
        let said = packets(trunk, "18#A");
        world.trunk_says(trunk, 20, &said);
        assert_eq!(world.digits_of(TRUNK), "18#A", "{trunk:?} to {browser:?}");
        assert!(!is_relayed(&world), "the engine is to carry them");
        assert_eq!(world.browser.received.len(), said.len());
    }
}

#[test]
fn reach_the_browser_as_events_when_the_engine_says_so() {
    let mut world = call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &packets(Pcmu, "7"));
    let each = TICK * 4;
    world.command(MediaCommand::SendDigits { port: BROWSER, digits: world.digits_of(TRUNK), each });
    world.run(TICK * 10);
    let events = world.browser.received.iter().filter(|packet| packet.payload_type == 110);
    assert!(events.count() >= 4);
}

#[test]
fn end_when_the_sound_stops() {
    let mut world = call(&[Opus], Pcmu);
    let mut said = packets(Pcmu, "3");
    // The pause and the first 60 ms of the tone.
    said.truncate(6);
    world.trunk_says(Pcmu, 20, &said);
    assert_eq!(world.digits_of(TRUNK), "");
    world.run(TICK * 15);
    assert_eq!(world.digits_of(TRUNK), "3");
}

#[test]
fn are_not_looked_for_where_events_are_negotiated() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &packets(Pcmu, "5"));
    let event = EventPayload { event: 5, end: true, volume: 10, duration: 800 };
    world.trunk_sends(101, true, 0, &event.to_bytes());
    assert_eq!(world.digits_of(TRUNK), "5");
}

#[test]
fn are_told_once_by_a_trunk_that_negotiates_events_meanwhile() {
    let mut world = call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &packets(Pcmu, "5"));
    world.trunk.events = true;
    world.reoffer(Pcmu, "sendrecv");
    let event = |event| EventPayload { event, end: true, volume: 10, duration: 800 };
    world.trunk_sends(101, true, 400, &event(5).to_bytes());
    world.trunk_sends(101, true, 400, &event(6).to_bytes());
    assert_eq!(world.digits_of(TRUNK), "56");
}
