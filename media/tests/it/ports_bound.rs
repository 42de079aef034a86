//! Pairs of ports that another process has are passed over.

use media::CodecKind::{Opus, Pcmu};
use media::{MediaEvent, Refusal};

use crate::bridge_transcodes::speak_to_trunk;
use crate::world::{TRUNK, World};

/// Pairs in the range that the worker is given.
const PAIRS: usize = 50;

#[test]
fn the_next_pair_is_tried_and_told() {
    let mut world = World::new();
    world.bound_elsewhere = 2;
    world.open_rtp(TRUNK);
    assert_eq!(world.binds, [30_000, 30_002, 30_004]);
    let offer = world.description_of(TRUNK);
    assert!(offer.contains("m=audio 30004 RTP/AVP "), "{offer}");
    assert!(!offer.contains("30001"), "RTCP goes along: {offer}");
}

#[test]
fn a_pair_that_failed_is_not_tried_again() {
    let mut world = World::new();
    world.bound_elsewhere = 1;
    world.open_rtp(TRUNK);
    world.command(media::MediaCommand::Close { port: TRUNK });
    for _ in 0..PAIRS {
        world.open_rtp(TRUNK);
        world.command(media::MediaCommand::Close { port: TRUNK });
    }
    let tries = world.binds.iter().filter(|port| **port == 30_000).count();
    assert_eq!(tries, 1, "{:?}", world.binds);
}

#[test]
fn with_all_of_them_taken_the_port_is_refused_and_gone() {
    let mut world = World::call(&[Opus], Pcmu);
    let ports = world.worker.ports();
    world.bound_elsewhere = usize::MAX;
    world.open_rtp(media::PortId(3));
    assert_eq!(world.binds.len(), PAIRS);
    let refused = |event: &MediaEvent| matches!(event, MediaEvent::Refused { port, refusal: Refusal::NoFreePort } if port.0 == 3);
    assert!(world.events.iter().any(refused), "{:?}", world.events);
    assert_eq!(world.worker.ports(), ports);
    speak_to_trunk(&mut world, 10);
    assert_eq!(world.trunk.received.len(), 10, "the call that stood goes on");
}
