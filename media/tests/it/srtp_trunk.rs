//! A trunk whose sound is encrypted by keys in the descriptions (RFC 4568), bridged to one whose is not.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use media::CodecKind::Pcmu;
use media::rtcp::{CompoundWriter, ReportBlock};
use media::rtp::Packet;
use media::sdp::SrtpMode;
use media::srtp::{EXPANSION_MAX, Keying, MasterKey, Mki, Protector, Reports, Suite, Unprotector};
use media::{DtmfMethod, MediaCommand, MediaEvent, Output, PortId, PortSpec, Refusal, Socket, Stats, Worker};

use crate::world::{Trunk, World};

const SECURE: PortId = PortId(1);
const PLAIN: PortId = PortId(2);
const SAID: [u8; 160] = [0x5A; 160];

/// The peer's key of a suite.
pub(crate) fn key(suite: Suite) -> MasterKey {
    MasterKey::from_random(suite, [[suite as u8 + 1; 32], [77; 32]])
}

pub(crate) fn crypto_line(tag: u32, key: &MasterKey) -> String {
    format!("a=crypto:{tag} {} inline:{}\r\n", key.suite().as_str(), STANDARD.encode(key.bytes()))
}

/// The key that a description has for a suite, and its tag.
pub(crate) fn read_key(sdp: &str, suite: Suite) -> (u32, MasterKey) {
    let lines = sdp.lines().filter_map(|line| line.strip_prefix("a=crypto:"));
    let fields = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    let found = fields.into_iter().find(|fields| fields[1] == suite.as_str());
    let fields = found.unwrap_or_else(|| panic!("no {suite:?} in {sdp}"));
    let bytes = STANDARD.decode(fields[2].strip_prefix("inline:").unwrap()).unwrap();
    (fields[0].parse().unwrap(), MasterKey::new(suite, &bytes).unwrap())
}

struct Call {
    worker: Worker,
    now: Instant,
    events: Vec<MediaEvent>,
    sent: Vec<(Socket, Vec<u8>)>,
    peer: Trunk,
    other: Trunk,
    protector: Protector,
    unprotector: Option<Unprotector>,
    sequence: u64,
}

impl Call {
    /// Both ports are open and joined; the plain one is answered.
    fn new(mode: SrtpMode, suite: Suite, offer: Option<String>) -> Self {
        let World { worker, now, .. } = World::new();
        let (events, sent) = Default::default();
        let (protector, unprotector) = (Protector::new(key(suite)), None);
        let (peer, other) = (Trunk::new(), Trunk::new());
        let sequence = peer.sequence.into();
        let mut call = Self { worker, now, events, sent, peer, other, protector, unprotector, sequence };
        call.open(PLAIN, SrtpMode::Off, None);
        call.open(SECURE, mode, offer);
        let plain = call.other.describe(Pcmu, "sendrecv");
        call.answer(PLAIN, plain);
        call.command(MediaCommand::Bridge { a: SECURE, b: PLAIN });
        call
    }

    fn open(&mut self, port: PortId, srtp: SrtpMode, offer: Option<String>) {
        let (local, codecs, dtmf) = ("10.0.0.1".parse().unwrap(), vec![Pcmu], DtmfMethod::Auto);
        let signalled_from = self.peer.address.ip();
        let spec = match offer {
            Some(offer) => {
                PortSpec::RtpAnswer { local, codecs, dtmf, srtp, offer: offer.into(), signalled_from }
            }
            None => PortSpec::RtpOffer { local, codecs, dtmf, srtp },
        };
        self.command(MediaCommand::Open { port, spec });
    }

    fn answer(&mut self, port: PortId, sdp: String) {
        let signalled_from = self.peer.address.ip();
        self.command(MediaCommand::SetAnswer { port, sdp: sdp.into(), signalled_from });
    }

    /// The peer answers our offer with a suite of it.
    fn agree(&mut self, suite: Suite) {
        let (tag, ours) = read_key(&self.description(), suite);
        self.unprotector = Some(Unprotector::new(Keying { master: ours, mki: Mki::default() }));
        let sdp = secure(&self.peer, &crypto_line(tag, &key(suite)));
        self.answer(SECURE, sdp);
    }

    /// Takes the key of our answer.
    fn learn(&mut self, suite: Suite) {
        let (_, ours) = read_key(&self.description(), suite);
        self.unprotector = Some(Unprotector::new(Keying { master: ours, mki: Mki::default() }));
    }

    fn description(&self) -> String {
        let sdp = self.events.iter().rev().find_map(|event| {
            let MediaEvent::LocalDescription { port: SECURE, sdp } = event else { return None };
            Some(sdp.to_vec())
        });
        String::from_utf8(sdp.unwrap_or_else(|| panic!("{:?}", self.events))).unwrap()
    }

