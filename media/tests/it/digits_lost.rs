//! Ten thousand digits through a network that loses one packet in ten, on either side of the bridge.

use std::time::{Duration, Instant};

use media::CodecKind::Pcmu;
use media::dtmf::{Digit, Receiver, Sender, Step};
use media::rtp::{Header, Packet};
use media::sdp::SrtpMode;
use media::{DtmfMethod, MediaCommand, MediaEvent, Output, PortId, PortSpec, Socket, Worker};

use crate::dtmf_tones::KEYS;
use crate::world::{Trunk, World};

const DIGITS: usize = 10_000;
const EACH: Duration = Duration::from_millis(60);
const PHONE: PortId = PortId(1);
const HEARER: PortId = PortId(2);

/// Chance of a seed.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    fn loses(&mut self) -> bool {
        self.next().is_multiple_of(10)
    }
}

/// Two telephones, with their own clocks of events.
struct Bridge {
    worker: Worker,
    now: Instant,
    phone: Trunk,
    chance: Chance,
    told: Vec<char>,
    hearer: Receiver,
    clock: u32,
    heard: Vec<char>,
}

impl Bridge {
    fn new([here, there]: [u32; 2]) -> Self {
        let World { worker, now, .. } = World::new();
        let (phone, chance, hearer) = (Trunk::new(), Chance(7), Receiver::default());
        let (told, heard) = Default::default();
        let mut bridge = Self { worker, now, phone, chance, told, hearer, clock: there, heard };
        for (port, clock) in [(PHONE, here), (HEARER, there)] {
            bridge.open(port, clock);
        }
        bridge.command(MediaCommand::Bridge { a: PHONE, b: HEARER });
        bridge
    }

    /// A phone that offers events at this clock.
    fn open(&mut self, port: PortId, clock: u32) {
        let offer = self.phone.describe(Pcmu, "sendrecv");
        let offer = offer.replace("telephone-event/8000", &format!("telephone-event/{clock}")).into();
        let spec = PortSpec::RtpAnswer {
            local: "10.0.0.1".parse().unwrap(),
            codecs: vec![Pcmu],
            dtmf: DtmfMethod::Auto,
            srtp: SrtpMode::Off,
            offer,
            signalled_from: self.phone.address.ip(),
        };
        self.command(MediaCommand::Open { port, spec });
    }

    fn command(&mut self, command: MediaCommand) {
        self.worker.handle_command(self.now, command);
        self.drain();
    }

    fn wait_until(&mut self, at: Instant) {
        while self.now < at {
            self.now = (self.now + Duration::from_millis(20)).min(at);
            self.worker.handle_timeout(self.now);
            self.drain();
            self.hearer.handle_timeout(self.now);
            self.listen();
        }
    }

    /// The phone sends an event, which may be lost.
    fn send(&mut self, marker: bool, timestamp: u32, payload: &[u8]) {
        let header = Header { marker, payload_type: 101, sequence: self.phone.sequence, timestamp, ssrc: 77 };
        self.phone.sequence = self.phone.sequence.wrapping_add(1);
        let mut bytes = vec![0; 12 + payload.len()];
        Packet { header, payload }.write(&mut bytes).unwrap();
        if !self.chance.loses() {
            let from = self.phone.address;
            self.worker.handle_packet(self.now, Socket::Rtp(PHONE), from, &mut bytes);
            self.drain();
        }
    }

    fn drain(&mut self) {
        loop {
            match self.worker.poll_output() {
                Output::Bind { port, .. } => self.worker.handle_bound(self.now, port),
                Output::Transmit { socket: Socket::Rtp(HEARER), .. } => {
                    let lost = self.chance.loses();
                    let packet = Packet::parse(self.worker.payload()).unwrap();
                    if !lost {
                        self.hearer.handle(self.now, self.clock, packet.header.timestamp, packet.payload);
                    }
                    self.listen();
                }
                Output::Event(MediaEvent::Digit { port: PHONE, digit, relayed: true, duration }) => {
                    assert!(duration <= EACH + Duration::from_millis(1), "{duration:?}");
                    self.told.push(digit);
                }
                Output::Timeout(_) => return,
                Output::Transmit { .. } | Output::Unbind { .. } | Output::Event(_) => {}
            }
        }
    }

    fn listen(&mut self) {
        while let Some(received) = self.hearer.poll() {
            assert!(received.duration <= EACH + Duration::from_millis(1), "{received:?}");
            self.heard.push(received.digit.as_char());
        }
    }

    /// Presses keys one after the other.
    fn press(&mut self, keys: &[char], clock: u32) {
        let mut sender = Sender::new(clock);
        let start = self.now;
        for key in keys {
            sender.push(Digit::try_from(*key).unwrap(), EACH).unwrap();
            loop {
                let elapsed = (self.now - start).as_micros() as u64 * u64::from(clock) / 1_000_000;
                match sender.poll(self.now, 0xFFFF_0000u32.wrapping_add(elapsed as u32)) {
                    Step::Send(packet) => self.send(packet.marker, packet.timestamp, &packet.payload),
                    Step::Wait(at) => self.wait_until(at),
                    Step::Done => break,
                }
            }
        }
        self.wait_until(self.now + Duration::from_secs(1));
    }
}

/// Keys missing from what was sent, and keys that were not sent, by the shortest way from one to the other.
fn wrong(sent: &[char], heard: &[char]) -> [usize; 2] {
    let (mut at, mut missing, mut added) = (0, 0, 0);
    for key in heard {
        // No more than a few in a row are lost.
        match sent[at..].iter().take(8).position(|sent| sent == key) {
            Some(skipped) => {
                missing += skipped;
                at += skipped + 1;
            }
            None => added += 1,
        }
    }
    [missing + sent.len() - at, added]
}

#[test]
fn ten_thousand_digits() {
    let mut chance = Chance(99);
    let keys: Vec<char> = KEYS.chars().collect();
    let sent: Vec<char> = (0..DIGITS).map(|_| keys[chance.next() as usize % keys.len()]).collect();
    let mut bridge = Bridge::new([8_000, 8_000]);
    bridge.press(&sent, 8_000);
    for heard in [&bridge.told, &bridge.heard] {
        let [missing, added] = wrong(&sent, heard);
        assert!(missing <= 10 && added == 0, "{missing} missing, {added} added of {}", heard.len());
    }
}

/// The duration is asserted with each digit.
#[test]
fn from_every_clock_to_every_clock() {
    const CLOCKS: [u32; 3] = [8_000, 16_000, 48_000];
    let sent: Vec<char> = KEYS.chars().chain(KEYS.chars().rev()).collect();
    for clocks in CLOCKS.into_iter().flat_map(|here| CLOCKS.map(|there| [here, there])) {
        let mut bridge = Bridge::new(clocks);
        bridge.press(&sent, clocks[0]);
        assert_eq!((&bridge.told, &bridge.heard), (&sent, &sent), "{clocks:?}");
    }
}
