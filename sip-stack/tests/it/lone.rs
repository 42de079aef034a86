//! One endpoint against words that a test writes itself.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::{
    Config, Endpoint, FlowId, InviteId, Listener, Output, QueryId, Respond, Target, Transport, UaEvent,
};

use crate::dns::Zone;

/// Where the test's words come from.
pub(crate) const PEER: &str = "192.0.2.9:5060";
const LOCAL: &str = "192.0.2.1:5060";

pub(crate) struct Lone {
    pub(crate) now: Instant,
    pub(crate) endpoint: Endpoint,
    pub(crate) sent: Vec<(SocketAddr, String)>,
    pub(crate) events: Vec<UaEvent>,
    pub(crate) dns: Zone,
    /// Questions that the test answers itself.
    pub(crate) questions: Vec<QueryId>,
    /// Streams that it asked for.
    pub(crate) connecting: Vec<(FlowId, Target)>,
    deadline: Instant,
}

impl Lone {
    pub(crate) fn new() -> Self {
        Self::with(config())
    }

    pub(crate) fn with(config: Config) -> Self {
        let now = Instant::now();
        let endpoint = Endpoint::new(config, [7; 32], now);
        let (sent, events, dns) = (Vec::new(), Vec::new(), Zone::default());
        Self {
            now,
            endpoint,
            sent,
            events,
            dns,
            questions: Vec::new(),
            connecting: Vec::new(),
            deadline: now,
        }
    }

    pub(crate) fn drain(&mut self) {
        loop {
            match self.endpoint.poll_output() {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return;
                }
                Output::Event(event) => self.events.push(event),
                Output::Datagram { remote, payload, .. } => {
                    self.sent.push((remote, String::from_utf8(payload.to_vec()).unwrap()));
                }
                Output::Resolve { query, name, kind } => match self.dns.answer(&name, kind) {
                    Some(answer) => self.endpoint.handle_dns(self.now, query, answer),
                    None => self.questions.push(query),
                },
                Output::Connect { flow, transport, remote, .. } => {
                    self.connecting.push((flow, Target::new(transport, remote)));
                }
                Output::StreamData { .. } | Output::Close { .. } => panic!("an open stream"),
            }
        }
    }

    /// The peer sends this; `\n` stands for CRLF.
    pub(crate) fn hear(&mut self, text: &str) {
        self.hear_from(PEER, text);
    }

    pub(crate) fn hear_from(&mut self, remote: &str, text: &str) {
        let payload = Bytes::from(text.replace('\n', "\r\n"));
        let (local, remote) = (LOCAL.parse().unwrap(), remote.parse().unwrap());
        self.endpoint.handle_datagram(self.now, local, remote, payload);
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

    /// The first lines sent since the last look.
    pub(crate) fn take_lines(&mut self) -> Vec<String> {
        let sent = std::mem::take(&mut self.sent);
        sent.iter().map(|(_, text)| text.lines().next().unwrap_or_default().to_owned()).collect()
    }

    /// The only message sent since the last look, however often.
    pub(crate) fn take_one_retransmitted(&mut self) -> String {
        self.sent.dedup();
        self.take_one()
    }

    /// The only message sent since the last look.
    pub(crate) fn take_one(&mut self) -> String {
        let mut sent = std::mem::take(&mut self.sent);
        assert_eq!(sent.len(), 1, "{sent:#?}");
        sent.remove(0).1
    }
}

pub(crate) fn config() -> Config {
    let local = LOCAL.parse().unwrap();
    Config::new(vec![Listener { transport: Transport::Udp, local, advertised: None }])
}

/// The value of a header of a message that the endpoint sent.
pub(crate) fn header<'a>(text: &'a str, name: &str) -> &'a str {
    text.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        .unwrap_or_else(|| panic!("{name} in {text}"))
}

/// A request of the peer's with the headers that every request has, some of its own, and no body.
pub(crate) fn request(method: &str, cseq: u32, branch: &str, to_tag: &str, more: &str) -> String {
    let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    format!(
        "{method} sip:alice@192.0.2.1 SIP/2.0\n\
         Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{branch}\n\
         Max-Forwards: 70\n\
         From: <sip:peer@192.0.2.9>;tag=peer\n\
         To: <sip:alice@192.0.2.1>{tag}\n\
         Call-ID: peers-call\n\
         CSeq: {cseq} {method}\n\
         Contact: <sip:peer@192.0.2.9>\n\
         {more}Content-Length: 0\n\n"
    )
}

/// A response of the peer's to a request that the endpoint sent.
pub(crate) fn response(code: u16, to: &str, to_tag: &str, more: &str, body: &str) -> String {
    let tag = if to_tag.is_empty() { String::new() } else { format!(";tag={to_tag}") };
    format!(
        "SIP/2.0 {code} Word\nVia: {}\nFrom: {}\nTo: {}{tag}\nCall-ID: {}\nCSeq: {}\n{more}Content-Length: {}\n\n{body}",
        header(to, "Via"),
        header(to, "From"),
        header(to, "To"),
        header(to, "Call-ID"),
        header(to, "CSeq"),
        body.replace('\n', "\r\n").len(),
    )
}

/// The To tag of a message.
pub(crate) fn to_tag(text: &str) -> String {
    header(text, "To").split(";tag=").nth(1).unwrap_or_default().to_owned()
}

/// An endpoint that the peer calls, with this response of its owner's, and the response as it was sent.
pub(crate) fn called(more: &str, respond: Respond) -> (Lone, InviteId, String) {
    let mut lone = Lone::new();
    lone.hear(&request("INVITE", 1, "a", "", more));
    let [UaEvent::Incoming { id, .. }] = lone.events.as_slice() else { panic!("{:?}", lone.events) };
    let id = *id;
    lone.endpoint.respond(lone.now, id, respond).unwrap();
    lone.drain();
    let response = lone.sent.pop().unwrap().1;
    lone.take_lines();
    (lone, id, response)
}
