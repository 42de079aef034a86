//! Between bridge and source the stream goes on as RFC 3550 wants it: one sequence, one clock, a marker where a spurt
//! begins, no gap beyond 40 ms.

use std::time::Duration;

use media::CodecKind::{self, Opus, Pcmu};
use media::source::{Audio, PlaySettings, Source};

use crate::files::tone_wav;
use crate::speech::tone_packets;
use crate::tone::assert_tone;
use crate::world::{BROWSER, TICK, TRUNK, World};

const ODD: Duration = Duration::from_millis(7);

fn music() -> Source {
    Source::Audio(Audio::parse(&tone_wav(1_000.0, 8_000, 500)).unwrap())
}

/// Bridge, music, bridge; the browser speaks all the time. Switches come between its packets.
fn held_for_a_while(browser: CodecKind) -> World {
    let mut world = World::call(&[browser], Pcmu);
    let said = tone_packets(browser, 20, 150);
    world.browser_says(browser, 20, &said[..50]);
    world.run(ODD);
    world.play(TRUNK, music(), PlaySettings::default());
    world.browser_says(browser, 20, &said[50..]);
    assert_eq!(world.played(TRUNK).len(), 1);
    world
}

#[test]
fn the_far_decoder_hears_no_gap() {
    for browser in [Opus, Pcmu] {
        let world = held_for_a_while(browser);
        let packets = &world.trunk.received;
        let mut markers = 0;
        for pair in packets.windows(2) {
            let (before, after) = (pair[0].header, pair[1].header);
            assert_eq!(after.sequence, before.sequence.wrapping_add(1));
            assert_eq!(after.ssrc, before.ssrc);
            let ticks = after.timestamp.wrapping_sub(before.timestamp);
            assert!((160..=320).contains(&ticks), "{ticks} ticks from one packet to the next");
            assert!(after.marker || ticks == 160, "a marker at each join");
            markers += usize::from(after.marker);
        }
        assert_eq!(markers, 2, "{browser:?}");
        let spoken: u32 = packets.iter().map(|packet| packet.payload.len() as u32).sum();
        let elapsed =
            packets[packets.len() - 1].header.timestamp.wrapping_sub(packets[0].header.timestamp) + 160;
        assert!(elapsed - spoken <= 320, "{} ticks are nobody's", elapsed - spoken);
        let pcm = crate::bridge_transcodes::heard_by_trunk(&world, Pcmu);
        assert_tone(&pcm[8_800..11_200], 1_000.0, 8_000);
    }
}

#[test]
fn the_other_way_goes_on_meanwhile() {
    let mut world = World::call(&[Opus], Pcmu);
    world.play(TRUNK, music(), crate::play_tones::FOREVER);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 50));
    assert_eq!(world.browser.received.len(), 50);
    world.assert_browser_stream(960);
}

#[test]
fn a_peer_that_holds_gets_nothing_and_joins_again_in_time() {
    let mut world = World::call(&[Opus], Pcmu);
    world.play(TRUNK, music(), crate::play_tones::FOREVER);
    world.run(TICK * 25);
    world.reoffer(Pcmu, "sendonly");
    let before = world.trunk.received.len();
    world.run(TICK * 50);
    assert_eq!(world.trunk.received.len(), before);
    world.reoffer(Pcmu, "sendrecv");
    world.run(TICK * 25);
    let (last, next) = (world.trunk.received[before - 1].header, world.trunk.received[before].header);
    assert_eq!(next.sequence, last.sequence.wrapping_add(1));
    assert!(next.marker);
    let ticks = next.timestamp.wrapping_sub(last.timestamp);
    assert!(ticks.abs_diff(51 * 160) <= 160, "{ticks} ticks for 51 packets' time");
}

#[test]
fn the_codec_may_change_meanwhile() {
    let mut world = World::call(&[Opus], Pcmu);
    world.play(TRUNK, music(), crate::play_tones::FOREVER);
    world.run(TICK * 25);
    world.reoffer(CodecKind::G722, "sendrecv");
    world.trunk.received.clear();
    world.run(TICK * 50);
    assert!(world.trunk.received.iter().all(|packet| packet.header.payload_type == 9));
    let pcm = crate::bridge_transcodes::heard_by_trunk(&world, CodecKind::G722);
    assert_tone(&pcm[1_600..], 1_000.0, 16_000);
}

#[test]
fn before_anything_is_negotiated_it_waits() {
    let mut world = World::new();
    world.open_browser(&[Opus]);
    world.play(BROWSER, music(), crate::play_tones::FOREVER);
    world.run(Duration::from_secs(3));
    assert!(world.browser.received.len() > 50, "heard as soon as the browser is connected");
    world.assert_browser_stream(960);
    assert!(world.browser.received[0].marker);
}