    fn refusal(&self) -> Option<Refusal> {
        self.events.iter().find_map(|event| {
            let MediaEvent::Refused { port: SECURE, refusal } = event else { return None };
            Some(refusal.clone())
        })
    }

    fn last_stats(&self) -> Stats {
        let stats = self.events.iter().rev().find_map(|event| {
            let MediaEvent::Stats { port: SECURE, stats } = event else { return None };
            Some(stats.clone())
        });
        stats.unwrap()
    }

    fn command(&mut self, command: MediaCommand) {
        self.worker.handle_command(self.now, command);
        self.drain();
    }

    fn receive(&mut self, socket: Socket, from: SocketAddr, mut packet: Vec<u8>) {
        self.worker.handle_packet(self.now, socket, from, &mut packet);
        self.drain();
    }

    fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.now < end {
            self.now += Duration::from_millis(100);
            self.worker.handle_timeout(self.now);
            self.drain();
        }
    }

    fn drain(&mut self) {
        loop {
            match self.worker.poll_output() {
                Output::Bind { port, .. } => self.worker.handle_bound(self.now, port),
                Output::Transmit { socket, .. } => self.sent.push((socket, self.worker.payload().to_vec())),
                Output::Event(event) => self.events.push(event),
                Output::Unbind { .. } => {}
                Output::Timeout(_) => return,
            }
        }
    }

    fn next_packet(&mut self) -> Vec<u8> {
        self.now += Duration::from_millis(20);
        let mut packet = self.peer.packet(0, false, 160, &SAID);
        let len = packet.len();
        packet.resize(len + EXPANSION_MAX, 0);
        let len = self.protector.protect_rtp(&mut packet, len, self.sequence).unwrap();
        self.sequence += 1;
        packet.truncate(len);
        packet
    }

    /// The peer says something; whether it arrives at the plain side.
    fn is_heard(&mut self) -> bool {
        let packet = self.next_packet();
        self.sent.clear();
        self.receive(Socket::Rtp(SECURE), self.peer.address, packet);
        let heard = |(socket, packet): &(Socket, Vec<u8>)| {
            *socket == Socket::Rtp(PLAIN) && Packet::parse(packet).is_ok_and(|packet| packet.payload == SAID)
        };
        self.sent.iter().any(heard)
    }

    /// The peer's protected report of a stream that it hears.
    fn peer_report(&mut self, of: u32, fraction_lost: u8) -> Vec<u8> {
        let block = ReportBlock { ssrc: of, fraction_lost, ..ReportBlock::default() };
        let mut space = [0; 128];
        let len = CompoundWriter::new(&mut space).report(77, None, &[block]).unwrap().len();
        let len = self.protector.protect_rtcp(&mut space, len).unwrap();
        space[..len].to_vec()
    }

    fn receive_report(&mut self, report: Vec<u8>) {
        let from = SocketAddr::new(self.peer.address.ip(), self.peer.address.port() + 1);
        self.receive(Socket::Rtcp(SECURE), from, report);
    }

    /// The plain side says something; whether the peer can decrypt it.
    fn is_understood(&mut self) -> bool {
        self.now += Duration::from_millis(20);
        let packet = self.other.packet(0, false, 160, &SAID);
        self.sent.clear();
        self.receive(Socket::Rtp(PLAIN), self.other.address, packet);
        let (socket, mut packet) = self.sent.pop().expect("something went out");
        assert_eq!(socket, Socket::Rtp(SECURE));
        assert!(!packet.windows(8).any(|bytes| bytes == [0x5A; 8]), "sound in the clear");
        let len = self.unprotector.as_mut().unwrap().unprotect_rtp(&mut packet);
        len.is_ok_and(|len| Packet::parse(&packet[..len]).unwrap().payload == SAID)
    }
}

fn secure(peer: &Trunk, lines: &str) -> String {
    peer.describe(Pcmu, "sendrecv").replace("RTP/AVP", "RTP/SAVP") + lines
}

#[test]
fn what_we_offer_is_agreed_on_suite_by_suite() {
    for suite in Suite::ALL.into_iter().filter(|suite| suite.is_offered()) {
        let mut call = Call::new(SrtpMode::Mandatory, suite, None);
        assert!(call.description().contains(" RTP/SAVP "), "{}", call.description());
        call.agree(suite);
        for _ in 0..20 {
            assert!(call.is_heard() && call.is_understood(), "{suite:?}");
        }
    }
}

