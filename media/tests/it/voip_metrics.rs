//! A trunk that asks for VoIP metrics (RFC 3611) gets them in the gateway's reports, and its own are believed.

use std::net::SocketAddr;
use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::rtcp::{Compound, CompoundWriter, Packet, VoipMetrics};
use media::sdp::SrtpMode;
use media::{DtmfMethod, MediaCommand, PortSpec, Socket};

use crate::bridge_transcodes::speak_to_trunk;
use crate::speech::tone_packets;
use crate::world::{BROWSER, TICK, TRUNK, World};

/// A call from a trunk whose offer has this line.
fn called(line: &'static str) -> World {
    let mut world = World::new();
    world.trunk.lines = line;
    world.open_browser(&[Opus]);
    let spec = PortSpec::RtpAnswer {
        local: "10.0.0.1".parse().unwrap(),
        codecs: vec![Pcmu],
        dtmf: DtmfMethod::Auto,
        srtp: SrtpMode::Off,
        offer: world.trunk.describe(Pcmu, "sendrecv").into(),
        signalled_from: world.trunk.address.ip(),
    };
    world.command(MediaCommand::Open { port: TRUNK, spec });
    world.run(Duration::from_secs(2));
    world.command(MediaCommand::Bridge { a: BROWSER, b: TRUNK });
    world
}

/// The trunk talks for a while, and five packets in a row are lost.
fn talk(world: &mut World) {
    for (at, packet) in tone_packets(Pcmu, 20, 200).iter().enumerate() {
        world.step(TICK);
        match at {
            100..105 => drop(world.trunk.packet(0, false, 160, packet)),
            _ => world.trunk_sends(0, false, 160, packet),
        }
    }
    world.run(Duration::from_secs(5));
}

fn told(world: &World) -> Option<VoipMetrics> {
    let packets = Compound::parse(world.trunk.reports.last().unwrap()).unwrap();
    packets.into_iter().find_map(|packet| {
        let Packet::ExtendedReport { voip, .. } = packet else { return None };
        voip
    })
}

#[test]
fn where_asked_for_they_tell_of_loss_in_bursts_and_of_level_and_score() {
    let mut world = called("a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n");
    assert!(world.description_of(TRUNK).contains("a=rtcp-xr:voip-metrics\r\n"));
    talk(&mut world);
    let metrics = told(&world).expect("an extended report");
    assert_eq!(metrics.ssrc, world.trunk.ssrc);
    assert!((metrics.loss - 0.025).abs() < 0.005 && metrics.discarded < 0.005, "{metrics:?}");
    assert!(metrics.burst_density > 0.99 && metrics.gap_density == 0.0, "{metrics:?}");
    assert_eq!((metrics.burst_ms, metrics.gap_ms), (100, 3_900));
    assert!(metrics.rating.is_some_and(|rating| (70..93).contains(&rating)), "{metrics:?}");
    assert!(metrics.mos_conversational.is_some_and(|mos| (3.5..4.4).contains(&mos)), "{metrics:?}");
}

#[test]
fn nobody_else_gets_them() {
    for line in ["", "a=rtcp-xr\r\n", "a=rtcp-xr:pkt-loss-rle\r\n"] {
        let mut world = called(line);
        assert!(!world.description_of(TRUNK).contains("rtcp-xr"), "{line}");
        talk(&mut world);
        assert_eq!(told(&world), None, "{line}");
    }
}

#[test]
fn what_the_trunk_makes_of_our_sound_is_its_score() {
    let mut world = called("a=rtcp-xr:voip-metrics\r\n");
    speak_to_trunk(&mut world, 20);
    let ssrc = world.trunk.received[0].header.ssrc;
    let from = SocketAddr::new(world.trunk.address.ip(), world.trunk.address.port() + 1);
    for (of, mos) in [(ssrc, 2.5), (ssrc + 1, 4.0)] {
        let metrics = VoipMetrics { ssrc: of, mos_conversational: Some(mos), ..VoipMetrics::default() };
        let mut space = [0; 128];
        let mut writer = CompoundWriter::new(&mut space);
        writer.report(world.trunk.ssrc, None, &[]).unwrap();
        let len = writer.voip_metrics(world.trunk.ssrc, &metrics).unwrap().len();
        world.inject(Socket::Rtcp(TRUNK), from, space[..len].to_vec());
    }
    world.run(Duration::from_secs(1));
    assert_eq!(world.last_stats(TRUNK).remote_mos, Some(2.5));
}
