//! RTCP between the gateway and a trunk (RFC 3550 §6.4).

use std::net::SocketAddr;
use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::Socket;
use media::rtcp::{Compound, CompoundWriter, Ntp, Packet, ReportBlock, SenderInfo};

use crate::bridge_transcodes::speak_to_trunk;
use crate::speech::tone_packets;
use crate::world::{TICK, TRUNK, World};

/// What a report of the gateway's says.
#[derive(Debug)]
struct Report {
    ssrc: u32,
    info: Option<SenderInfo>,
    blocks: Vec<ReportBlock>,
    cname: Vec<u8>,
}

fn read(bytes: &[u8]) -> Report {
    let mut packets = Compound::parse(bytes).unwrap();
    let (ssrc, info, blocks) = match packets.next() {
        Some(Packet::SenderReport { ssrc, info, blocks }) => (ssrc, Some(info), blocks.collect()),
        Some(Packet::ReceiverReport { ssrc, blocks }) => (ssrc, None, blocks.collect()),
        other => panic!("{other:?}"),
    };
    let Some(Packet::SourceDescription { cname: Some(cname), .. }) = packets.next() else {
        panic!("no CNAME")
    };
    Report { ssrc, info, blocks, cname: cname.to_vec() }
}

fn rtcp_address(world: &World) -> SocketAddr {
    SocketAddr::new(world.trunk.address.ip(), world.trunk.address.port() + 1)
}

/// The trunk sends a report about the gateway's stream, and of its own.
fn trunk_reports(world: &mut World, info: Option<SenderInfo>, block: ReportBlock) {
    let mut space = [0; 128];
    let mut writer = CompoundWriter::new(&mut space);
    let len = writer.report(world.trunk.ssrc, info.as_ref(), &[block]).unwrap().len();
    world.inject(Socket::Rtcp(TRUNK), rtcp_address(world), space[..len].to_vec());
}

#[test]
fn a_report_counts_what_was_sent_and_what_came() {
    let mut world = World::call(&[Opus], Pcmu);
    speak_to_trunk(&mut world, 100);
    let said = tone_packets(Pcmu, 20, 100);
    let begun = world.now;
    for (at, packet) in said.iter().enumerate() {
        world.step(TICK);
        match at % 10 {
            4 => drop(world.trunk.packet(0, false, 160, packet)),
            _ => world.trunk_sends(0, false, 160, packet),
        }
    }
    world.run(Duration::from_secs(5));
    let reports = &world.trunk.reports;
    assert!((1..=2).contains(&reports.len()), "{} in {:?}: one each 5 s", reports.len(), world.now - begun);
    let report = read(reports.last().unwrap());
    let (first, last) = (world.trunk.received.first().unwrap(), world.trunk.received.last().unwrap());
    assert_eq!(report.ssrc, first.header.ssrc);
    assert_eq!(report.cname, b"offhook");
    let info = report.info.expect("we have sent");
    assert_eq!((info.packets, info.octets), (100, 100 * 160));
    let ahead = info.rtp_timestamp.wrapping_sub(last.header.timestamp);
    assert!(ahead < 8_000 * 10, "the clocks of RTP and NTP belong together: {ahead} ticks ahead");
    let [block] = report.blocks[..] else { panic!("{report:?}") };
    assert_eq!((block.ssrc, block.cumulative_lost), (77, 10));
    let before = (65_530 + 99_u32) & 0xffff;
    assert_eq!(block.highest_sequence & 0xffff, before);
    assert_eq!(block.highest_sequence >> 16, 1, "the sequence has gone round once");
    assert_eq!(block.last_sr, 0, "the trunk has sent no report");
}

#[test]
fn one_that_only_listens_sends_no_sender_report() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 250));
    world.run(Duration::from_secs(5));
    let report = read(world.trunk.reports.last().unwrap());
    assert!(report.info.is_none(), "{report:?}");
    let [block] = report.blocks[..] else { panic!("{report:?}") };
    assert_eq!((block.fraction_lost, block.cumulative_lost, block.jitter), (0, 0, 0));
}

