use std::time::Duration;

use media::codec::encoder;
use media::{CodecKind, MediaEvent, Refusal, Socket};

use crate::bridge_transcodes::{heard_by_trunk, speak_to_trunk};
use crate::tone::{Tone, assert_patched_tone, assert_tone};
use crate::world::{TICK, TRUNK, World};

#[test]
fn one_packet_in_ten_lost_is_repaired() {
    let mut world = World::call(&[CodecKind::Opus], CodecKind::Pcmu);
    let mut count = 0;
    world.mangle = Some(Box::new(move |packet| {
        count += 1;
        if count % 10 == 5 { vec![] } else { vec![packet] }
    }));
    speak_to_trunk(&mut world, 200);
    let packets = &world.trunk.received;
    for pair in packets.windows(2) {
        assert_eq!(pair[1].header.timestamp, pair[0].header.timestamp.wrapping_add(160));
    }
    assert!(packets.len() >= 195, "{} packets", packets.len());
    let pcm = heard_by_trunk(&world, CodecKind::Pcmu);
    assert_patched_tone(&pcm[1600..], 1000.0, 8_000);
    let stats = world.last_stats(crate::world::BROWSER);
    assert_eq!(stats.packets_lost, 20, "{stats:?}");
    // An encoder adds FEC to what it takes for speech; to a steady tone, now and then.
    assert!(stats.packets_repaired > 0, "{stats:?}");
}

#[test]
fn neighbours_that_swap_come_out_in_order() {
    let mut world = World::call(&[CodecKind::Opus], CodecKind::Pcmu);
    let mut kept: Option<Vec<u8>> = None;
    let mut count = 0;
    world.mangle = Some(Box::new(move |packet| {
        count += 1;
        match kept.take() {
            Some(former) => vec![packet, former],
            None if count % 7 == 0 => {
                kept = Some(packet);
                vec![]
            }
            None => vec![packet],
        }
    }));
    speak_to_trunk(&mut world, 100);
    let packets = &world.trunk.received;
    assert!(packets.len() >= 98);
    for pair in packets.windows(2) {
        assert_eq!(pair[1].header.timestamp, pair[0].header.timestamp.wrapping_add(160));
        assert_eq!(pair[1].header.sequence, pair[0].header.sequence.wrapping_add(1));
    }
    let pcm = heard_by_trunk(&world, CodecKind::Pcmu);
    assert_tone(&pcm[1600..], 1000.0, 8_000);
}

#[test]
fn rtp_of_strangers_is_ignored() {
    let mut world = World::call(&[CodecKind::Opus], CodecKind::Pcmu);
    let mut pcmu = encoder(CodecKind::Pcmu, 8_000).unwrap();
    let mut payload = [0; 160];
    pcmu.encode(&Tone::new(1000.0, 8_000).frame(160), &mut payload).unwrap();
    let packet = world.trunk.packet(0, false, 160, &payload);
    for stranger in ["203.0.113.9:7000", "10.0.0.9:1234"] {
        world.inject(Socket::Rtp(TRUNK), stranger.parse().unwrap(), packet.clone());
    }
    world.step(TICK);
    assert_eq!(world.browser.received.len(), 0);
    assert_eq!(world.worker.counters().foreign_rtp, 2);
    // It still goes to where the trunk said it listens.
    speak_to_trunk(&mut world, 5);
    assert_eq!(world.trunk.received.len(), 5);
}

#[test]
fn garbage_is_counted() {
    let mut world = World::call(&[CodecKind::Opus], CodecKind::Pcmu);
    let (browser, trunk) = (world.browser.address, world.trunk.address);
    let before = world.worker.counters();
    let mut state = 1_u32;
    for len in 0..600_usize {
        let mut garbage = Vec::new();
        for _ in 0..len * 4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            garbage.push((state >> 24) as u8);
        }
        if let Some(first) = garbage.first_mut() {
            *first = [0, 0x80, 22, 0x90, 200][len % 5];
        }
        world.inject(Socket::Browsers(0), browser, garbage.clone());
        world.inject(Socket::Browsers(0), "203.0.113.9:1".parse().unwrap(), garbage.clone());
        world.inject(Socket::Rtp(TRUNK), trunk, garbage.clone());
        world.inject(Socket::Rtcp(TRUNK), trunk, garbage);
    }
    let after = world.worker.counters();
    assert!(after.unknown_source >= before.unknown_source + 400);
    assert!(after.malformed > before.malformed + 100);
    world.run(Duration::from_secs(1));
    world.trunk.received.clear();
    speak_to_trunk(&mut world, 50);
    assert_eq!(world.trunk.received.len(), 50);
}

#[test]
fn a_worker_full_of_ports_says_so() {
    let mut world = World::new();
    for port in 1..=5 {
        world.open_rtp(media::PortId(port));
    }
    let busy = |event: &MediaEvent| matches!(event, MediaEvent::Refused { refusal: Refusal::Busy, port } if port.0 == 5);
    assert!(world.events.iter().any(busy), "{:?}", world.events);
}
