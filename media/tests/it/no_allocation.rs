//! Once warm, a packet on its way costs no allocation.

use std::time::{Duration, Instant};

use allocation_counter::measure;
use media::CodecKind::{self, G722, Opus, Pcma, Pcmu};
use media::codec::{decoder, encoder};
use media::dtmf::Detector;
use media::jitter::{Reception, Reorder, ReorderConfig};
use media::resample::Resampler;
use media::rtp::{HEADER_LEN, Header, Packet};
use media::sdp::SrtpMode;
use media::source::{Audio, PlayId, Source};
use media::srtp::{Protector, Suite};
use media::{DtmfMethod, MediaCommand, Output, PortId, PortSpec, RoomId, Socket, Worker};

use crate::files::{tone_opus, tone_wav};
use crate::play_tones::FOREVER;
use crate::speech::tone_packets;
use crate::srtp_trunk::{crypto_line, key};
use crate::world::{Trunk, World};

fn check(what: &str, kind: CodecKind, rate: u32, mut run: impl FnMut()) {
    // The first packets make tables and change modes.
    (0..50).for_each(|_| run());
    let count = measure(|| (0..50).for_each(|_| run())).count_total;
    assert_eq!(count, 0, "{what} {kind:?} at {rate}");
}

#[test]
fn codecs() {
    for (kind, rate) in [(Pcmu, 8_000), (Pcma, 8_000), (G722, 16_000), (Opus, 8_000), (Opus, 16_000)] {
        let (mut encoder, mut decoder) = (encoder(kind, rate).unwrap(), decoder(kind, rate).unwrap());
        let samples = rate as usize / 50;
        let pcm: Vec<i16> = (0..samples as i32).map(|n| (n * 7_919 % 9_001 - 4_500) as i16).collect();
        let (mut packet, mut heard, mut len) = ([0; 1_500], vec![0; samples], 0);
        check("encode", kind, rate, || len = encoder.encode(&pcm, &mut packet).unwrap());
        check("decode", kind, rate, || {
            decoder.decode(&packet[..len], &mut heard).unwrap();
        });
        check("conceal", kind, rate, || {
            decoder.conceal(&mut heard);
            decoder.decode(&packet[..len], &mut heard).unwrap();
        });
    }
}

#[test]
fn between_rates() {
    let pcm: Vec<_> = (0..960).map(|n| ((n * 31 % 97) * 100) as i16).collect();
    let mut out = [0; 960];
    for (from, to) in [(8_000, 16_000), (48_000, 8_000), (44_100, 48_000)] {
        let mut resampler = Resampler::new(from, to).unwrap();
        let len = from as usize / 50;
        check("resample", Pcmu, from, || {
            resampler.process(&pcm[..len], &mut out);
        });
    }
}

#[test]
fn digits_in_sound() {
    let pcm: Vec<_> = (0..160).map(|n| ((n * 31 % 97) * 100) as i16).collect();
    let mut detector = Detector::new(8_000);
    check("listen to", Pcmu, 8_000, || detector.handle(&pcm));
}

#[test]
fn packets_in_and_out_of_order() {
    let now = Instant::now();
    let mut reorder = Reorder::new(ReorderConfig::default());
    let mut reception = Reception::new(8_000);
    let mut wire = [0; HEADER_LEN + 160];
    let mut count = 0;
    let counted = measure(|| {
        for at in 0..100u16 {
            // Each pair is swapped.
            let sequence = at ^ 1;
            let header = Header {
                marker: false,
                payload_type: 0,
                sequence,
                timestamp: u32::from(sequence) * 160,
                ssrc: 1,
            };
            Packet { header, payload: &[7; 160] }.write(&mut wire).unwrap();
            let packet = Packet::parse(&wire).unwrap();
            let now = now + Duration::from_millis(20) * u32::from(at);
            reception.record(now, &packet.header);
            let _ = reorder.insert(now, &packet);
            while let Some(released) = reorder.pop(now) {
                count += released.payload.len();
            }
        }
    });
    assert_eq!(counted.count_total, 0);
    assert!(count > 40 * 160, "some were held");
}

/// A worker that joins two RTP peers, and the packets it has sent.
struct Joined {
    worker: Worker,
    sent: usize,
}

impl Joined {
    fn new(codecs: [CodecKind; 2], srtp: SrtpMode, now: Instant) -> Self {
        let mut joined = Self { worker: World::new().worker, sent: 0 };
        for (port, codec) in (1..).map(PortId).zip(codecs) {
            let (local, codecs) = ("10.0.0.1".parse().unwrap(), vec![codec]);
            let spec = PortSpec::RtpOffer { local, codecs, dtmf: DtmfMethod::Auto, srtp };
            joined.command(now, MediaCommand::Open { port, spec });
            let trunk = Trunk::new();
            let mut sdp = trunk.describe(codec, "sendrecv").replace("opus/8000", "opus/48000/2");
            if srtp == SrtpMode::Mandatory {
                sdp = sdp.replace("RTP/AVP", "RTP/SAVP") + &crypto_line(1, &key(Suite::Aes128CmSha1_80));
            }
            let sdp = sdp.into();
            let signalled_from = trunk.address.ip();
            joined.command(now, MediaCommand::SetAnswer { port, sdp, signalled_from });
        }
        joined.command(now, MediaCommand::Bridge { a: PortId(1), b: PortId(2) });
        joined
    }

    fn command(&mut self, now: Instant, command: MediaCommand) {
        self.worker.handle_command(now, command);
        self.drain(now);
    }

