//! Nothing comes from a peer that should speak: told after 3 s, and each time that doubles.

use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::{MediaEvent, PortId};

use crate::speech::tone_packets;
use crate::world::{BROWSER, TRUNK, World};

/// Lets `seconds` pass; when silence of a port was told, and of how long.
fn told(world: &mut World, of: PortId, seconds: u64) -> Vec<(Duration, Duration)> {
    let begin = world.now;
    let mut told = Vec::new();
    while world.now < begin + Duration::from_secs(seconds) {
        let seen = world.events.len();
        world.step(Duration::from_millis(5));
        let silences = world.events[seen..].iter().filter_map(|event| {
            let MediaEvent::Silence { port, since } = event else { return None };
            (*port == of).then_some(*since)
        });
        told.extend(silences.map(|since| (world.now - begin, since)));
    }
    told
}

fn assert_told(told: &[(Duration, Duration)], expected: &[u64]) {
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for (told, expected) in told.iter().zip(expected) {
        let (expected, (at, since)) = (Duration::from_secs(*expected), *told);
        assert!(at >= expected && at - expected <= Duration::from_millis(10), "{at:?}, not {expected:?}");
        assert_eq!(since, expected);
    }
}

#[test]
fn at_three_six_twelve_and_twenty_four_seconds() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 5));
    assert_told(&told(&mut world, TRUNK, 30), &[3, 6, 12, 24]);
}

#[test]
fn a_packet_begins_the_count_anew() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 5));
    assert_told(&told(&mut world, TRUNK, 7), &[3, 6]);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 1));
    assert_told(&told(&mut world, TRUNK, 7), &[3, 6]);
}

#[test]
fn of_a_browser_as_well() {
    let mut world = World::call(&[Opus], Pcmu);
    world.browser_says(Opus, 20, &tone_packets(Opus, 20, 5));
    assert_told(&told(&mut world, BROWSER, 7), &[3, 6]);
}

#[test]
fn a_peer_that_holds_may_be_silent() {
    for direction in ["recvonly", "inactive"] {
        let mut world = World::call(&[Opus], Pcmu);
        world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 5));
        world.reoffer(Pcmu, direction);
        assert_told(&told(&mut world, TRUNK, 20), &[]);
        world.reoffer(Pcmu, "sendrecv");
        let told = told(&mut world, TRUNK, 10);
        // The end of the hold is known to the second.
        let (early, late) = (Duration::from_secs(2), Duration::from_secs(3));
        assert!(matches!(told[..], [(at, _), ..] if at >= early && at <= late), "{direction}: {told:?}");
    }
}
