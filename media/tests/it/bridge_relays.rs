//! The same codec on both sides: payloads go on as they came, under the gateway's own headers.

use std::time::Duration;

use media::CodecKind::{Pcma, Pcmu};
use media::MediaCommand;

use crate::speech::tone_packets;
use crate::world::{BROWSER, TRUNK, World};

const PCMU: u8 = 0;
const TICKS: u32 = 160;

/// Packets that are no sound at all, each another.
fn noise(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|at| (0..160).map(|byte| (at * 31 + byte * 7) as u8).collect()).collect()
}

#[test]
fn a_browsers_payloads_reach_the_trunk_bit_by_bit() {
    let mut world = World::call(&[Pcmu], Pcmu);
    let said = noise(100);
    world.browser_says(Pcmu, 20, &said);
    let heard: Vec<_> = world.trunk.received.iter().map(|packet| packet.payload.clone()).collect();
    assert_eq!(heard, said);
    world.assert_trunk_stream(TICKS);
    let markers: Vec<_> = world.trunk.received.iter().map(|packet| packet.header.marker).collect();
    assert!(markers[0] && !markers[1..].contains(&true), "the marker begins a stream (RFC 3551 §4.1)");
    assert!(world.trunk.received.iter().all(|packet| packet.header.payload_type == PCMU));
}

#[test]
fn a_trunks_payloads_reach_the_browser_bit_by_bit() {
    let mut world = World::call(&[Pcmu], Pcmu);
    let said = noise(100);
    world.trunk_says(Pcmu, 20, &said);
    let heard: Vec<_> = world.browser.received.iter().map(|packet| packet.payload.clone()).collect();
    assert_eq!(heard, said);
    world.assert_browser_stream(TICKS);
    assert!(world.browser.received.iter().all(|packet| packet.ssrc != world.trunk.ssrc), "our own SSRC");
}

#[test]
fn what_is_lost_stays_visible() {
    let mut world = World::call(&[Pcmu], Pcmu);
    let said = noise(20);
    world.trunk_says(Pcmu, 20, &said[..10]);
    world.trunk.packet(PCMU, false, TICKS, &said[10]);
    world.trunk_says(Pcmu, 20, &said[11..]);
    world.run(Duration::from_millis(100));
    let heard = &world.browser.received;
    assert_eq!(heard.len(), 19);
    let steps: Vec<_> =
        heard.windows(2).map(|pair| pair[1].sequence.wrapping_sub(pair[0].sequence)).collect();
    assert_eq!((steps[9], steps.iter().filter(|step| **step == 1).count()), (2, 17));
    assert_eq!(heard[10].timestamp, heard[9].timestamp.wrapping_add(TICKS * 2));
}

/// A PBX that puts another source on the line, as with music on hold: to the browser it is one stream.
#[test]
fn a_new_source_of_the_trunk_joins_on() {
    let mut world = World::call(&[Pcmu], Pcmu);
    let said = noise(40);
    world.trunk_says(Pcmu, 20, &said[..20]);
    (world.trunk.ssrc, world.trunk.sequence, world.trunk.timestamp) = (4_711, 9, 1_000_000);
    world.trunk_says(Pcmu, 20, &said[20..]);
    let heard: Vec<_> = world.browser.received.iter().map(|packet| packet.payload.clone()).collect();
    assert_eq!(heard, said);
    world.assert_browser_stream(TICKS);
    assert!(world.browser.received[20].marker, "another talkspurt begins");
}

#[test]
fn a_bridge_made_anew_goes_on_with_the_stream() {
    let mut world = World::call(&[Pcmu], Pcmu);
    let said = noise(40);
    world.browser_says(Pcmu, 20, &said[..20]);
    world.command(MediaCommand::Unbridge { port: TRUNK });
    world.browser_says(Pcmu, 20, &said[..10]);
    assert_eq!(world.trunk.received.len(), 20, "nothing crosses without a bridge");
    world.command(MediaCommand::Bridge { a: BROWSER, b: TRUNK });
    world.browser_says(Pcmu, 20, &said[20..]);
    let (before, after) = (world.trunk.received[19].header, world.trunk.received[20].header);
    assert_eq!(world.trunk.received.len(), 40);
    assert_eq!((after.sequence, after.ssrc), (before.sequence.wrapping_add(1), before.ssrc));
    assert_eq!(after.timestamp.wrapping_sub(before.timestamp), TICKS * 11, "time went on meanwhile");
    assert!(after.marker);
}

/// From relay to transcoding and back, because the trunk chose another codec in the middle of the call.
#[test]
fn a_change_of_codec_goes_on_with_the_stream() {
    let mut world = World::call(&[Pcmu], Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 20));
    world.reoffer(Pcma, "sendrecv");
    world.trunk_says(Pcma, 20, &tone_packets(Pcma, 20, 20));
    world.reoffer(Pcmu, "sendrecv");
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 20));
    assert_eq!(world.browser.received.len(), 60);
    world.assert_browser_stream(TICKS);
    assert!(world.browser.received.iter().all(|packet| packet.payload_type == PCMU));
}
