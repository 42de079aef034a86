//! An hour of a call: counters roll over, clocks differ, and nothing is late, lost or out of order.

use std::time::{Duration, Instant};

use media::CodecKind::{self, Pcma, Pcmu};
use media::rtp::{Header, Packet};
use media::sdp::SrtpMode;
use media::srtp::{EXPANSION_MAX, Keying, Mki, Protector, Suite, Unprotector};
use media::{DtmfMethod, MediaCommand, MediaEvent, Output, PortId, PortSpec, Socket, Worker};

use crate::speech::tone_packets;
use crate::srtp_trunk::{crypto_line, key, read_key};
use crate::world::{TICK, Trunk, World};

/// Milliseconds a packet holds.
const PTIME: u32 = 50;
const TICKS: u32 = 8 * PTIME;
const HOUR: Duration = Duration::from_secs(3_600);
const SUITE: Suite = Suite::AeadAes128Gcm;

/// A telephone whose clock is fast or slow, and that speaks and hears SRTP.
struct Phone {
    port: PortId,
    trunk: Trunk,
    number: u8,
    said: Vec<u8>,
    /// Between its packets, by the true clock.
    period: Duration,
    due: Instant,
    sequence: u64,
    protector: Protector,
    unprotector: Option<Unprotector>,
    last: Option<Header>,
    heard: u64,
    roll_overs: u32,
}

impl Phone {
    fn new(port: PortId, codec: CodecKind, ppm: i64, now: Instant) -> Self {
        let trunk = Trunk::new();
        let micros = i64::from(PTIME) * (1_000_000 - ppm) / 1_000;
        let period = Duration::from_micros(micros.unsigned_abs());
        let (said, sequence) = (tone_packets(codec, PTIME, 1).remove(0), trunk.sequence.into());
        let (protector, unprotector) = (Protector::new(key(SUITE)), None);
        let number = codec.static_payload_type().unwrap();
        let (last, heard, roll_overs) = (None, 0, 0);
        Self {
            port,
            trunk,
            number,
            said,
            period,
            due: now,
            sequence,
            protector,
            unprotector,
            last,
            heard,
            roll_overs,
        }
    }

    fn say(&mut self) -> Vec<u8> {
        self.due += self.period;
        let mut packet = self.trunk.packet(self.number, false, TICKS, &self.said);
        let len = packet.len();
        packet.resize(len + EXPANSION_MAX, 0);
        let len = self.protector.protect_rtp(&mut packet, len, self.sequence).unwrap();
        self.sequence += 1;
        packet.truncate(len);
        packet
    }

    /// Each follows the one before, in sequence and time.
    fn hear(&mut self, packet: &mut [u8]) {
        let len = self.unprotector.as_mut().unwrap().unprotect_rtp(packet).expect("its counter goes along");
        let header = Packet::parse(&packet[..len]).unwrap().header;
        if let Some(last) = self.last.replace(header) {
            let follows = (last.sequence.wrapping_add(1), last.timestamp.wrapping_add(TICKS));
            assert_eq!((header.sequence, header.timestamp), follows);
        }
        self.heard += 1;
        self.roll_overs += u32::from(header.sequence == 0);
    }
}

struct Call {
    worker: Worker,
    now: Instant,
    phones: [Phone; 2],
}

impl Call {
    fn new(codecs: [CodecKind; 2], ppm: [i64; 2]) -> Self {
        let World { worker, now, .. } = World::new();
        let phones = [0, 1].map(|side| Phone::new(PortId(side as u64), codecs[side], ppm[side], now));
        let mut call = Self { worker, now, phones };
        for (side, codec) in codecs.into_iter().enumerate() {
            call.open(side, codec);
        }
        call.command(MediaCommand::Bridge { a: PortId(0), b: PortId(1) });
        call
    }

    fn open(&mut self, side: usize, codec: CodecKind) {
        let (port, trunk) = (self.phones[side].port, &self.phones[side].trunk);
        let sdp = trunk.describe(codec, "sendrecv").replace("RTP/AVP", "RTP/SAVP");
        let sdp = format!("{sdp}a=ptime:{PTIME}\r\n{}", crypto_line(1, &key(SUITE)));
        let (local, codecs, signalled_from) = ("10.0.0.1".parse().unwrap(), vec![codec], trunk.address.ip());
        let (dtmf, srtp) = (DtmfMethod::Auto, SrtpMode::Mandatory);
        let spec = PortSpec::RtpAnswer { local, codecs, dtmf, srtp, offer: sdp.into(), signalled_from };
        self.command(MediaCommand::Open { port, spec });
    }

    fn command(&mut self, command: MediaCommand) {
        self.worker.handle_command(self.now, command);
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            match self.worker.poll_output() {
                Output::Bind { port, .. } => self.worker.handle_bound(self.now, port),
                Output::Transmit { socket: Socket::Rtp(port), .. } => {
                    let mut packet = self.worker.payload().to_vec();
                    self.phones[port.0 as usize].hear(&mut packet);
                }
                Output::Event(MediaEvent::LocalDescription { port, sdp }) => {
                    let (_, master) = read_key(std::str::from_utf8(&sdp).unwrap(), SUITE);
                    let unprotector = Unprotector::new(Keying { master, mki: Mki::default() });
                    self.phones[port.0 as usize].unprotector = Some(unprotector);
                }
                Output::Timeout(_) => return,
                Output::Transmit { .. } | Output::Unbind { .. } | Output::Event(_) => {}
            }
        }
    }

    /// The next packet of either goes on to the other in the instant in which it comes.
    fn step(&mut self) {
        let side = usize::from(self.phones[1].due < self.phones[0].due);
        self.now = self.phones[side].due;
        let (port, from) = (self.phones[side].port, self.phones[side].trunk.address);
        let mut packet = self.phones[side].say();
        let before = self.phones[1 - side].heard;
        self.worker.handle_packet(self.now, Socket::Rtp(port), from, &mut packet);
        self.drain();
        assert_eq!(self.phones[1 - side].heard - before, 1, "at once");
    }
}

/// There is nothing that could fill up or run dry, whatever the clocks do; sequence and SRTP's counter roll over on all
/// four streams, the timestamp on those that come in.
#[test]
fn of_telephones_whose_clocks_differ() {
    let mut call = Call::new([Pcmu, Pcma], [100, -100]);
    let start = call.now;
    for count in 0.. {
        call.step();
        if count % 50 == 0 {
            call.worker.handle_timeout(call.now);
            call.drain();
        }
        if call.now - start >= HOUR {
            break;
        }
    }
    // 200 millionths of an hour are fourteen packets.
    let heard = call.phones.each_ref().map(|phone| phone.heard);
    assert!((13..=15).contains(&(heard[1] - heard[0])), "{heard:?}");
    assert!(call.phones.iter().all(|phone| phone.roll_overs > 0));
    let counters = call.worker.counters();
    assert_eq!((counters.malformed, counters.unauthenticated, counters.replayed), (0, 0, 0));
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
