//! STUN of strangers: a counter, and nothing else.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use allocation_counter::measure;
use media::CodecKind::{Opus, Pcmu};
use media::{Output, Socket};

use crate::bridge_transcodes::{heard_by_trunk, speak_to_trunk};
use crate::tone::assert_tone;
use crate::world::{BROWSER, World};

const FLOOD: u32 = 20_000;
const BINDING_REQUEST: [u8; 2] = [0, 1];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const PRIORITY: u16 = 0x0024;

/// A connectivity check for `ufrag` with a password that is made up.
fn check(ufrag: &str, number: u32) -> Vec<u8> {
    let mut attributes = Vec::new();
    let integrity = [number as u8; 20];
    let username = format!("{ufrag}:else");
    for (kind, value) in
        [(USERNAME, username.as_bytes()), (PRIORITY, &[1, 2, 3, 4]), (MESSAGE_INTEGRITY, &integrity)]
    {
        attributes.extend(kind.to_be_bytes());
        attributes.extend((value.len() as u16).to_be_bytes());
        attributes.extend(value);
        attributes.resize(attributes.len().next_multiple_of(4), 0);
    }
    let mut packet = BINDING_REQUEST.to_vec();
    packet.extend((attributes.len() as u16).to_be_bytes());
    packet.extend(MAGIC_COOKIE);
    packet.extend([0; 8]);
    packet.extend(number.to_be_bytes());
    packet.extend(attributes);
    packet
}

fn stranger(number: u32) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::from(0xcb00_7100 + number / 60_000)), (number % 60_000 + 1) as u16)
}

/// Sends the flood; what it left allocated, in bytes, and how many answers it got.
fn flood(world: &mut World, ufrag: &str) -> (i64, usize) {
    let packets: Vec<_> = (0..FLOOD).map(|number| (stranger(number), check(ufrag, number))).collect();
    let (mut answers, now) = (0, world.now);
    let worker = &mut world.worker;
    let cost = measure(|| {
        for (from, mut packet) in packets {
            worker.handle_packet(now, Socket::Browsers(0), from, &mut packet);
            while !matches!(worker.poll_output(), Output::Timeout(_)) {
                answers += 1;
            }
        }
    });
    // The packets themselves were let go of meanwhile.
    (cost.bytes_current.max(0), answers)
}

fn ufrag_of(world: &World) -> String {
    let answer = world.description_of(BROWSER);
    answer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap().trim().to_owned()
}

fn assert_unmoved(mut world: World) {
    world.trunk.received.clear();
    speak_to_trunk(&mut world, 50);
    assert_eq!(world.trunk.received.len(), 50);
    assert_tone(&heard_by_trunk(&world, Pcmu)[800..], 1000.0, 8_000);
    world.run(Duration::from_secs(20));
    assert!(world.browser.is_connected(), "its own checks go on");
}

#[test]
fn for_nobody() {
    let mut world = World::call(&[Opus], Pcmu);
    let before = world.worker.counters().unknown_source;
    assert_eq!(flood(&mut world, "nobody"), (0, 0));
    assert_eq!(world.worker.counters().unknown_source - before, u64::from(FLOOD));
    assert_unmoved(world);
}

#[test]
fn for_a_session_but_without_its_password() {
    let mut world = World::call(&[Opus], Pcmu);
    let (before, ufrag) = (world.worker.counters().unknown_source, ufrag_of(&world));
    assert_eq!(flood(&mut world, &ufrag), (0, 0));
    assert_eq!(world.worker.counters().unknown_source - before, u64::from(FLOOD));
    assert_unmoved(world);
}