#[test]
fn what_the_peer_offers_is_answered_suite_by_suite() {
    for suite in Suite::ALL {
        let lines = format!("a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA\r\n{}", crypto_line(42, &key(suite)));
        let mut call = Call::new(SrtpMode::Optional, suite, Some(secure(&Trunk::new(), &lines)));
        let answer = call.description();
        assert!(answer.contains(" RTP/SAVP 0"), "{answer}");
        assert_eq!((answer.matches("a=crypto:").count(), read_key(&answer, suite).0), (1, 42), "{answer}");
        call.learn(suite);
        assert!(call.is_heard() && call.is_understood(), "{suite:?}");
    }
}

#[test]
fn optional_goes_with_or_without() {
    let suite = Suite::Aes128CmSha1_80;
    let mut call = Call::new(SrtpMode::Optional, suite, None);
    let (offer, peer) = (call.description(), Trunk::new());
    assert!(offer.contains(" RTP/AVP ") && offer.contains("a=crypto:1 "), "{offer}");
    call.answer(SECURE, peer.describe(Pcmu, "sendrecv"));
    let packet = call.peer.packet(0, false, 160, &SAID);
    call.receive(Socket::Rtp(SECURE), peer.address, packet);
    assert!(call.sent.iter().any(|(socket, _)| *socket == Socket::Rtp(PLAIN)), "plain sound is heard");

    let mut call = Call::new(SrtpMode::Optional, suite, None);
    let (tag, ours) = read_key(&call.description(), suite);
    call.unprotector = Some(Unprotector::new(Keying { master: ours, mki: Mki::default() }));
    call.answer(SECURE, peer.describe(Pcmu, "sendrecv") + &crypto_line(tag, &key(suite)));
    assert!(call.is_heard() && call.is_understood());
}

#[test]
fn mandatory_refuses_plain_and_off_refuses_keys() {
    let (peer, suite) = (Trunk::new(), Suite::Aes128CmSha1_80);
    let plain = peer.describe(Pcmu, "sendrecv");
    let mut call = Call::new(SrtpMode::Mandatory, suite, None);
    call.answer(SECURE, plain.clone());
    assert_eq!(call.refusal(), Some(Refusal::NoSrtp));
    assert_eq!(Call::new(SrtpMode::Mandatory, suite, Some(plain)).refusal(), Some(Refusal::NoSrtp));
    let keyed = secure(&peer, &crypto_line(1, &key(suite)));
    assert_eq!(Call::new(SrtpMode::Off, suite, Some(keyed)).refusal(), Some(Refusal::NoAudio));
    let unknown = secure(&peer, "a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA\r\n");
    assert_eq!(Call::new(SrtpMode::Optional, suite, Some(unknown)).refusal(), Some(Refusal::NoSrtp));
}

#[test]
fn of_two_streams_the_encrypted_one_is_taken() {
    let suite = Suite::AeadAes256Gcm;
    let plain = Trunk::new().describe(Pcmu, "sendrecv");
    let media = plain[plain.find("m=").unwrap()..].replace("RTP/AVP", "RTP/SAVP");
    let offer = plain.clone() + &media + &crypto_line(1, &key(suite));
    let call = Call::new(SrtpMode::Optional, suite, Some(offer.clone()));
    let answer = call.description();
    assert!(answer.contains("m=audio 0 RTP/AVP") && answer.contains("a=crypto:1 "), "{answer}");
    let answer = Call::new(SrtpMode::Off, suite, Some(offer)).description();
    assert!(answer.contains("m=audio 0 RTP/SAVP") && !answer.contains("a=crypto"), "{answer}");
}

#[test]
fn wrong_keys_are_counted_and_said_and_turn_no_stream_away() {
    let suite = Suite::Aes128CmSha1_80;
    let mut call = Call::new(SrtpMode::Mandatory, suite, None);
    call.agree(suite);
    let (right, stranger) = (call.peer.address, "198.51.100.5:9".parse().unwrap());
    call.protector = Protector::new(MasterKey::from_random(suite, [[99; 32]; 2]));
    for _ in 0..100 {
        let packet = call.next_packet();
        call.receive(Socket::Rtp(SECURE), stranger, packet);
        assert!(!call.is_heard());
    }
    assert_eq!(call.worker.counters().unauthenticated, 200);
    call.run(Duration::from_secs(1));
    assert_eq!(call.last_stats().packets_unauthenticated, 200);
    call.protector = Protector::new(key(suite));
    assert!(call.is_heard(), "the right key still is");
    let packet = call.other.packet(0, false, 160, &SAID);
    call.worker.handle_packet(call.now, Socket::Rtp(PLAIN), call.other.address, &mut packet.clone());
    let outputs = std::iter::from_fn(|| Some(call.worker.poll_output()));
    let to = outputs.take(10).find_map(|output| {
        let Output::Transmit { to, .. } = output else { return None };
        Some(to)
    });
    assert_eq!(to, Some(right));
}

