//! A trunk that offers, and offers anew in the middle of a call.

use media::CodecKind::{self, G722, Opus, Pcmu};
use media::sdp::SrtpMode;
use media::{Direction, DtmfMethod, MediaCommand, MediaEvent, PortSpec, Socket};

use crate::bridge_transcodes::{heard_by_trunk, speak_to_trunk};
use crate::speech::tone_packets;
use crate::tone::assert_tone;
use crate::world::{BROWSER, TRUNK, World};

/// A call from the trunk, which offered `codec`.
fn called(codec: CodecKind) -> World {
    let mut world = World::new();
    world.open_browser(&[Opus]);
    let spec = PortSpec::RtpAnswer {
        local: "10.0.0.1".parse().unwrap(),
        codecs: vec![codec],
        dtmf: DtmfMethod::Auto,
        srtp: SrtpMode::Off,
        offer: world.trunk.describe(codec, "sendrecv").into(),
        signalled_from: world.trunk.address.ip(),
    };
    world.command(MediaCommand::Open { port: TRUNK, spec });
    world.run(std::time::Duration::from_secs(2));
    world.command(MediaCommand::Bridge { a: BROWSER, b: TRUNK });
    world
}

fn direction(world: &World) -> Direction {
    let told = |event: &MediaEvent| {
        let MediaEvent::Negotiated { port: TRUNK, direction, .. } = event else { return None };
        Some(*direction)
    };
    world.events.iter().rev().find_map(told).unwrap()
}

fn line<'a>(sdp: &'a str, start: &str) -> &'a str {
    sdp.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{start} in {sdp}"))
}

#[test]
fn an_offer_is_answered_and_both_hear_each_other() {
    for codec in [Pcmu, G722] {
        let mut world = called(codec);
        let answer = world.description_of(TRUNK);
        let number = codec.static_payload_type().unwrap();
        assert!(
            line(&answer, "m=audio ").starts_with(&format!("m=audio 30000 RTP/AVP {number}")),
            "{answer}"
        );
        speak_to_trunk(&mut world, 50);
        world.trunk_says(codec, 20, &tone_packets(codec, 20, 50));
        assert_eq!((world.trunk.received.len(), world.browser.received.len()), (50, 50));
        let rate = codec.sample_rate();
        assert_tone(&heard_by_trunk(&world, codec)[rate as usize / 5..], 1000.0, rate);
    }
}

/// The sound follows at once, in one stream; the place before is a stranger's.
#[test]
fn a_new_address_is_followed() {
    let mut world = called(Pcmu);
    speak_to_trunk(&mut world, 20);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 20));
    let former = world.trunk.address;
    world.trunk.address = "198.51.100.77:9000".parse().unwrap();
    let answer = world.reoffer(Pcmu, "sendrecv");
    assert!(line(&answer, "o=").contains(" 2 IN IP4 "), "the version counts up (RFC 3264 §8): {answer}");
    speak_to_trunk(&mut world, 20);
    assert_eq!(world.trunk.received.len(), 40);
    world.assert_trunk_stream(160);

    let foreign = world.worker.counters().foreign_rtp;
    let next = (world.trunk.sequence, world.trunk.timestamp);
    let packet = world.trunk.packet(0, false, 160, &[0xff; 160]);
    world.inject(Socket::Rtp(TRUNK), former, packet);
    (world.trunk.sequence, world.trunk.timestamp) = next;
    assert_eq!(world.worker.counters().foreign_rtp, foreign + 1);
    assert_eq!(world.browser.received.len(), 20);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 20));
    assert_eq!(world.browser.received.len(), 40);
}

#[test]
fn a_trunk_that_holds_gets_nothing_and_may_play_music() {
    let mut world = called(Pcmu);
    speak_to_trunk(&mut world, 20);
    let answer = world.reoffer(Pcmu, "sendonly");
    assert!(answer.contains("a=recvonly"), "{answer}");
    assert_eq!(direction(&world), Direction::RecvOnly);
    speak_to_trunk(&mut world, 50);
    assert_eq!(world.trunk.received.len(), 20, "sound to a peer that holds");
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 50));
    assert_eq!(world.browser.received.len(), 50, "music on hold");

    let answer = world.reoffer(Pcmu, "sendrecv");
    assert!(answer.contains("a=sendrecv"), "{answer}");
    speak_to_trunk(&mut world, 20);
    assert_eq!(world.trunk.received.len(), 40);
    let (before, after) = (world.trunk.received[19].header, world.trunk.received[20].header);
    assert_eq!((after.sequence, after.ssrc), (before.sequence.wrapping_add(1), before.ssrc));
    // The browser's clock counts: it stood still while the music played.
    assert_eq!(after.timestamp.wrapping_sub(before.timestamp), 51 * 160);
}

#[test]
fn inactive_is_silence_both_ways_on_our_side() {
    let mut world = called(Pcmu);
    let answer = world.reoffer(Pcmu, "inactive");
    assert!(answer.contains("a=inactive"), "{answer}");
    speak_to_trunk(&mut world, 10);
    assert!(world.trunk.received.is_empty());
}

/// Another fork answers: its description counts from now on.
#[test]
fn a_second_answer_replaces_the_first() {
    let mut world = World::call(&[Opus], Pcmu);
    speak_to_trunk(&mut world, 10);
    world.trunk.address = "198.51.100.9:7100".parse().unwrap();
    let sdp = world.trunk.describe(Pcmu, "sendrecv").into();
    let signalled_from = world.trunk.address.ip();
    world.command(MediaCommand::SetAnswer { port: TRUNK, sdp, signalled_from });
    speak_to_trunk(&mut world, 10);
    assert_eq!(world.trunk.received.len(), 20);
    world.assert_trunk_stream(160);
}

/// The peer connection to the browser is not touched by any of it.
#[test]
fn the_browser_sees_one_stream_throughout() {
    let mut world = called(Pcmu);
    for direction in ["sendrecv", "sendonly", "sendrecv"] {
        world.reoffer(Pcmu, direction);
        world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 20));
    }
    assert_eq!(world.browser.received.len(), 60);
    world.assert_browser_stream(960);
}
