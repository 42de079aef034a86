//! One endpoint among streams that a test opens, hears on and closes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::transport::{AlternativeNames, CertificateNames};
use sip_stack::{Config, Endpoint, FlowId, Listener, Output, Transport, UaEvent};

/// What the endpoint did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    Sent(FlowId, String),
    Datagram(SocketAddr, Bytes),
    Connect(FlowId, Transport, SocketAddr, Option<String>),
    Close(FlowId),
}

pub(crate) struct Node {
    pub(crate) now: Instant,
    pub(crate) endpoint: Endpoint,
    pub(crate) events: Vec<UaEvent>,
    did: Vec<Did>,
    deadline: Instant,
}

/// Where each transport listens.
pub(crate) fn local(transport: Transport) -> SocketAddr {
    SocketAddr::new([192, 0, 2, 1].into(), transport.default_port())
}

pub(crate) fn config() -> Config {
    let all = [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss];
    let listener = |transport| Listener { transport, local: local(transport), advertised: None };
    Config::new(all.map(listener).to_vec())
}

/// A certificate with DNS names.
pub(crate) fn certificate(dns: &[&str]) -> CertificateNames {
    let dns = dns.iter().map(|name| (*name).to_owned()).collect();
    CertificateNames {
        alternative: Some(AlternativeNames { dns, ..AlternativeNames::default() }),
        common_name: None,
    }
}

impl Node {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn with(config: Config) -> Self {
        let now = Instant::now();
        let endpoint = Endpoint::new(config, [11; 32], now);
        Self { now, endpoint, events: Vec::new(), did: Vec::new(), deadline: now }
    }

    pub(crate) fn open(&mut self, flow: FlowId, transport: Transport, remote: &str) {
        let (local, remote) = (local(transport), remote.parse().unwrap());
        self.endpoint.handle_stream_opened(self.now, flow, transport, local, remote);
        self.drain();
    }

    pub(crate) fn open_proved(
        &mut self,
        flow: FlowId,
        transport: Transport,
        remote: &str,
        names: &CertificateNames,
    ) {
        let (local, remote) = (local(transport), remote.parse().unwrap());
        self.endpoint.handle_secure_stream_opened(self.now, flow, transport, local, remote, names);
        self.drain();
    }

    /// The peer sends this on a stream; `\n` stands for CRLF.
    pub(crate) fn hear(&mut self, flow: FlowId, text: &str) {
        self.hear_octets(flow, text.replace('\n', "\r\n").as_bytes());
    }

    pub(crate) fn hear_octets(&mut self, flow: FlowId, octets: &[u8]) {
        self.endpoint.handle_stream_data(self.now, flow, Bytes::copy_from_slice(octets));
        self.drain();
    }

    pub(crate) fn hear_datagram(&mut self, remote: &str, octets: &[u8]) {
        let (local, payload) = (local(Transport::Udp), Bytes::copy_from_slice(octets));
        self.endpoint.handle_datagram(self.now, local, remote.parse().unwrap(), payload);
        self.drain();
    }

    pub(crate) fn closed(&mut self, flow: FlowId) {
        self.endpoint.handle_stream_closed(self.now, flow);
        self.drain();
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

    /// What the endpoint did since the last look.
    pub(crate) fn take(&mut self) -> Vec<Did> {
        self.drain();
        std::mem::take(&mut self.did)
    }

    /// The streams and first words of what was sent on streams since the last look, and nothing else happened.
    pub(crate) fn take_words(&mut self) -> Vec<(FlowId, String)> {
        let words = |did| match did {
            Did::Sent(flow, text) => {
                let mut words = text.split_whitespace().map(str::to_owned);
                let first = words.next().unwrap_or_default();
                (flow, if first == "SIP/2.0" { words.next().unwrap_or_default() } else { first })
            }
            other @ (Did::Datagram(..) | Did::Connect(..) | Did::Close(_)) => panic!("{other:?}"),
        };
        self.take().into_iter().map(words).collect()
    }

    /// The only message sent since the last look, and on which stream.
    pub(crate) fn take_sent(&mut self) -> (FlowId, String) {
        let did = self.take();
        let [Did::Sent(flow, text)] = did.as_slice() else { panic!("{did:#?}") };
        (*flow, text.clone())
    }

    fn drain(&mut self) {
        loop {
            let did = match self.endpoint.poll_output() {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Event(event) => {
                    self.events.push(event);
                    continue;
                }
                Output::Datagram { remote, payload, .. } => Did::Datagram(remote, payload),
                Output::StreamData { flow, payload } => {
                    Did::Sent(flow, String::from_utf8(payload.to_vec()).unwrap())
                }
                Output::Connect { flow, transport, remote, server_name } => {
                    Did::Connect(flow, transport, remote, server_name.map(|name| name.to_string()))
                }
                Output::Close { flow } => Did::Close(flow),
                Output::Resolve { query, .. } => {
                    self.endpoint.handle_dns(self.now, query, sip_stack::Answer::Failure);
                    continue;
                }
            };
            self.did.push(did);
        }
    }
}
