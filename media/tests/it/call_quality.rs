//! Each second tells how good either way sounds (ITU-T G.107).

use std::net::SocketAddr;
use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::rtcp::{CompoundWriter, ReportBlock};
use media::{MediaEvent, Socket};

use crate::bridge_transcodes::speak_to_trunk;
use crate::speech::tone_packets;
use crate::world::{TICK, TRUNK, World};

/// The trunk speaks for ten seconds; packets for which `is_lost` do not arrive. The score of the last whole second.
fn score(is_lost: impl Fn(usize) -> bool) -> f32 {
    let mut world = World::call(&[Opus], Pcmu);
    for (at, packet) in tone_packets(Pcmu, 20, 500).iter().enumerate() {
        world.step(TICK);
        if is_lost(at) {
            drop(world.trunk.packet(0, false, 160, packet));
        } else {
            world.trunk_sends(0, false, 160, packet);
        }
    }
    world.last_stats(TRUNK).mos.unwrap()
}

#[test]
fn loss_lowers_the_score_and_bursts_lower_it_more() {
    let whole = score(|_| false);
    let scattered = score(|at| at % 10 == 3);
    let burst = score(|at| at % 50 < 5);
    assert!(whole > 4.35, "{whole}");
    assert!((3.2..3.6).contains(&scattered), "{scattered}");
    assert!(burst < scattered - 0.1, "{burst} and {scattered}");
}

#[test]
fn a_second_without_sound_has_no_score() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 60));
    world.run(Duration::from_secs(3));
    let stats = world.last_stats(TRUNK);
    assert_eq!((stats.mos, stats.remote_mos), (None, None));
}

#[test]
fn the_peers_report_scores_what_we_send() {
    let mut world = World::call(&[Opus], Pcmu);
    speak_to_trunk(&mut world, 50);
    let ours = world.trunk.received.last().unwrap().header.ssrc;
    let mut remote_mos = |fraction_lost, jitter| {
        let block = ReportBlock { ssrc: ours, fraction_lost, jitter, ..ReportBlock::default() };
        let mut space = [0; 128];
        let len = CompoundWriter::new(&mut space).report(77, None, &[block]).unwrap().len();
        let from = SocketAddr::new(world.trunk.address.ip(), world.trunk.address.port() + 1);
        world.inject(Socket::Rtcp(TRUNK), from, space[..len].to_vec());
        world.run(Duration::from_secs(1));
        world.last_stats(TRUNK).remote_mos.unwrap()
    };
    let (clean, jittery, lossy) = (remote_mos(0, 0), remote_mos(0, 1_200), remote_mos(26, 0));
    assert!(clean > 4.35 && jittery < clean - 0.3 && lossy < 3.6, "{clean}, {jittery}, {lossy}");
}

#[test]
fn figures_come_each_second() {
    let mut world = World::call(&[Opus], Pcmu);
    world.events.clear();
    world.run(Duration::from_secs(5));
    let told = |event: &&MediaEvent| matches!(event, MediaEvent::Stats { port: TRUNK, .. });
    assert!((4..=5).contains(&world.events.iter().filter(told).count()));
}
