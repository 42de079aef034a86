use std::net::SocketAddr;

use media::CodecKind;
use media::rtp::{Header, Packet as RtpPacket};

/// What a SIP peer is from the gateway's view.
pub(crate) struct Trunk {
    pub(crate) address: SocketAddr,
    pub(crate) received: Vec<Received>,
    pub(crate) reports: Vec<Vec<u8>>,
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    /// Whether its descriptions list telephone events.
    pub(crate) events: bool,
    /// More lines of its descriptions.
    pub(crate) lines: &'static str,
}

/// An RTP packet that the trunk got.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) header: Header,
    pub(crate) payload: Vec<u8>,
}

impl Trunk {
    pub(crate) fn new() -> Self {
        let address = "198.51.100.5:7000".parse().unwrap();
        let (sequence, timestamp) = (65_530, 0xffff_fff0);
        Self {
            address,
            received: Vec::new(),
            reports: Vec::new(),
            ssrc: 77,
            sequence,
            timestamp,
            events: true,
            lines: "",
        }
    }

    pub(crate) fn answer(&mut self, offer: &str, codec: CodecKind) -> String {
        assert!(offer.contains("m=audio 30000 RTP/AVP "), "{offer}");
        self.describe(codec, "sendrecv")
    }

    /// Its session description, from where it is now.
    pub(crate) fn describe(&self, codec: CodecKind, direction: &str) -> String {
        let number = codec.static_payload_type().unwrap_or(96);
        let (ip, port, name) = (self.address.ip(), self.address.port(), codec.rtp_name());
        let (events, map) = match self.events {
            true => (" 101", "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"),
            false => ("", ""),
        };
        format!(
            "v=0\r\no=- 5 5 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP {number}{events}\r\na=rtpmap:{number} {name}/8000\r\n\
             {map}a={direction}\r\n{}",
            self.lines
        )
    }

    /// The next packet; the clock moves on by `ticks`.
    pub(crate) fn packet(&mut self, payload_type: u8, marker: bool, ticks: u32, payload: &[u8]) -> Vec<u8> {
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        let header = Header { marker, payload_type, sequence, timestamp, ssrc: self.ssrc };
        self.sequence = sequence.wrapping_add(1);
        self.timestamp = timestamp.wrapping_add(ticks);
        let mut bytes = vec![0; 12 + payload.len()];
        RtpPacket { header, payload }.write(&mut bytes).unwrap();
        bytes
    }

    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        let packet = RtpPacket::parse(bytes).unwrap();
        self.received.push(Received { header: packet.header, payload: packet.payload.to_vec() });
    }
}