    fn receive(&mut self, now: Instant, packet: &mut [u8]) {
        self.worker.handle_packet(now, Socket::Rtp(PortId(1)), Trunk::new().address, packet);
        self.drain(now);
    }

    fn drain(&mut self, now: Instant) {
        loop {
            match self.worker.poll_output() {
                Output::Bind { port, .. } => self.worker.handle_bound(now, port),
                Output::Transmit { socket: Socket::Rtp(_), .. } => self.sent += 1,
                Output::Timeout(_) => return,
                Output::Transmit { .. } | Output::Unbind { .. } | Output::Event(_) => {}
            }
        }
    }
}

/// The whole way of a packet but str0m's part of it, between the reports of each second.
#[test]
fn a_packet_through_a_worker() {
    for codecs in [[Pcmu, Pcmu], [Pcmu, Opus], [Opus, Pcma], [G722, Opus], [Opus, G722]] {
        let now = World::new().now;
        let mut joined = Joined::new(codecs, SrtpMode::Off, now);
        let mut trunk = Trunk::new();
        let number = codecs[0].static_payload_type().unwrap_or(96);
        let ticks = codecs[0].rtp_clock() / 50;
        let payloads = tone_packets(codecs[0], 20, 100);
        let packets = payloads.iter().map(|payload| trunk.packet(number, false, ticks, payload));
        let mut packets: Vec<_> = packets.collect();
        let at = |index: usize| now + Duration::from_millis(20) * index as u32;
        for (index, packet) in packets[..60].iter_mut().enumerate() {
            joined.worker.handle_timeout(at(index));
            joined.receive(at(index), packet);
        }
        let before = joined.sent;
        let counted = measure(|| {
            for (index, packet) in packets[60..95].iter_mut().enumerate() {
                joined.receive(at(60 + index), packet);
            }
        });
        assert_eq!(joined.sent - before, 35, "{codecs:?}");
        assert_eq!(counted.count_total, 0, "{codecs:?}");
    }
}

/// A file that is played to a trunk, looped and resampled, between the reports of each second.
#[test]
fn a_packet_of_a_file() {
    for (codec, file) in [(Pcmu, tone_wav(1_000.0, 44_100, 300)), (G722, tone_opus(1_000.0, 1_000))] {
        let now = World::new().now;
        let mut joined = Joined::new([codec, Pcmu], SrtpMode::Off, now);
        let source = Source::Audio(Audio::parse(&file).unwrap());
        joined
            .command(now, MediaCommand::Play { port: PortId(1), play: PlayId(1), source, settings: FOREVER });
        let mut run = |from: u32, to: u32| {
            let before = joined.sent;
            for at in from..to {
                joined.worker.handle_timeout(now + Duration::from_millis(20) * at);
                joined.drain(now);
            }
            joined.sent - before
        };
        run(1, 104);
        let mut sent = 0;
        let counted = measure(|| sent = run(104, 140));
        assert_eq!((sent, counted.count_total), (36, 0), "{codec:?}");
    }
}

/// A room of two, packets in and out, between the reports of each second.
#[test]
fn a_packet_through_a_room() {
    for codecs in [[Pcmu, Opus], [Opus, G722]] {
        let now = World::new().now;
        let mut joined = Joined::new(codecs, SrtpMode::Off, now);
        for port in [1, 2] {
            joined.command(now, MediaCommand::Mix { port: PortId(port), room: RoomId(1) });
        }
        let mut trunk = Trunk::new();
        let number = codecs[0].static_payload_type().unwrap_or(96);
        let payloads = tone_packets(codecs[0], 20, 140);
        let ticks = codecs[0].rtp_clock() / 50;
        let mut packets: Vec<_> =
            payloads.iter().map(|payload| trunk.packet(number, false, ticks, payload)).collect();
        let mut run = |packets: &mut [Vec<u8>], from: u32| {
            let before = joined.sent;
            for (at, packet) in (from..).zip(packets) {
                let now = now + Duration::from_millis(20) * at;
                joined.worker.handle_timeout(now);
                joined.receive(now, packet);
            }
            joined.sent - before
        };
        run(&mut packets[..104], 0);
        let mut sent = 0;
        let counted = measure(|| sent = run(&mut packets[104..140], 104));
        assert_eq!((sent, counted.count_total), (72, 0), "{codecs:?}");
    }
}

#[test]
fn a_protected_packet_through_a_worker() {
    let now = World::new().now;
    let mut joined = Joined::new([Pcmu, Pcma], SrtpMode::Mandatory, now);
    let (mut trunk, mut protector) = (Trunk::new(), Protector::new(key(Suite::Aes128CmSha1_80)));
    let mut packets: Vec<_> = (0u64..100)
        .map(|index| {
            let mut packet = trunk.packet(0, false, 160, &[0x55; 160]);
            packet.resize(packet.len() + 20, 0);
            let len = packet.len() - 20;
            let len = protector.protect_rtp(&mut packet, len, 65_530 + index).unwrap();
            packet.truncate(len);
            packet
        })
        .collect();
    let at = |index: usize| now + Duration::from_millis(20) * index as u32;
    for (index, packet) in packets[..60].iter_mut().enumerate() {
        joined.worker.handle_timeout(at(index));
        joined.receive(at(index), packet);
    }
    let before = joined.sent;
    let counted = measure(|| {
        for (index, packet) in packets[60..95].iter_mut().enumerate() {
            joined.receive(at(60 + index), packet);
        }
    });
    assert_eq!((joined.sent - before, counted.count_total), (35, 0));
}
