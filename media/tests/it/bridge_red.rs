//! Redundant audio (RFC 2198) between browser and gateway: what is lost once is heard all the same.

use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::codec::g711::Law;
use media::rtp::{Block, Redundant, is_rtcp};

use crate::speech::{OPUS, tone_packets};
use crate::world::{BROWSER, TICK, World};

/// The test browser's payload type.
const RED: u8 = 63;
const TICKS: u32 = 960;
const COUNT: usize = 200;

/// Each packet with the `levels` before it.
fn redundant(packets: &[Vec<u8>], levels: usize) -> Vec<Vec<u8>> {
    let block = |back: usize, payload| Block { payload_type: OPUS, offset: TICKS * back as u32, payload };
    let wrap = |at: usize| {
        let earlier: Vec<_> =
            (1..=levels.min(at)).rev().map(|back| block(back, &packets[at - back][..])).collect();
        let mut out = [0; 1_500];
        let len = Redundant::write(&earlier, &block(0, &packets[at]), &mut out).unwrap();
        out[..len].to_vec()
    };
    (0..packets.len()).map(wrap).collect()
}

/// Loses the packets that `is_lost` picks by number, from the first of sound.
fn lose(world: &mut World, mut is_lost: impl FnMut(usize) -> bool + 'static) {
    let mut count = 0;
    world.mangle = Some(Box::new(move |packet| {
        if is_rtcp(&packet) {
            return vec![packet];
        }
        count += 1;
        if is_lost(count - 1) { vec![] } else { vec![packet] }
    }));
}

fn say(world: &mut World, payload_type: u8, packets: &[Vec<u8>]) {
    for packet in packets {
        world.browser_sends(payload_type, false, TICKS, packet);
        world.step(TICK);
    }
    world.run(Duration::from_millis(1_200));
}

fn heard(world: &World) -> Vec<&[u8]> {
    world.trunk.received.iter().map(|packet| &packet.payload[..]).collect()
}

#[test]
fn it_is_offered_and_answered_first() {
    let world = World::call_with_red(Pcmu);
    let answer = world.description_of(BROWSER);
    assert!(answer.contains("m=audio 9 UDP/TLS/RTP/SAVPF 63 111"), "{answer}");
    assert!(answer.contains("a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"), "{answer}");
}

/// A repaired packet leaves no trace at all, not even in the decoder's memory.
#[test]
fn what_was_lost_once_is_heard_as_it_was() {
    let packets = tone_packets(Opus, 20, COUNT);
    let mut plain = World::call(&[Opus], Pcmu);
    say(&mut plain, OPUS, &packets);

    let mut world = World::call_with_red(Pcmu);
    lose(&mut world, |at| at % 5 == 3);
    say(&mut world, RED, &redundant(&packets, 1));
    world.assert_trunk_stream(160);
    assert_eq!(heard(&world), heard(&plain));
    let stats = world.last_stats(BROWSER);
    assert_eq!((stats.packets_repaired, stats.packets_lost), (COUNT as u64 / 5, COUNT as u64 / 5));
}

#[test]
fn two_levels_bring_back_two_in_a_row() {
    let packets = tone_packets(Opus, 20, COUNT);
    let mut plain = World::call(&[Opus], Pcmu);
    say(&mut plain, OPUS, &packets);

    let mut world = World::call_with_red(Pcmu);
    lose(&mut world, |at| matches!(at % 10, 3 | 4));
    say(&mut world, RED, &redundant(&packets, 2));
    assert_eq!(heard(&world), heard(&plain));
}

/// One level brings back the second of two, in-band redundancy or concealment covers the first.
#[test]
fn a_longer_loss_leaves_no_hole() {
    let mut world = World::call_with_red(Pcmu);
    lose(&mut world, |at| matches!(at % 20, 10..13));
    say(&mut world, RED, &redundant(&tone_packets(Opus, 20, COUNT), 1));
    assert_eq!(world.trunk.received.len(), COUNT);
    world.assert_trunk_stream(160);
    assert_eq!(world.last_stats(BROWSER).packets_repaired, COUNT as u64 / 20);
}

#[test]
fn the_repair_waits_for_nothing() {
    let mut world = World::call_with_red(Pcmu);
    let packets = redundant(&tone_packets(Opus, 20, 30), 1);
    lose(&mut world, |at| at == 20);
    for (at, packet) in packets.iter().enumerate() {
        world.browser_sends(RED, false, TICKS, packet);
        let expected = if at == 20 { 20 } else { at + 1 };
        assert_eq!(world.trunk.received.len(), expected, "after packet {at}");
        world.step(TICK);
    }
}

