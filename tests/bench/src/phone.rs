//! The telephone's side of a measured call: plain RTP, PCMU, on a socket of its own.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::time::Instant;

use crate::load::Arrival;

/// Bytes of an RTP header without extensions (RFC 3550 §5.1).
const HEADER: usize = 12;

/// One RTP endpoint.
pub(crate) struct Phone {
    pub(crate) socket: UdpSocket,
    remote: Option<SocketAddr>,
    sent: u32,
    ssrc: u32,
    /// What came since the last look.
    pub(crate) arrivals: Vec<Arrival>,
}

impl Phone {
    pub(crate) fn new(ssrc: u32) -> io::Result<Self> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, remote: None, sent: 0, ssrc, arrivals: Vec::new() })
    }

    /// Reads the peer's description, and describes itself in the same codec.
    pub(crate) fn answer(&mut self, offer: &str) -> io::Result<String> {
        self.remote = Some(described_address(offer)?);
        let port = self.socket.local_addr()?.port();
        Ok(format!(
            "v=0\r\no=phone 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n"
        ))
    }

    /// Sends one 20 ms frame.
    pub(crate) fn send(&mut self, payload: &[u8]) {
        let Some(remote) = self.remote else { return };
        let mut packet = [0; 512];
        let len = HEADER + payload.len();
        packet[0] = 0x80;
        packet[2..4].copy_from_slice(&(self.sent as u16).to_be_bytes());
        packet[4..8].copy_from_slice(&self.sent.wrapping_mul(160).to_be_bytes());
        packet[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        packet[HEADER..len].copy_from_slice(payload);
        self.sent += 1;
        // A full socket buffer loses the packet, as a network would.
        let _ = self.socket.send_to(&packet[..len], remote);
    }

    /// Reads the socket dry.
    pub(crate) fn receive(&mut self, now: Instant) {
        let mut buffer = [0; 2048];
        while let Ok(len) = self.socket.recv(&mut buffer) {
            let is_audio = len > HEADER && buffer[1] & 0x7f == 0;
            if is_audio {
                let sequence = u16::from_be_bytes([buffer[2], buffer[3]]);
                self.arrivals.push(Arrival { at: now, sequence });
            }
        }
    }
}

fn described_address(sdp: &str) -> io::Result<SocketAddr> {
    let field = |prefix: &str| sdp.lines().find_map(|line| line.trim_end().strip_prefix(prefix));
    let host = field("c=IN IP4 ").and_then(|host| host.parse().ok());
    let port = field("m=audio ").and_then(|rest| rest.split(' ').next()).and_then(|port| port.parse().ok());
    match (host, port) {
        (Some(host), Some(port)) => Ok(SocketAddr::new(host, port)),
        _ => Err(io::Error::other("the offer names no address")),
    }
}
