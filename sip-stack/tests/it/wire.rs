//! One endpoint behind a wire that a test writes octets to: datagrams, or one stream of any kind.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::message::{Message, Response};
use sip_stack::{Config, Endpoint, FlowId, Listener, Output, Transport, UaEvent};

const LOCAL: &str = "192.0.2.1:5060";
const PEER: &str = "192.0.2.9:5060";
const FLOW: FlowId = FlowId(1);

/// How the octets come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Datagram,
    StreamWhole,
    StreamByByte,
    /// TLS, in one write.
    Tls,
    /// One frame.
    WebSocket,
}

impl Way {
    pub(crate) const ALL: [Self; 5] =
        [Self::Datagram, Self::StreamWhole, Self::StreamByByte, Self::Tls, Self::WebSocket];

    /// Whether messages have to say where they end.
    pub(crate) fn is_stream(self) -> bool {
        matches!(self, Self::StreamWhole | Self::StreamByByte | Self::Tls)
    }

    fn transport(self) -> Transport {
        match self {
            Self::Datagram => Transport::Udp,
            Self::StreamWhole | Self::StreamByByte => Transport::Tcp,
            Self::Tls => Transport::Tls,
            Self::WebSocket => Transport::Wss,
        }
    }
}

pub(crate) struct Wire {
    way: Way,
    now: Instant,
    deadline: Instant,
    pub(crate) endpoint: Endpoint,
    pub(crate) responses: Vec<Response>,
    pub(crate) events: Vec<UaEvent>,
    pub(crate) is_closed: bool,
}

impl Wire {
    pub(crate) fn new(way: Way) -> Self {
        Self::with(way, |_| {})
    }

    pub(crate) fn with(way: Way, settle: impl FnOnce(&mut Config)) -> Self {
        let now = Instant::now();
        let local: SocketAddr = LOCAL.parse().unwrap();
        let listener = |transport| Listener { transport, local, advertised: None };
        let all = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Wss];
        let mut config = Config::new(all.map(listener).to_vec());
        settle(&mut config);
        let mut endpoint = Endpoint::new(config, [5; 32], now);
        if way != Way::Datagram {
            endpoint.handle_stream_opened(now, FLOW, way.transport(), local, PEER.parse().unwrap());
        }
        let (responses, events) = (Vec::new(), Vec::new());
        Self { way, now, deadline: now, endpoint, responses, events, is_closed: false }
    }

    pub(crate) fn hear(&mut self, octets: &[u8]) {
        let piece = if self.way == Way::StreamByByte { 1 } else { octets.len().max(1) };
        for piece in octets.chunks(piece) {
            let payload = Bytes::copy_from_slice(piece);
            if self.way == Way::Datagram {
                let (local, remote) = (LOCAL.parse().unwrap(), PEER.parse().unwrap());
                self.endpoint.handle_datagram(self.now, local, remote, payload);
            } else {
                self.endpoint.handle_stream_data(self.now, FLOW, payload);
            }
            self.drain();
        }
    }

    pub(crate) fn advance(&mut self, time: Duration) {
        let end = self.now + time;
        while self.deadline <= end {
            self.now = self.deadline.max(self.now);
            self.endpoint.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    pub(crate) fn codes(&self) -> Vec<u16> {
        self.responses.iter().map(|response| response.code.as_u16()).collect()
    }

    fn drain(&mut self) {
        loop {
            match self.endpoint.poll_output() {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Event(event) => self.events.push(event),
                Output::Datagram { remote, payload, .. } => {
                    assert_eq!(self.way, Way::Datagram);
                    assert_eq!(
                        remote.ip(),
                        PEER.parse::<SocketAddr>().unwrap().ip(),
                        "nobody but the sender hears"
                    );
                    self.sent(payload);
                }
                Output::StreamData { flow, payload } => {
                    assert!(flow == FLOW && !self.is_closed);
                    self.sent(payload);
                }
                Output::Close { flow } => {
                    assert!(flow == FLOW && !self.is_closed);
                    self.is_closed = true;
                }
                Output::Resolve { name, .. } => panic!("a question about {name}"),
                Output::Connect { remote, .. } => panic!("a connection to {remote}"),
            }
        }
    }

    fn sent(&mut self, payload: Bytes) {
        match Message::parse(payload) {
            Ok(Message::Response(response)) => self.responses.push(response),
            other => panic!("no response: {other:?}"),
        }
    }
}
