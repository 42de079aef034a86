use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant, UNIX_EPOCH};

use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::config::DtlsCert;
use str0m::format::Codec;
use str0m::media::{Direction, Frequency, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::RtpWrite;
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

/// What a browser is from the gateway's view.
pub(crate) struct Browser {
    pub(crate) address: SocketAddr,
    pub(crate) received: Vec<Packet>,
    /// Datagrams on their way to the gateway.
    pub(crate) outgoing: VecDeque<Vec<u8>>,
    rtc: Rtc,
    mid: Option<Mid>,
    pending: Option<SdpPendingOffer>,
    pub(crate) sequence: u64,
    timestamp: u32,
}

/// An RTP packet that the browser got.
#[derive(Clone, Debug)]
pub(crate) struct Packet {
    pub(crate) payload_type: u8,
    pub(crate) marker: bool,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload: Vec<u8>,
}

impl Browser {
    pub(crate) fn new(now: Instant) -> Self {
        Self::with(now, RtcConfig::new().clear_codecs().enable_opus(true, false))
    }

    /// One that offers redundant audio (RFC 2198), as Chrome does.
    pub(crate) fn with_red(now: Instant) -> Self {
        let mut config = RtcConfig::new().clear_codecs();
        config.codec_config().enable_opus(true, true);
        Self::with(now, config)
    }

    fn with(now: Instant, config: RtcConfig) -> Self {
        let today = UNIX_EPOCH + Duration::from_secs(20_781 * 86_400);
        let own = media::Certificate::generate([3; 32], today);
        let certificate = DtlsCert { certificate: own.der().to_vec(), private_key: own.key().to_vec() };
        let mut config = config
            .set_crypto_provider(media::crypto_provider())
            .set_dtls_cert(certificate)
            .set_rtp_mode(true)
            .enable_pcmu(true, false)
            .enable_g722(true, false);
        for (number, clock) in [(110, Frequency::FORTY_EIGHT_KHZ), (126, Frequency::EIGHT_KHZ)] {
            let format = Default::default();
            config.codec_config().add_config(number.into(), None, Codec::Tele, clock, None, format);
        }
        let mut rtc = config.build(now);
        let address: SocketAddr = "192.0.2.7:5555".parse().unwrap();
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let (received, outgoing) = Default::default();
        Self { address, received, outgoing, rtc, mid: None, pending: None, sequence: 1, timestamp: 5000 }
    }

    pub(crate) fn offer(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        self.mid = Some(api.add_media(MediaKind::Audio, Direction::SendRecv, None, None, None));
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        offer.to_sdp_string()
    }

    pub(crate) fn accept(&mut self, answer: &str) {
        let answer = SdpAnswer::from_sdp_string(answer).unwrap();
        self.rtc.sdp_api().accept_answer(self.pending.take().unwrap(), answer).unwrap();
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.rtc.is_connected()
    }

    pub(crate) fn handle_timeout(&mut self, now: Instant) {
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.drain();
    }

    pub(crate) fn receive(&mut self, now: Instant, from: SocketAddr, packet: &[u8]) {
        let receive = Receive::new(Protocol::Udp, from, self.address, packet).unwrap();
        self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
        self.drain();
    }

    /// Sends a packet and moves its clock on by `ticks`.
    pub(crate) fn send(&mut self, now: Instant, payload_type: u8, marker: bool, ticks: u32, payload: &[u8]) {
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        self.sequence += 1;
        self.timestamp = timestamp.wrapping_add(ticks);
        let mut direct = self.rtc.direct_api();
        let stream = direct.stream_tx_by_mid(self.mid.unwrap(), None).unwrap();
        let write = RtpWrite::new(payload_type.into(), sequence.into(), timestamp, now, payload);
        stream.write_rtp(write.marker(marker));
        self.handle_timeout(now);
    }

    fn drain(&mut self) {
        loop {
            match self.rtc.poll_output().unwrap() {
                Output::Timeout(_) => return,
                Output::Transmit(transmit) => self.outgoing.push_back(transmit.contents.to_vec()),
                Output::Event(Event::RtpPacket(packet)) => self.received.push(Packet {
                    payload_type: *packet.header.payload_type,
                    marker: packet.header.marker,
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    ssrc: *packet.header.ssrc,
                    payload: packet.payload.to_vec(),
                }),
                Output::Event(_) => {}
            }
        }
    }
}