/// The packet itself comes after the one that brought it along.
#[test]
fn nothing_is_heard_twice() {
    let packets = tone_packets(Opus, 20, COUNT);
    let mut plain = World::call(&[Opus], Pcmu);
    say(&mut plain, OPUS, &packets);

    let mut world = World::call_with_red(Pcmu);
    let mut kept = None;
    let mut count = 0;
    world.mangle = Some(Box::new(move |packet| {
        if is_rtcp(&packet) {
            return vec![packet];
        }
        count += 1;
        match (count % 4, kept.take()) {
            (2, _) => {
                kept = Some(packet);
                vec![]
            }
            (_, Some(late)) => vec![packet, late],
            _ => vec![packet],
        }
    }));
    say(&mut world, RED, &redundant(&packets, 1));
    world.assert_trunk_stream(160);
    assert_eq!(heard(&world), heard(&plain));
}

#[test]
fn plain_and_redundant_packets_may_take_turns() {
    let packets = tone_packets(Opus, 20, COUNT);
    let wrapped = redundant(&packets, 1);
    let mut world = World::call_with_red(Pcmu);
    for (at, (plain, red)) in packets.iter().zip(&wrapped).enumerate() {
        let (number, packet) = if at % 7 < 3 { (OPUS, plain) } else { (RED, red) };
        world.browser_sends(number, false, TICKS, packet);
        world.step(TICK);
    }
    assert_eq!(world.trunk.received.len(), COUNT);
    world.assert_trunk_stream(160);
}

#[test]
fn garbage_is_counted_and_dropped() {
    let mut world = World::call_with_red(Pcmu);
    say(&mut world, RED, &[vec![0xFF; 40], vec![0xEF], vec![]]);
    assert!(world.trunk.received.is_empty());
    assert_eq!(world.worker.counters().undecodable, 3);
}

/// What came to the browser from here on: how many packets, and how many of them redundant.
fn downlink(world: &mut World, seconds: usize) -> (usize, usize) {
    let from = world.browser.received.len();
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 50 * seconds));
    let got = &world.browser.received[from..];
    (got.len(), got.iter().filter(|packet| packet.payload_type == RED).count())
}

fn lose_one_in_ten(world: &mut World) {
    let mut count = 0;
    world.lose_to_browser = Some(Box::new(move |packet| {
        let is_sound = packet[0] >= 128 && !is_rtcp(packet);
        count += usize::from(is_sound);
        is_sound && count % 10 == 0
    }));
}

#[test]
fn a_browser_that_loses_gets_redundancy_until_it_no_longer_does() {
    let mut world = World::call_with_red(Pcmu);
    assert_eq!(downlink(&mut world, 10).1, 0, "no loss, no redundancy");

    lose_one_in_ten(&mut world);
    downlink(&mut world, 10);
    let (all, redundant) = downlink(&mut world, 10);
    assert_eq!(redundant, all, "all of {all}");

    world.lose_to_browser = None;
    downlink(&mut world, 25);
    assert_eq!(downlink(&mut world, 5).1, 0, "no longer needed");
    let all: Vec<_> =
        world.browser.received.windows(2).map(|pair| pair[1].timestamp - pair[0].timestamp).collect();
    assert!(all.iter().all(|ticks| ticks % TICKS == 0 && *ticks <= 2 * TICKS), "an unbroken clock");
}

#[test]
fn what_the_browser_lost_is_in_the_next_packet() {
    let mut world = World::call_with_red(Pcmu);
    lose_one_in_ten(&mut world);
    downlink(&mut world, 10);
    let from = world.browser.received.len();
    downlink(&mut world, 5);
    let (mut gaps, mut filled) = (0, 0);
    for pair in world.browser.received[from..].windows(2) {
        let missing = pair[1].sequence.wrapping_sub(pair[0].sequence) - 1;
        let read = Redundant::parse(&pair[1].payload).unwrap();
        let offsets: Vec<_> = read.earlier.map(|block| block.offset).collect();
        gaps += missing;
        filled += u16::from(missing == 1 && offsets == [TICKS]);
    }
    assert!(gaps > 20 && filled == gaps, "{filled} of {gaps}");
}

/// Its packets stay as they are.
#[test]
fn a_browser_that_did_not_offer_it_gets_none() {
    let mut world = World::call(&[Opus], Pcmu);
    assert!(!world.description_of(BROWSER).contains("red/"));
    lose_one_in_ten(&mut world);
    downlink(&mut world, 10);
    assert_eq!(downlink(&mut world, 5).1, 0);
}

#[test]
fn silence_is_not_taken_for_loss() {
    let packets = redundant(&tone_packets(Opus, 20, 40), 1);
    let mut world = World::call_with_red(Pcmu);
    for packet in &packets[..20] {
        world.browser_sends(RED, false, TICKS, packet);
        world.step(TICK);
    }
    world.browser_sends(RED, false, TICKS * 20, &packets[20]);
    world.run(TICK * 20);
    for packet in &packets[21..] {
        world.browser_sends(RED, false, TICKS, packet);
        world.step(TICK);
    }
    assert_eq!(world.trunk.received.len(), 40);
    let last = world.trunk.received[39].payload.iter().map(|code| Law::Mu.expand(*code)).max();
    assert!(last > Some(5_000), "and the sound goes on");
}
