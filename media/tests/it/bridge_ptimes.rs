//! Packets of any length come out as packets of 20 ms, or of what a trunk asks for, without a seam.

use std::time::Duration;

use media::CodecKind::{self, G722, Opus, Pcmu};
use media::MediaCommand;

use crate::bridge_transcodes::{heard_by_browser, heard_by_trunk};
use crate::speech::tone_packets;
use crate::tone::{assert_patched_tone, assert_tone};
use crate::world::{TRUNK, World};

const LENGTH_MS: u32 = 2_400;
/// Codecs swing in.
const SETTLING_MS: usize = 200;

fn trunk_says(codec: CodecKind, ms: u32) {
    let mut world = World::call(&[Opus], codec);
    world.trunk_says(codec, ms, &tone_packets(codec, ms, (LENGTH_MS / ms) as usize));
    assert_eq!(world.browser.received.len(), (LENGTH_MS / 20) as usize, "{codec:?} in packets of {ms} ms");
    world.assert_browser_stream(960);
    assert_tone(&heard_by_browser(&world)[SETTLING_MS * 16..], 1000.0, 16_000);
}

fn browser_says(ms: u32, codec: CodecKind) {
    let mut world = World::call(&[Opus], codec);
    world.browser_says(Opus, ms, &tone_packets(Opus, ms, (LENGTH_MS / ms) as usize));
    assert_eq!(world.trunk.received.len(), (LENGTH_MS / 20) as usize, "{codec:?} of packets of {ms} ms");
    world.assert_trunk_stream(160);
    let rate = codec.sample_rate();
    assert_tone(&heard_by_trunk(&world, codec)[SETTLING_MS * rate as usize / 1000..], 1000.0, rate);
}

#[test]
fn of_a_trunk() {
    for ms in [10, 30, 40, 60] {
        trunk_says(Pcmu, ms);
        trunk_says(G722, ms);
    }
}

#[test]
fn of_a_browser() {
    for ms in [10, 40, 60] {
        browser_says(ms, Pcmu);
        browser_says(ms, G722);
    }
}

#[test]
fn a_length_that_changes_in_the_middle() {
    let mut world = World::call(&[Opus], Pcmu);
    let whole: Vec<u8> = tone_packets(Pcmu, 10, 240).concat();
    let mut rest = &whole[..];
    for ms in [10, 20, 30, 40, 60].into_iter().cycle().take(75) {
        let (packet, behind) = rest.split_at(8 * ms);
        world.trunk_says(Pcmu, ms as u32, &[packet.to_vec()]);
        rest = behind;
    }
    assert!(rest.is_empty());
    assert_eq!(world.browser.received.len(), whole.len() / 160);
    world.assert_browser_stream(960);
    assert_tone(&heard_by_browser(&world)[SETTLING_MS * 16..], 1000.0, 16_000);
}

/// A lost packet of 60 ms is three of ours.
#[test]
fn a_long_packet_that_is_lost_leaves_no_hole() {
    let mut world = World::call(&[Opus], Pcmu);
    let mut count = 0;
    world.mangle = Some(Box::new(move |packet| {
        count += 1;
        if count == 20 { vec![] } else { vec![packet] }
    }));
    world.browser_says(Opus, 60, &tone_packets(Opus, 60, 40));
    world.run(Duration::from_millis(100));
    assert_eq!(world.trunk.received.len(), 120);
    world.assert_trunk_stream(160);
    assert_patched_tone(&heard_by_trunk(&world, Pcmu)[SETTLING_MS * 8..], 1000.0, 8_000);
}

#[test]
fn a_trunk_gets_the_packet_time_that_it_asks_for() {
    for (ptime, bytes) in [(10, 80), (30, 240), (40, 320), (60, 480)] {
        let mut world = World::call(&[Opus], Pcmu);
        let sdp = format!("{}a=ptime:{ptime}\r\n", world.trunk.describe(Pcmu, "sendrecv")).into();
        let signalled_from = Some(world.trunk.address.ip());
        world.command(MediaCommand::SetOffer { port: TRUNK, sdp, signalled_from });
        world.browser_says(Opus, 20, &tone_packets(Opus, 20, (LENGTH_MS / 20) as usize));
        assert_eq!(world.trunk.received.len(), (LENGTH_MS / ptime) as usize, "packets of {ptime} ms");
        assert!(world.trunk.received.iter().all(|packet| packet.payload.len() == bytes));
        world.assert_trunk_stream(8 * ptime);
        assert_tone(&heard_by_trunk(&world, Pcmu)[SETTLING_MS * 8..], 1000.0, 8_000);
    }
}
