//! A trunk on the wire: it reads requests as text and answers what the test says.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::gateway::WITHIN;

/// Long enough for what is on its way on this machine.
const SILENCE: Duration = Duration::from_millis(300);

/// Where the trunk's sound would be.
const SDP: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40002 RTP/AVP 0\r\n";

pub(crate) struct Trunk {
    socket: UdpSocket,
    pub(crate) address: SocketAddr,
}

impl Trunk {
    pub(crate) async fn bind() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        Self { socket, address }
    }

    /// The next request of a method; retransmissions of others are passed over.
    pub(crate) async fn request(&self, method: &str) -> Request {
        let mut buffer = vec![0; 65_536];
        loop {
            let received = timeout(WITHIN, self.socket.recv_from(&mut buffer)).await;
            let (len, from) = received.unwrap_or_else(|_| panic!("no {method} in time")).unwrap();
            let text = String::from_utf8_lossy(&buffer[..len]).into_owned();
            if text.starts_with(method) {
                return Request { text, from };
            }
        }
    }

    /// Answers with a status line and nothing else but what must be there.
    pub(crate) async fn respond(&self, request: &Request, status: &str) {
        self.respond_with(request, status, "Content-Length: 0\r\n\r\n").await;
    }

    /// Takes a call.
    pub(crate) async fn answer(&self, request: &Request) {
        self.answer_with(request, SDP).await;
    }

    /// Takes a call, with sound at this port of this machine.
    pub(crate) async fn answer_at(&self, request: &Request, port: u16) {
        self.answer_with(request, &SDP.replace("40002", &port.to_string())).await;
    }

    async fn answer_with(&self, request: &Request, sdp: &str) {
        let (ours, len) = (self.address, sdp.len());
        let rest = format!(
            "Contact: <sip:{ours}>\r\nContent-Type: application/sdp\r\nContent-Length: {len}\r\n\r\n{sdp}"
        );
        self.respond_with(request, "200 OK", &rest).await;
    }

    async fn respond_with(&self, request: &Request, status: &str, rest: &str) {
        let mut response = format!("SIP/2.0 {status}\r\n");
        for line in request.text.lines().take_while(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            match name.to_ascii_lowercase().as_str() {
                "via" | "from" | "call-id" | "cseq" => response += &format!("{line}\r\n"),
                "to" if value.contains("tag=") => response += &format!("{line}\r\n"),
                "to" => response += &format!("{line};tag=trunk\r\n"),
                _ => {}
            }
        }
        response += rest;
        self.socket.send_to(response.as_bytes(), request.from).await.unwrap();
    }

    /// Bob calls alice.
    pub(crate) async fn invite(&self, gateway: SocketAddr) {
        let ours = self.address;
        let invite = format!(
            "INVITE sip:alice@{gateway} SIP/2.0\r\nVia: SIP/2.0/UDP {ours};branch=z9hG4bK1;rport\r\nMax-Forwards: 70\r\n\
             From: \"Bob\" <sip:+441632960123@{ours}>;tag=1\r\nTo: <sip:alice@{gateway}>\r\nCall-ID: in-1\r\n\
             CSeq: 1 INVITE\r\nContact: <sip:{ours}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{SDP}",
            SDP.len()
        );
        self.socket.send_to(invite.as_bytes(), gateway).await.unwrap();
    }

    /// What has come and was not read.
    pub(crate) fn heard(&self) -> Vec<String> {
        let mut buffer = vec![0; 65_536];
        let next = || {
            self.socket.try_recv(&mut buffer).ok().map(|len| String::from_utf8_lossy(&buffer[..len]).into())
        };
        std::iter::from_fn(next).collect()
    }

    /// Asserts that nothing comes any more, or came and was not read.
    pub(crate) async fn hears_nothing(&self) {
        let mut buffer = vec![0; 65_536];
        let heard = timeout(SILENCE, self.socket.recv_from(&mut buffer)).await;
        assert!(heard.is_err(), "heard {}", String::from_utf8_lossy(&buffer));
    }

    /// The next message of any kind.
    pub(crate) async fn message(&self) -> String {
        let mut buffer = vec![0; 65_536];
        let (len, _) = timeout(WITHIN, self.socket.recv_from(&mut buffer)).await.unwrap().unwrap();
        String::from_utf8_lossy(&buffer[..len]).into_owned()
    }
}

pub(crate) struct Request {
    pub(crate) text: String,
    from: SocketAddr,
}
