//! Two hundred calls at once, each with a tone of its own: nobody hears another's.

use std::collections::HashMap;
use std::time::{Duration, Instant, UNIX_EPOCH};

use media::codec::{Decoder, decoder, encoder};
use media::sdp::SrtpMode;
use media::{
    Certificate, CodecKind, DtmfMethod, Limits, MediaCommand, Output, PortId, PortSpec, Socket, Worker,
    WorkerConfig,
};

use crate::tone::{Tone, amplitude};
use crate::world::{TICK, Trunk};

const CALLS: u64 = 200;
const RATE: u32 = 8_000;
/// Those that a packet more or less does not blur.
const PACKETS: usize = 40;
const WARM_UP: usize = 15;

/// Far enough from the others for half a second to tell them apart, and within what telephones carry.
fn frequency(port: PortId) -> f64 {
    400.0 + 7.0 * port.0 as f64
}

/// The two codecs of a call: relayed or decoded on its way.
fn codecs(call: u64) -> [CodecKind; 2] {
    use CodecKind::{G722, Opus, Pcma, Pcmu};
    [[Pcmu, Pcmu], [Pcmu, Pcma], [Opus, Pcmu], [G722, Pcma]][call as usize % 4]
}

/// One leg's phone.
struct Phone {
    trunk: Trunk,
    codec: CodecKind,
    said: Vec<Vec<u8>>,
    decoder: Box<dyn Decoder>,
    heard: Vec<i16>,
}

impl Phone {
    fn new(port: PortId, codec: CodecKind) -> Self {
        let mut trunk = Trunk::new();
        trunk.address.set_port(10_000 + port.0 as u16);
        let rate = if codec == CodecKind::G722 { 16_000 } else { RATE };
        let (mut tone, mut encoder) = (Tone::new(frequency(port), rate), encoder(codec, rate).unwrap());
        let mut packet = [0; 1_500];
        let mut next = || {
            let len = encoder.encode(&tone.frame(rate as usize / 50), &mut packet).unwrap();
            packet[..len].to_vec()
        };
        let said = (0..PACKETS).map(|_| next()).collect();
        Self { trunk, codec, said, decoder: decoder(codec, rate).unwrap(), heard: Vec::new() }
    }

    fn description(&self) -> String {
        self.trunk.describe(self.codec, "sendrecv").replace("opus/8000", "opus/48000/2")
    }

    fn hear(&mut self, packet: &[u8]) {
        let packet = media::rtp::Packet::parse(packet).unwrap();
        let mut pcm = [0; 1_920];
        let len = self.decoder.decode(packet.payload, &mut pcm).unwrap();
        self.heard.extend_from_slice(&pcm[..len]);
    }

    /// What of all that was heard is the tone of a port, by power.
    fn share(&self, of: PortId) -> f64 {
        let rate = self.decoder.rate();
        let pcm = &self.heard[WARM_UP * rate as usize / 50..];
        let power = pcm.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / pcm.len() as f64;
        amplitude(pcm, frequency(of), rate).powi(2) / 2.0 / power
    }
}

struct Exchange {
    worker: Worker,
    phones: HashMap<PortId, Phone>,
}

impl Exchange {
    fn new(now: Instant) -> Self {
        let today = UNIX_EPOCH + Duration::from_secs(20_781 * 86_400);
        let config = WorkerConfig {
            browser_addrs: vec!["10.0.0.1:40000".parse().unwrap()],
            advertised: vec![],
            rtp_ports: 30_000..=30_999,
            limits: Limits::default(),
            certificate: Certificate::generate([7; 32], today),
        };
        let mut exchange = Self { worker: Worker::new(config, [9; 32], now), phones: HashMap::new() };
        for call in 0..CALLS {
            let [a, b] = [PortId(2 * call), PortId(2 * call + 1)];
            for (port, codec) in [a, b].into_iter().zip(codecs(call)) {
                exchange.open(now, port, codec);
            }
            exchange.command(now, MediaCommand::Bridge { a, b });
        }
        exchange
    }

    fn open(&mut self, now: Instant, port: PortId, codec: CodecKind) {
        let phone = Phone::new(port, codec);
        let (local, codecs) = ("10.0.0.1".parse().unwrap(), vec![codec]);
        let spec = PortSpec::RtpOffer { local, codecs, dtmf: DtmfMethod::Auto, srtp: SrtpMode::Off };
        self.command(now, MediaCommand::Open { port, spec });
        let (sdp, signalled_from) = (phone.description().into(), phone.trunk.address.ip());
        self.phones.insert(port, phone);
        self.command(now, MediaCommand::SetAnswer { port, sdp, signalled_from });
    }

    fn command(&mut self, now: Instant, command: MediaCommand) {
        self.worker.handle_command(now, command);
        self.drain(now);
    }

    /// Every phone says its packet of this moment.
    fn speak(&mut self, now: Instant, at: usize) {
        self.worker.handle_timeout(now);
        self.drain(now);
        for port in (0..2 * CALLS).map(PortId) {
            let phone = self.phones.get_mut(&port).unwrap();
            let number = phone.codec.static_payload_type().unwrap_or(96);
            let (from, payload) = (phone.trunk.address, phone.said[at].clone());
            let mut packet = phone.trunk.packet(number, false, phone.codec.rtp_clock() / 50, &payload);
            self.worker.handle_packet(now, Socket::Rtp(port), from, &mut packet);
            self.drain(now);
        }
    }

    fn drain(&mut self, now: Instant) {
        loop {
            match self.worker.poll_output() {
                Output::Bind { port, .. } => self.worker.handle_bound(now, port),
                Output::Transmit { socket: Socket::Rtp(port), to, .. } => {
                    let phone = self.phones.get_mut(&port).unwrap();
                    assert_eq!(to, phone.trunk.address, "to the phone of this leg");
                    phone.hear(self.worker.payload());
                }
                Output::Timeout(_) => return,
                Output::Transmit { .. } | Output::Unbind { .. } | Output::Event(_) => {}
            }
        }
    }
}

#[test]
fn nobody_hears_another_call() {
    let start = Instant::now();
    let mut exchange = Exchange::new(start);
    for at in 0..PACKETS {
        exchange.speak(start + TICK * at as u32, at);
    }
    for port in (0..2 * CALLS).map(PortId) {
        let partner = PortId(port.0 ^ 1);
        // What is left of the power is the codec's noise, which Opus makes most of; a whole other voice would be half.
        let is_opus = codecs(port.0 / 2).contains(&CodecKind::Opus);
        let least = if is_opus { 0.6 } else { 0.97 };
        let share = exchange.phones[&port].share(partner);
        assert!(share > least, "{port:?} hears {:.1} % of {partner:?}", share * 100.0);
    }
}
