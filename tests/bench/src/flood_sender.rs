//! One core that sends requests of one method as fast as it can, from one address and many ports, as SIPp would.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use crate::offhook::SIP;

/// An address of its own: good calls come from another, as in life.
const SOURCE: &str = "127.0.0.2:0";
const PORTS: usize = 64;
/// Stands in the template where each request differs from every other.
const BLANK: &[u8] = b"0000000000";

/// A flood under way; ends when it is told to.
pub(crate) struct Flood {
    over: Arc<AtomicBool>,
    sending: JoinHandle<io::Result<u64>>,
}

impl Flood {
    /// Begins to send.
    pub(crate) fn start(method: &'static str) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let told = over.clone();
        Self { over, sending: thread::spawn(move || send(method, &told)) }
    }

    /// Stops, and says how many requests went out.
    pub(crate) fn stop(self) -> io::Result<u64> {
        self.over.store(true, Ordering::Relaxed);
        self.sending.join().map_err(|_| io::Error::other("the flood's sender failed"))?
    }
}

fn send(method: &str, over: &AtomicBool) -> io::Result<u64> {
    let target: SocketAddr = SIP.parse().map_err(io::Error::other)?;
    let sockets = (0..PORTS).map(|_| UdpSocket::bind(SOURCE)).collect::<io::Result<Vec<_>>>()?;
    let mut requests = Vec::new();
    for socket in &sockets {
        requests.push(Request::new(method, &socket.local_addr()?.to_string()));
    }
    let mut sent = 0;
    while !over.load(Ordering::Relaxed) {
        for (socket, request) in sockets.iter().zip(&mut requests) {
            // What the kernel does not take is lost, as on a network.
            sent += u64::from(socket.send_to(request.number(sent), target).is_ok());
        }
    }
    Ok(sent)
}

/// A request with blanks for its number.
struct Request {
    text: Vec<u8>,
    blanks: Vec<usize>,
}

impl Request {
    fn new(method: &str, source: &str) -> Self {
        let text = text(method, source).into_bytes();
        let blanks = text.windows(BLANK.len()).enumerate();
        let blanks = blanks.filter(|(_, window)| *window == BLANK).map(|(at, _)| at).collect();
        Self { text, blanks }
    }

    fn number(&mut self, number: u64) -> &[u8] {
        let digits = format!("{number:010}");
        for at in &self.blanks {
            self.text[*at..*at + BLANK.len()].copy_from_slice(digits.as_bytes());
        }
        &self.text
    }
}

fn text(method: &str, source: &str) -> String {
    let (headers, body) = particulars(method, source);
    format!(
        "{method} sip:600@{SIP} SIP/2.0\r\n\
         Via: SIP/2.0/UDP {source};rport;branch=z9hG4bK-0000000000\r\n\
         Max-Forwards: 70\r\n\
         From: <sip:flood@{source}>;tag=0000000000\r\n\
         To: <sip:600@{SIP}>{to_tag}\r\n\
         Call-ID: 0000000000@flood\r\n\
         CSeq: 1 {method}\r\n\
         Contact: <sip:flood@{source}>\r\n\
         {headers}Content-Length: {length}\r\n\r\n{body}",
        to_tag = if is_within_a_dialog(method) { ";tag=0000000000" } else { "" },
        length = body.len(),
    )
}

fn is_within_a_dialog(method: &str) -> bool {
    matches!(method, "ACK" | "BYE" | "PRACK" | "UPDATE" | "INFO" | "NOTIFY")
}

/// The headers and the body without which the method's requests would be refused for their form.
fn particulars(method: &str, source: &str) -> (&'static str, String) {
    let sdp = || {
        let host = source.split(':').next().unwrap_or_default();
        format!(
            "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
        )
    };
    match method {
        "INVITE" | "UPDATE" => ("Content-Type: application/sdp\r\n", sdp()),
        "REGISTER" => ("Expires: 3600\r\n", String::new()),
        "SUBSCRIBE" => ("Event: presence\r\nExpires: 3600\r\n", String::new()),
        "NOTIFY" => ("Event: presence\r\nSubscription-State: active;expires=60\r\n", String::new()),
        "PUBLISH" => ("Event: presence\r\nContent-Type: application/pidf+xml\r\n", "<presence/>".to_owned()),
        "REFER" => ("Refer-To: <sip:601@example.com>\r\n", String::new()),
        "INFO" => ("Content-Type: application/dtmf-relay\r\n", "Signal=5\r\nDuration=100\r\n".to_owned()),
        "MESSAGE" => ("Content-Type: text/plain\r\n", "hello".to_owned()),
        "PRACK" => ("RAck: 1 1 INVITE\r\n", String::new()),
        _ => ("", String::new()),
    }
}
