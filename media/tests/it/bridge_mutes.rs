//! A muted port is not heard, its stream stands still and goes on in time.

use media::CodecKind::{self, Opus, Pcmu};
use media::dtmf::EventPayload;
use media::{MediaCommand, PortId};

use crate::bridge_transcodes::{heard_by_trunk, speak_to_trunk};
use crate::speech::tone_packets;
use crate::tone::assert_tone;
use crate::world::{BROWSER, TICK, TRUNK, World};

fn mute(world: &mut World, port: PortId) {
    world.command(MediaCommand::Mute { port, muted: true });
}

fn unmute(world: &mut World, port: PortId) {
    world.command(MediaCommand::Mute { port, muted: false });
}

fn a_muted_browser(codecs: &[CodecKind], said: &mut dyn FnMut(&mut World, usize)) -> World {
    let mut world = World::call(codecs, Pcmu);
    said(&mut world, 50);
    mute(&mut world, BROWSER);
    said(&mut world, 50);
    assert_eq!(world.trunk.received.len(), 50, "heard although muted");
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 10));
    assert_eq!(world.browser.received.len(), 10, "a muted browser hears");
    unmute(&mut world, BROWSER);
    said(&mut world, 50);
    assert_eq!(world.trunk.received.len(), 100);
    let (before, after) = (world.trunk.received[49].header, world.trunk.received[50].header);
    assert_eq!((after.sequence, after.ssrc), (before.sequence.wrapping_add(1), before.ssrc));
    let ticks = after.timestamp.wrapping_sub(before.timestamp);
    assert!(ticks.abs_diff(61 * 160) <= 160, "{ticks} ticks for 61 packets' time");
    assert!(after.marker);
    world
}

#[test]
fn a_browser_that_is_transcoded() {
    let mut world = a_muted_browser(&[Opus], &mut |world, count| speak_to_trunk(world, count));
    world.trunk.received.drain(..60);
    assert_tone(&heard_by_trunk(&world, Pcmu), 1000.0, 8_000);
}

#[test]
fn a_browser_that_is_relayed() {
    let said = &mut |world: &mut World, count| world.browser_says(Pcmu, 20, &tone_packets(Pcmu, 20, count));
    a_muted_browser(&[Pcmu], said);
}

#[test]
fn a_trunk() {
    let mut world = World::call(&[Opus], Pcmu);
    mute(&mut world, TRUNK);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 20));
    assert!(world.browser.received.is_empty());
    speak_to_trunk(&mut world, 20);
    assert_eq!(world.trunk.received.len(), 20, "a muted trunk hears");
    unmute(&mut world, TRUNK);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 20));
    assert_eq!(world.browser.received.len(), 20);
    world.assert_browser_stream(960);
}

#[test]
fn digits_of_a_muted_port_are_neither_told_nor_passed_on() {
    let mut world = World::call(&[Opus], Pcmu);
    mute(&mut world, TRUNK);
    let end = EventPayload { event: 5, end: true, volume: 10, duration: 800 };
    for _ in 0..3 {
        world.trunk_sends(101, false, 0, &end.to_bytes());
        world.step(TICK);
    }
    assert_eq!(world.digits_of(TRUNK), "");
    assert!(world.browser.received.is_empty());
}