#[test]
fn a_new_offer_changes_the_keys_and_the_sound_goes_on() {
    let suite = Suite::Aes128CmSha1_80;
    let mut call = Call::new(SrtpMode::Mandatory, suite, None);
    call.agree(suite);
    for _ in 0..50 {
        assert!(call.is_heard() && call.is_understood());
    }
    let same = secure(&call.peer, &crypto_line(1, &key(suite)));
    let signalled_from = Some(call.peer.address.ip());
    call.command(MediaCommand::SetOffer { port: SECURE, sdp: same.into(), signalled_from });
    assert!(call.is_heard() && call.is_understood(), "nothing has changed");

    let next = Suite::AeadAes128Gcm;
    let under_way = call.next_packet();
    let other = secure(&call.peer, &crypto_line(1, &key(next)));
    call.command(MediaCommand::SetOffer { port: SECURE, sdp: other.into(), signalled_from });
    call.sent.clear();
    call.receive(Socket::Rtp(SECURE), call.peer.address, under_way);
    assert!(call.sent.iter().any(|(socket, _)| *socket == Socket::Rtp(PLAIN)), "the last under the old key");
    call.protector.rekey(key(next));
    call.learn(next);
    for _ in 0..100 {
        assert!(call.is_heard() && call.is_understood());
    }
}

#[test]
fn reports_are_encrypted_both_ways() {
    let suite = Suite::AeadAes128Gcm;
    let mut call = Call::new(SrtpMode::Mandatory, suite, None);
    call.agree(suite);
    assert!(call.is_heard() && call.is_understood());
    call.sent.clear();
    call.run(Duration::from_secs(6));
    let (_, mut report) =
        call.sent.iter().find(|(socket, _)| *socket == Socket::Rtcp(SECURE)).unwrap().clone();
    assert!(!report.windows(7).any(|bytes| bytes == b"offhook"), "the name is hidden");
    let len = call.unprotector.as_mut().unwrap().unprotect_rtcp(&mut report).unwrap();
    assert!(report[..len].windows(7).any(|bytes| bytes == b"offhook"));

    let ours = u32::from_be_bytes(report[4..8].try_into().unwrap());
    let report = call.peer_report(ours, 64);
    call.receive_report(report);
    call.run(Duration::from_secs(1));
    assert_eq!(call.last_stats().remote_loss, Some(0.25));
}

/// RFC 4568 §6.3.2: who offers it sends reports in the clear, and gets them so; sound stays encrypted.
#[test]
fn reports_go_in_the_clear_where_the_peer_says_so_and_are_still_checked() {
    for suite in [Suite::Aes128CmSha1_80, Suite::AeadAes256Gcm] {
        let line = crypto_line(1, &key(suite));
        let line = format!("{} UNENCRYPTED_SRTCP\r\n", line.trim_end());
        let mut call = Call::new(SrtpMode::Mandatory, suite, Some(secure(&Trunk::new(), &line)));
        assert!(call.description().contains(" UNENCRYPTED_SRTCP\r\n"), "{}", call.description());
        call.learn(suite);
        call.unprotector.as_mut().unwrap().set_reports(Reports::Tagged);
        assert!(call.is_heard() && call.is_understood());
        call.sent.clear();
        call.run(Duration::from_secs(6));
        let (_, mut report) =
            call.sent.iter().find(|(socket, _)| *socket == Socket::Rtcp(SECURE)).unwrap().clone();
        assert!(report.windows(7).any(|bytes| bytes == b"offhook"), "{suite:?} in the clear");
        assert!(call.unprotector.as_mut().unwrap().unprotect_rtcp(&mut report).is_ok());

        let ours = u32::from_be_bytes(report[4..8].try_into().unwrap());
        call.protector.set_reports(Reports::Tagged);
        let genuine = call.peer_report(ours, 64);
        let mut forged = genuine.clone();
        forged[12] = 255;
        call.receive_report(forged);
        call.run(Duration::from_secs(1));
        assert_eq!(call.last_stats().remote_loss, None);
        call.receive_report(genuine);
        call.run(Duration::from_secs(1));
        assert_eq!(call.last_stats().remote_loss, Some(0.25));
    }
}

#[test]
fn reports_in_the_clear_are_refused_where_nobody_said_so() {
    let suite = Suite::Aes128CmSha1_80;
    let mut call = Call::new(SrtpMode::Mandatory, suite, None);
    call.agree(suite);
    assert!(call.is_heard() && call.is_understood());
    call.protector.set_reports(Reports::Tagged);
    let report = call.peer_report(1, 64);
    call.receive_report(report);
    assert_eq!(call.worker.counters().unauthenticated, 1);
}
