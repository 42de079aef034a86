//! A browser's peer connection: ICE lite, DTLS-SRTP, RTP. The only module that names str0m.
//!
//! str0m allocates for each packet: the payload it hands over and the one it takes (`Arc<[u8]>`), and
//! the datagram it makes.

mod arrivals;
mod certificate;
mod crypto;
mod formats;
mod offer;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::change::SdpOffer;
use str0m::config::DtlsCert;
use str0m::media::Mid;
use str0m::net::{Protocol, Receive};
use str0m::rtp::{Extension, ExtensionMap, RtpPacket, RtpWrite};
use str0m::{Candidate, Event, IceConnectionState, IceCreds, Input, Output, Rtc, RtcConfig};

pub use certificate::Certificate;
pub use crypto::provider as crypto_provider;

use super::{Formats, Inbox, Quality};
use crate::rtp::Header;
use crate::verdict;
use crate::worker::{CodecKind, MediaEvent, Outbox, PortId, Refusal, Socket};
use arrivals::Arrivals;
use offer::AudioOffer;

const STATS_INTERVAL: Duration = Duration::from_secs(1);

/// What all sessions of a worker share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The address that browsers are told, one a socket, in the order of the sockets.
    pub(crate) candidates: Vec<SocketAddr>,
    pub(crate) certificate: Certificate,
}

/// The ICE name and password of one session.
pub(crate) struct Credentials {
    pub(crate) ufrag: String,
    pub(crate) password: String,
}

/// One browser.
pub(crate) struct WebRtcPort {
    id: PortId,
    rtc: Rtc,
    shared: Arc<Shared>,
    mid: Option<Mid>,
    formats: Formats,
    playback_rate: u32,
    link: Link,
    /// Whether ICE has a pair that works.
    has_pair: bool,
    arrivals: Arrivals,
    deadline: Instant,
    quality: Quality,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Link {
    New,
    Up,
    Lost,
    Dead,
}

impl WebRtcPort {
    /// Answers a browser's offer, with these codecs and for sound up to this sampling rate.
    pub(crate) fn open(
        id: PortId,
        offer: &str,
        (codecs, playback_rate): (&[CodecKind], u32),
        shared: Arc<Shared>,
        credentials: Credentials,
        now: Instant,
    ) -> Result<(Self, String), Refusal> {
        let mut rtc = config(codecs, &shared, credentials).build(now);
        for candidate in shared.candidates.iter().filter_map(|addr| Candidate::host(*addr, "udp").ok()) {
            rtc.add_local_candidate(candidate);
        }
        let (answer, mid, formats) = negotiate(&mut rtc, offer, playback_rate)?;
        let port = Self {
            id,
            rtc,
            shared,
            mid: Some(mid),
            formats,
            playback_rate,
            link: Link::New,
            has_pair: false,
            arrivals: Arrivals::default(),
            deadline: now,
            quality: Quality::default(),
        };
        Ok((port, answer))
    }

    /// Answers a later offer, which may restart ICE.
    pub(crate) fn set_offer(&mut self, offer: &str) -> Result<String, Refusal> {
        let (answer, mid, formats) = negotiate(&mut self.rtc, offer, self.playback_rate)?;
        (self.mid, self.formats) = (Some(mid), formats);
        Ok(answer)
    }

    pub(crate) fn formats(&self) -> &Formats {
        &self.formats
    }

    pub(crate) fn quality(&self) -> Quality {
        self.quality
    }

    /// How far the connection has come.
    pub(crate) fn link(&self) -> verdict::Link {
        match self.link {
            Link::Up => verdict::Link::Up,
            Link::New if self.has_pair => verdict::Link::NoDtls,
            Link::New | Link::Lost => verdict::Link::NoIcePair,
            Link::Dead => verdict::Link::NoDtls,
        }
    }

    /// What came before it was decrypted.
    pub(crate) fn arrivals(&self) -> Arrivals {
        self.arrivals
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        (self.link != Link::Dead).then_some(self.deadline)
    }

    /// The name that the browser's checks carry.
    pub(crate) fn ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Tells whether a STUN packet has this session's password.
    pub(crate) fn accepts(&self, now: Instant, socket: u16, from: SocketAddr, packet: &[u8]) -> bool {
        let receive = self.receive(socket, from, packet);
        receive.is_some_and(|receive| self.rtc.accepts(&Input::Receive(now, receive)))
    }

    /// A datagram; RTP goes to the inbox. `false` if it is none of WebRTC's.
    pub(crate) fn handle_packet(
        &mut self,
        now: Instant,
        (socket, from): (u16, SocketAddr),
        packet: &[u8],
        inbox: &mut Inbox,
        outbox: &mut Outbox,
    ) -> bool {
        let Some(receive) = self.receive(socket, from, packet) else { return false };
        self.arrivals.note(packet, &self.formats);
        let handled = self.rtc.handle_input(Input::Receive(now, receive)).is_ok();
        self.drain(inbox, outbox);
        handled
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant, inbox: &mut Inbox, outbox: &mut Outbox) {
        if self.rtc.handle_input(Input::Timeout(now)).is_err() {
            self.fail(outbox);
        }
        self.drain(inbox, outbox);
    }

