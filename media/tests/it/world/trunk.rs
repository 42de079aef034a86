use std::net::SocketAddr;

use media::CodecKind;
use media::rtp::{Header, Packet as RtpPacket};

/// What a SIP peer is from the gateway's view.
pub(crate) struct Trunk {
    pub(crate) address: SocketAddr,
    pub(crate) received: Vec<Received>,
    pub(crate) reports: Vec<Vec<u8>>,
    sequence: u16,
    timestamp: u32,
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
        Self { address, received: Vec::new(), reports: Vec::new(), sequence: 65_530, timestamp: 0xffff_fff0 }
    }

    pub(crate) fn answer(&mut self, offer: &str, codec: CodecKind) -> String {
        assert!(offer.contains("m=audio 30000 RTP/AVP "), "{offer}");
        let number = codec.static_payload_type().unwrap_or(96);
        format!(
            "v=0\r\no=- 5 5 IN IP4 198.51.100.5\r\ns=-\r\nc=IN IP4 198.51.100.5\r\nt=0 0\r\n\
             m=audio 7000 RTP/AVP {number} 101\r\na=rtpmap:{number} {}/8000\r\n\
             a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n",
            codec.rtp_name()
        )
    }

    /// The next packet; the clock moves on by `ticks`.
    pub(crate) fn packet(&mut self, payload_type: u8, marker: bool, ticks: u32, payload: &[u8]) -> Vec<u8> {
        let (sequence, timestamp) = (self.sequence, self.timestamp);
        let header = Header { marker, payload_type, sequence, timestamp, ssrc: 77 };
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
