//! A browser's peer connection: real ICE, DTLS and SRTP.

use std::net::SocketAddr;
use std::time::{Duration, Instant, UNIX_EPOCH};

use media::codec::{Decoder, decoder};
use media::{Certificate, CodecKind};
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::config::DtlsCert;
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig, RtcError};

use super::network::Datagram;
use super::sound::Ear;
use super::stage::Stage;
use super::voice::{Voice, rate};

/// Longer than any world.
const FOREVER: Duration = Duration::from_hours(24);

pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    rtc: Rtc,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    pub(crate) connected: bool,
    /// Its handshake was never answered: it says and hears nothing more.
    failed: bool,
    voice: Option<Voice>,
    decoder: Box<dyn Decoder>,
    ear: Ear,
    sequence: u64,
    timestamp: u32,
    deadline: Instant,
}

impl Peer {
    /// A connection and its offer.
    pub(crate) fn offer(address: SocketAddr, now: Instant) -> (Self, String) {
        let mut rtc = config().build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("a host candidate"));
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().expect("something to offer");
        let rate = rate(CodecKind::Opus);
        let peer = Self {
            address,
            rtc,
            mid,
            pending: Some(pending),
            connected: false,
            failed: false,
            voice: None,
            decoder: decoder(CodecKind::Opus, rate).expect("a codec of ours"),
            ear: Ear::new(rate),
            sequence: 1,
            timestamp: 5000,
            deadline: now,
        };
        (peer, offer.to_sdp_string())
    }

    pub(crate) fn accept(&mut self, answer: &str, stage: &mut Stage) {
        let answer = SdpAnswer::from_sdp_string(answer).expect("the gateway's answer parses");
        let pending = self.pending.take().expect("one answer to one offer");
        self.rtc.sdp_api().accept_answer(pending, answer).expect("the gateway's answer suits");
        self.pass(stage);
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.voice.as_ref().map_or(self.deadline, |voice| voice.next.min(self.deadline))
    }

    pub(crate) fn wake(&mut self, stage: &mut Stage) {
        while self.voice.as_ref().is_some_and(|voice| voice.next <= stage.now) {
            self.send(stage.now);
            self.pass(stage);
        }
        if self.deadline <= stage.now {
            self.pass(stage);
        }
    }

    pub(crate) fn receive(&mut self, stage: &mut Stage, datagram: &Datagram) {
        if self.failed {
            return;
        }
        let receive = Receive::new(Protocol::Udp, datagram.from, self.address, &datagram.payload);
        let input = Input::Receive(stage.now, receive.expect("the gateway sends what WebRTC knows"));
        self.rtc.handle_input(input).expect("a packet that can be taken");
        self.drain(stage);
    }

    pub(crate) fn speak(&mut self, hertz: u32, every: Duration, now: Instant) {
        self.voice = (!self.failed).then(|| Voice::new(CodecKind::Opus, hertz, every, now));
    }

    pub(crate) fn hears(&self, hertz: u32) -> bool {
        self.ear.hears(hertz)
    }

    pub(crate) fn ear(&mut self) -> &mut Ear {
        &mut self.ear
    }

    fn send(&mut self, now: Instant) {
        let Some(voice) = &mut self.voice else { return };
        let (payload, ticks) = (voice.speak(), voice.ticks);
        let pt: Option<Pt> = self.rtc.media(self.mid).and_then(|media| media.remote_pts().first().copied());
        let Some(pt) = pt.filter(|_| self.connected) else { return };
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(self.mid, None).expect("a stream to send on");
        stream.write_rtp(RtpWrite::new(pt, self.sequence.into(), self.timestamp, now, payload));
        self.sequence += 1;
        self.timestamp = self.timestamp.wrapping_add(ticks);
    }

    fn pass(&mut self, stage: &mut Stage) {
        match self.rtc.handle_input(Input::Timeout(stage.now)) {
            Err(error) => self.give_up(error, stage.now),
            Ok(()) => self.drain(stage),
        }
    }

    /// What a browser does when DTLS got no answer for 40 s; any other error is a fault of ours.
    fn give_up(&mut self, error: RtcError, now: Instant) {
        assert!(error.to_string().contains("timeout: handshake"), "{error}");
        (self.failed, self.voice, self.deadline) = (true, None, now + FOREVER);
    }

    fn drain(&mut self, stage: &mut Stage) {
        loop {
            let output = match self.rtc.poll_output() {
                Err(error) => return self.give_up(error, stage.now),
                Ok(output) => output,
            };
            match output {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Transmit(sent) => {
                    let payload = sent.contents.to_vec();
                    stage.send(Datagram { from: sent.source, to: sent.destination, payload });
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => self.hear(&packet.payload),
                Output::Event(_) => {}
            }
        }
    }

    fn hear(&mut self, payload: &[u8]) {
        let mut pcm = [0; 4096];
        let samples = self.decoder.decode(payload, &mut pcm).expect("sound that decodes");
        self.ear.heard.extend_from_slice(&pcm[..samples]);
    }
}

fn config() -> RtcConfig {
    let today = UNIX_EPOCH + Duration::from_secs(20_781 * 86_400);
    let own = Certificate::generate([3; 32], today);
    let certificate = DtlsCert { certificate: own.der().to_vec(), private_key: own.key().to_vec() };
    RtcConfig::new()
        .set_crypto_provider(media::crypto_provider())
        .set_dtls_cert(certificate)
        .set_rtp_mode(true)
        .clear_codecs()
        .enable_opus(true, false)
}