    /// Sends one RTP packet; the SSRC is the session's own. Nothing goes out before DTLS is done.
    pub(crate) fn send(
        &mut self,
        now: Instant,
        header: &Header,
        sequence: u64,
        payload: &[u8],
        outbox: &mut Outbox,
    ) -> bool {
        let Some(mid) = self.mid.filter(|_| self.link == Link::Up) else { return false };
        let mut direct = self.rtc.direct_api();
        let Some(stream) = direct.stream_tx_by_mid(mid, None) else { return false };
        let write =
            RtpWrite::new(header.payload_type.into(), sequence.into(), header.timestamp, now, payload);
        stream.write_rtp(write.marker(header.marker));
        // Nothing came in, so nothing can be in this inbox afterwards.
        self.handle_timeout(now, &mut Inbox::default(), outbox);
        true
    }

    /// Says goodbye: RTCP BYE and the DTLS alert.
    pub(crate) fn close(&mut self, outbox: &mut Outbox) {
        if self.rtc.close().is_ok() {
            self.drain(&mut Inbox::default(), outbox);
        }
        self.link = Link::Dead;
    }

    fn receive<'a>(&self, socket: u16, from: SocketAddr, packet: &'a [u8]) -> Option<Receive<'a>> {
        let to = *self.shared.candidates.get(usize::from(socket))?;
        Receive::new(Protocol::Udp, from, to, packet).ok()
    }

    fn drain(&mut self, inbox: &mut Inbox, outbox: &mut Outbox) {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(at)) => {
                    self.deadline = at;
                    break;
                }
                Ok(Output::Transmit(transmit)) => {
                    let socket = self.shared.candidates.iter().position(|addr| *addr == transmit.source);
                    let socket = Socket::Browsers(socket.unwrap_or(0) as u16);
                    outbox.transmit(socket, transmit.destination, &transmit.contents);
                }
                Ok(Output::Event(event)) => self.handle_event(&event, inbox, outbox),
                Err(_) => {
                    self.fail(outbox);
                    break;
                }
            }
        }
    }

    fn handle_event(&mut self, event: &Event, inbox: &mut Inbox, outbox: &mut Outbox) {
        #[expect(clippy::wildcard_enum_match_arm, reason = "str0m's enum is open, and mostly video")]
        match event {
            Event::RtpPacket(packet) => {
                self.arrivals.heard += 1;
                inbox.push(header(packet), packet.header.ext_vals.audio_level, &packet.payload);
            }
            Event::Connected => self.become_up(outbox),
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) => self.become_lost(outbox),
            Event::IceConnectionStateChange(state) if state.is_connected() => {
                self.has_pair = true;
                if self.link == Link::Lost {
                    self.become_up(outbox);
                }
            }
            Event::MediaEgressStats(stats) => {
                self.quality.round_trip = stats.rtt.or(self.quality.round_trip);
                self.quality.remote_loss = stats.loss.or(self.quality.remote_loss);
            }
            Event::Closed => self.fail(outbox),
            _ => {}
        }
    }

    fn become_up(&mut self, outbox: &mut Outbox) {
        self.link = Link::Up;
        outbox.event(MediaEvent::Connected { port: self.id });
    }

    fn become_lost(&mut self, outbox: &mut Outbox) {
        self.has_pair = false;
        if self.link == Link::Up {
            self.link = Link::Lost;
            outbox.event(MediaEvent::Disconnected { port: self.id });
        }
    }

    /// The session cannot come back: wrong certificate, or the peer closed it.
    fn fail(&mut self, outbox: &mut Outbox) {
        if self.link != Link::Dead {
            self.link = Link::Dead;
            self.rtc.disconnect();
            outbox.event(MediaEvent::Disconnected { port: self.id });
        }
    }
}

fn config(codecs: &[CodecKind], shared: &Shared, credentials: Credentials) -> RtcConfig {
    let certificate = DtlsCert {
        certificate: shared.certificate.der().to_vec(),
        private_key: shared.certificate.key().to_vec(),
    };
    let mut extensions = ExtensionMap::empty();
    extensions.set(1, Extension::AudioLevel);
    extensions.set(4, Extension::RtpMid);
    let mut config = RtcConfig::new()
        .set_crypto_provider(crypto::provider())
        .set_dtls_cert(certificate)
        .set_local_ice_credentials(IceCreds { ufrag: credentials.ufrag, pass: credentials.password })
        .set_ice_lite(true)
        .set_rtp_mode(true)
        .set_stats_interval(Some(STATS_INTERVAL))
        .set_extension_map(extensions)
        .clear_codecs();
    formats::enable(config.codec_config(), codecs);
    config
}

fn negotiate(rtc: &mut Rtc, offer: &str, rate: u32) -> Result<(String, Mid, Formats), Refusal> {
    let offer = AudioOffer::parse(offer)?;
    let reduced = SdpOffer::from_sdp_string(&offer.sdp).map_err(|error| malformed(&error))?;
    let answer = rtc.sdp_api().accept_offer(reduced).map_err(|error| malformed(&error))?;
    let mid = Mid::from(offer.mid());
    let formats = formats::agreed(rtc, mid, &offer).ok_or(Refusal::NoCommonCodec)?;
    let answer = formats::ask_bandwidth(&answer.to_sdp_string(), &formats, rate);
    Ok((offer.complete(&answer), mid, formats))
}

fn malformed(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::Malformed(error.to_string())
}

fn header(packet: &RtpPacket) -> Header {
    Header {
        marker: packet.header.marker,
        payload_type: *packet.header.payload_type,
        sequence: packet.header.sequence_number,
        timestamp: packet.header.timestamp,
        ssrc: *packet.header.ssrc,
    }
}
