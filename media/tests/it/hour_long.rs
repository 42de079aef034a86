//! An hour of a call: counters roll over, clocks differ, and nothing is late, lost or out of order.

use std::time::Duration;

use media::CodecKind::{Pcma, Pcmu};
use media::sdp::SrtpMode;
use media::{CodecKind, DtmfMethod, MediaCommand, Output, PortId, PortSpec, Socket, Worker};

use crate::speech::tone_packets;
use crate::world::{TICK, Trunk, World};

/// Milliseconds a packet holds.
const PTIME: u32 = 40;
const TICKS: u32 = 8 * PTIME;

/// Joins two telephones whose packets hold 40 ms.
fn join(world: &mut World, codecs: [CodecKind; 2]) {
    for (port, codec) in (1..).map(PortId).zip(codecs) {
        let (local, codecs) = ("10.0.0.1".parse().unwrap(), vec![codec]);
        let spec = PortSpec::RtpOffer { local, codecs, dtmf: DtmfMethod::Auto, srtp: SrtpMode::Off };
        world.worker.handle_command(world.now, MediaCommand::Open { port, spec });
        drain(world, |_| {});
        let sdp = format!("{}a=ptime:{PTIME}\r\n", world.trunk.describe(codec, "sendrecv")).into();
        let signalled_from = world.trunk.address.ip();
        world.worker.handle_command(world.now, MediaCommand::SetAnswer { port, sdp, signalled_from });
        drain(world, |_| {});
    }
    world.worker.handle_command(world.now, MediaCommand::Bridge { a: PortId(1), b: PortId(2) });
    drain(world, |_| {});
}

fn drain(world: &mut World, mut sent: impl FnMut(&[u8])) {
    let now = world.now;
    let worker: &mut Worker = &mut world.worker;
    loop {
        match worker.poll_output() {
            Output::Bind { port, .. } => worker.handle_bound(now, port),
            Output::Transmit { socket: Socket::Rtp(PortId(2)), .. } => sent(worker.payload()),
            Output::Timeout(_) => return,
            Output::Transmit { .. } | Output::Unbind { .. } | Output::Event(_) => {}
        }
    }
}

/// Each packet goes on in the instant in which it comes, whatever the sender's clock does: there is nothing that could
/// fill up or run dry.
#[test]
fn of_telephones_whose_clocks_differ() {
    for codecs in [[Pcmu, Pcma], [Pcmu, Pcmu]] {
        let mut world = World::new();
        join(&mut world, codecs);
        let payload = &tone_packets(Pcmu, PTIME, 1)[0];
        let mut sender = Trunk::new();
        let mut last: Option<(u16, u32)> = None;
        for _ in 0..3_600_000 / PTIME {
            // A clock that is 200 millionths slow.
            world.now += Duration::from_micros(u64::from(PTIME) * 1_000 + 8);
            let mut packet = sender.packet(0, false, TICKS, payload);
            world.worker.handle_packet(world.now, Socket::Rtp(PortId(1)), sender.address, &mut packet);
            let mut count = 0;
            drain(&mut world, |bytes| {
                let header = media::rtp::Packet::parse(bytes).unwrap().header;
                let expected = last
                    .map(|(sequence, timestamp)| (sequence.wrapping_add(1), timestamp.wrapping_add(TICKS)));
                assert!(expected.is_none_or(|expected| expected == (header.sequence, header.timestamp)));
                last = Some((header.sequence, header.timestamp));
                count += 1;
            });
            assert_eq!(count, 1, "{codecs:?}");
            if sender.sequence.is_multiple_of(25) {
                world.worker.handle_timeout(world.now);
                drain(&mut world, |_| {});
            }
        }
        assert_eq!(world.worker.counters().malformed, 0);
    }
}

/// The sequence rolls over, and with it SRTP's counter on both sides (RFC 3711 §3.3.1).
#[test]
fn of_a_browser_whose_packets_are_encrypted() {
    let mut world = World::call(&[Pcmu], Pcmu);
    world.browser.sequence = 65_000;
    let payload = &tone_packets(Pcmu, 20, 1)[0];
    for _ in 0..1_000 {
        world.browser_sends(0, false, 160, payload);
        world.step(TICK);
    }
    assert_eq!(world.trunk.received.len(), 1_000);
    world.assert_trunk_stream(160);

    let mut rolled = None;
    for count in 0..66_000 {
        world.trunk_sends(0, false, 160, payload);
        if count % 10 == 0 {
            world.step(TICK * 10);
        }
        if world.browser.received.last().is_some_and(|packet| packet.sequence == 10) {
            rolled = Some(count);
            break;
        }
    }
    assert!(rolled > Some(32_000), "{rolled:?}");
    world.assert_browser_stream(160);
}
