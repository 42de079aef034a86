//! The browser's side of a measured call: real ICE, DTLS and SRTP, on a socket of its own.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::LazyLock;
use std::time::{Instant, SystemTime};

use media::Certificate;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::config::DtlsCert;
use str0m::media::{Direction, MediaKind, Mid, Pt};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use crate::load::{Arrival, Work};

/// The certificate of every measured browser: one, as a browser's own costs the gateway nothing.
fn certificate() -> DtlsCert {
    static CERTIFICATE: LazyLock<Certificate> =
        LazyLock::new(|| Certificate::generate([3; 32], SystemTime::now()));
    DtlsCert { certificate: CERTIFICATE.der().to_vec(), private_key: CERTIFICATE.key().to_vec() }
}

/// One peer connection.
pub(crate) struct Browser {
    rtc: Rtc,
    pub(crate) socket: UdpSocket,
    local: SocketAddr,
    mid: Mid,
    pending: Option<SdpPendingOffer>,
    pt: Option<Pt>,
    clock: u32,
    sent: u64,
    heard: Option<u32>,
    /// What came since the last look.
    pub(crate) arrivals: Vec<Arrival>,
    pub(crate) connected: bool,
    pub(crate) deadline: Instant,
}

impl Browser {
    /// Makes a connection and its offer.
    pub(crate) fn offer(work: Work, now: Instant) -> io::Result<(Self, String)> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_nonblocking(true)?;
        let local = socket.local_addr()?;
        let config = RtcConfig::new()
            .set_crypto_provider(media::crypto_provider())
            .set_dtls_cert(certificate())
            .set_rtp_mode(true)
            .clear_codecs();
        let (config, clock) = match work {
            Work::Transcode | Work::TranscodeFullband => (config.enable_opus(true, false), 48_000),
            Work::Relay => (config.enable_pcmu(true, false), 8_000),
        };
        let mut rtc = config.build(now);
        let candidate = Candidate::host(local, "udp").map_err(io::Error::other)?;
        rtc.add_local_candidate(candidate);
        let mut change = rtc.sdp_api();
        let mid = change.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None);
        let (offer, pending) = change.apply().ok_or_else(|| io::Error::other("nothing to offer"))?;
        let browser = Self {
            rtc,
            socket,
            local,
            mid,
            pending: Some(pending),
            pt: None,
            clock,
            sent: 0,
            heard: None,
            arrivals: Vec::new(),
            connected: false,
            deadline: now,
        };
        Ok((browser, offer.to_sdp_string()))
    }

    /// What the offer calls its one media section.
    pub(crate) fn mid(&self) -> String {
        self.mid.to_string()
    }

    /// Takes the answer; from now on [`Browser::drive`] connects.
    pub(crate) fn accept(&mut self, answer: &str) -> io::Result<()> {
        let answer = SdpAnswer::from_sdp_string(answer).map_err(io::Error::other)?;
        let pending = self.pending.take().ok_or_else(|| io::Error::other("answered twice"))?;
        self.rtc.sdp_api().accept_answer(pending, answer).map_err(io::Error::other)
    }

    /// Sends one frame.
    pub(crate) fn send(&mut self, payload: &[u8], now: Instant) -> io::Result<()> {
        if self.pt.is_none() {
            self.pt = self.rtc.media(self.mid).and_then(|media| media.remote_pts().first().copied());
        }
        let Some(pt) = self.pt else { return Ok(()) };
        let time = (self.sent * u64::from(self.clock) / 50) as u32;
        let sequence = (self.sent + 1).into();
        let mut api = self.rtc.direct_api();
        if let Some(stream) = api.stream_tx_by_mid(self.mid, None) {
            stream.write_rtp(RtpWrite::new(pt, sequence, time, now, payload));
            self.sent += 1;
        }
        self.drive(now)
    }

    /// Reads the socket dry.
    pub(crate) fn receive(&mut self, now: Instant) -> io::Result<()> {
        let mut buffer = [0; 2048];
        while let Ok((len, from)) = self.socket.recv_from(&mut buffer) {
            self.expect(&buffer[..len]);
            let Ok(receive) = Receive::new(Protocol::Udp, from, self.local, &buffer[..len]) else { continue };
            self.rtc.handle_input(Input::Receive(now, receive)).map_err(io::Error::other)?;
            self.drive(now)?;
        }
        Ok(())
    }

    /// A real browser takes a stream that no description announced; str0m wants to be told of it.
    fn expect(&mut self, packet: &[u8]) {
        let ([first, kind, ..], Some(ssrc)) = (packet, packet.get(8..12)) else { return };
        let is_rtp = first >> 6 == 2 && !(192..=223).contains(kind);
        let ssrc = u32::from_be_bytes([ssrc[0], ssrc[1], ssrc[2], ssrc[3]]);
        if is_rtp && self.heard != Some(ssrc) {
            self.heard = Some(ssrc);
            self.rtc.direct_api().expect_stream_rx(ssrc.into(), None, self.mid, None);
        }
    }

    /// Lets time pass.
    pub(crate) fn tick(&mut self, now: Instant) -> io::Result<()> {
        self.rtc.handle_input(Input::Timeout(now)).map_err(io::Error::other)?;
        self.drive(now)
    }

    fn drive(&mut self, now: Instant) -> io::Result<()> {
        loop {
            match self.rtc.poll_output().map_err(io::Error::other)? {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return Ok(());
                }
                Output::Transmit(packet) => {
                    // A full socket buffer loses the packet, as a network would.
                    let _ = self.socket.send_to(&packet.contents, packet.destination);
                }
                Output::Event(Event::Connected) => self.connected = true,
                Output::Event(Event::RtpPacket(packet)) => {
                    self.arrivals.push(Arrival { at: now, sequence: packet.header.sequence_number });
                }
                Output::Event(_) => {}
            }
        }
    }
}