#[test]
fn the_fraction_lost_is_of_the_time_since_the_report_before() {
    let mut world = World::call(&[Opus], Pcmu);
    let said = tone_packets(Pcmu, 20, 250);
    for (at, packet) in said.iter().enumerate() {
        world.step(TICK);
        match at % 4 {
            1 => drop(world.trunk.packet(0, false, 160, packet)),
            _ => world.trunk_sends(0, false, 160, packet),
        }
    }
    world.run(Duration::from_millis(1));
    world.trunk_says(Pcmu, 20, &said);
    let fractions: Vec<_> =
        world.trunk.reports.iter().map(|report| read(report).blocks[0].fraction_lost).collect();
    assert!((60..=70).contains(fractions.first().unwrap()), "a quarter of 256: {fractions:?}");
    let last = *fractions.last().unwrap();
    assert!(last < 40, "the loss is over: {fractions:?}");
}

#[test]
fn jitter_is_in_ticks_and_in_milliseconds() {
    let mut world = World::call(&[Opus], Pcmu);
    for (at, packet) in tone_packets(Pcmu, 20, 500).iter().enumerate() {
        // Every other packet comes 8 ms late.
        world.step(Duration::from_millis(if at % 2 == 0 { 12 } else { 28 }));
        world.trunk_sends(0, false, 160, packet);
    }
    let block = read(world.trunk.reports.last().unwrap()).blocks[0];
    assert!((55..=73).contains(&block.jitter), "{} ticks, not 64", block.jitter);
    let stats = world.last_stats(TRUNK);
    assert!((stats.jitter_ms - 8.0).abs() < 1.0, "{stats:?}");
}

#[test]
fn what_the_trunk_reports_is_known() {
    let mut world = World::call(&[Opus], Pcmu);
    speak_to_trunk(&mut world, 50);
    world.trunk.reports.clear();
    while world.trunk.reports.is_empty() {
        world.step(Duration::from_millis(5));
    }
    let ours = read(&world.trunk.reports[0]);
    // 120 ms on the way, 500 ms at the trunk; a quarter lost.
    world.run(Duration::from_millis(620));
    let block = ReportBlock {
        ssrc: ours.ssrc,
        fraction_lost: 64,
        last_sr: ours.info.unwrap().ntp.middle(),
        delay_since_last_sr: 65_536 / 2,
        ..ReportBlock::default()
    };
    trunk_reports(&mut world, None, block);
    world.run(Duration::from_secs(1));
    let stats = world.last_stats(TRUNK);
    let round_trip = stats.round_trip_ms.unwrap();
    assert!((round_trip - 120.0).abs() < 10.0, "{stats:?}");
    assert_eq!(stats.remote_loss, Some(0.25));
}

#[test]
fn a_report_about_another_stream_says_nothing() {
    let mut world = World::call(&[Opus], Pcmu);
    speak_to_trunk(&mut world, 50);
    trunk_reports(
        &mut world,
        None,
        ReportBlock { ssrc: 4_711, fraction_lost: 255, ..ReportBlock::default() },
    );
    world.run(Duration::from_secs(1));
    let stats = world.last_stats(TRUNK);
    assert_eq!((stats.remote_loss, stats.round_trip_ms), (None, None));
}

#[test]
fn the_trunks_own_report_is_answered_for_its_round_trip() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 10));
    let sent = Ntp::after(Duration::from_secs(3_000));
    let info = SenderInfo { ntp: sent, rtp_timestamp: 0, packets: 10, octets: 1_600 };
    trunk_reports(&mut world, Some(info), ReportBlock::default());
    let came = world.now;
    world.trunk.reports.clear();
    while world.trunk.reports.is_empty() {
        world.step(Duration::from_millis(5));
    }
    let block = read(&world.trunk.reports[0]).blocks[0];
    assert_eq!(block.last_sr, sent.middle());
    let delay = Duration::from_secs(1) * block.delay_since_last_sr / 65_536;
    assert!((world.now - came).abs_diff(delay) <= Duration::from_millis(10), "{delay:?}");
}
