//! Any bytes as what an endpoint hears, by datagram and by stream, while time passes: nothing is left of it.
#![no_main]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use sip_stack::{
    Answer, Body, Config, Endpoint, FlowId, Hangup, InviteId, Listener, Output, Respond, Transport, UaEvent,
};

const HEARD_MAX: usize = 32;
const FLOW: FlowId = FlowId(1);
/// Longer than any transaction, retransmission or session refresh.
const PATIENCE: Duration = Duration::from_secs(7_200);
const TIMEOUTS_MAX: usize = 100_000;

fuzz_target!(|bytes: &[u8]| {
    let mut line = Line::new();
    for heard in split(bytes).take(HEARD_MAX) {
        line.hear(heard);
    }
    line.end();
});

/// What is heard, each behind two zero octets.
fn split(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(bytes);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.windows(2).position(|pair| pair == [0, 0]);
        rest = end.map(|at| &text[at + 2..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

struct Line {
    now: Instant,
    endpoint: Endpoint,
    deadline: Instant,
    calls: Vec<InviteId>,
    /// Of the last response with one, so that the input can get into a dialog.
    to_tag: Vec<u8>,
    is_open: bool,
}

impl Line {
    fn new() -> Self {
        let now = Instant::now();
        let listener = |transport| Listener { transport, local: local(), advertised: None };
        let config = Config::new([Transport::Udp, Transport::Tcp].map(listener).to_vec());
        let endpoint = Endpoint::new(config, [7; 32], now);
        Self { now, endpoint, deadline: now, calls: Vec::new(), to_tag: Vec::new(), is_open: false }
    }

    /// The first octet says how it comes, how long after the last one, and what we say to calls that it starts.
    /// `$` stands for our tag.
    fn hear(&mut self, heard: &[u8]) {
        let Some((how, text)) = heard.split_first() else { return };
        self.wait(Duration::from_millis(1 << (how & 15)));
        let pieces: Vec<_> = text.split(|byte| *byte == b'$').collect();
        let payload = Bytes::from(pieces.join(self.to_tag.as_slice()));
        if how & 16 == 0 {
            self.endpoint.handle_datagram(self.now, local(), peer(), payload);
        } else {
            self.open();
            self.endpoint.handle_stream_data(self.now, FLOW, payload);
        }
        let incoming = self.drain();
        for id in incoming {
            self.calls.push(id);
            self.answer(id, how >> 5);
        }
    }

    fn open(&mut self) {
        if !self.is_open {
            self.is_open = true;
            self.endpoint.handle_stream_opened(self.now, FLOW, Transport::Tcp, local(), peer());
        }
    }

    fn answer(&mut self, id: InviteId, how: u8) {
        let code = [180, 183, 200, 200, 302, 486, 603, 0][usize::from(how & 7)];
        let body = (code == 183 || code == 200).then(|| Body::sdp("v=0\r\n"));
        let respond = Respond { code, reason: None, headers: Vec::new(), body };
        let _ = self.endpoint.respond(self.now, id, respond);
        self.drain();
    }

    /// Incoming calls among what there is to do.
    fn drain(&mut self) -> Vec<InviteId> {
        let mut incoming = Vec::new();
        loop {
            match self.endpoint.poll_output() {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return incoming;
                }
                Output::Event(UaEvent::Incoming { id, .. }) => incoming.push(id),
                Output::Datagram { payload, .. } | Output::StreamData { payload, .. } => self.learn(&payload),
                Output::Close { flow } => self.is_open &= flow != FLOW,
                Output::Connect { flow, .. } => {
                    self.endpoint.handle_stream_closed(self.now, flow);
                }
                Output::Resolve { query, .. } => {
                    self.endpoint.handle_dns(self.now, query, Answer::Failure);
                }
                Output::Event(_) => {}
            }
        }
    }

    fn learn(&mut self, sent: &[u8]) {
        let line = sent.split(|byte| *byte == b'\n').find(|line| line.starts_with(b"To:"));
        let tag =
            line.and_then(|line| line.windows(5).position(|word| word == b";tag=").map(|at| &line[at + 5..]));
        if let Some(tag) = tag {
            self.to_tag = tag.iter().copied().take_while(u8::is_ascii_alphanumeric).collect();
        }
    }

    fn wait(&mut self, time: Duration) {
        let until = self.now + time;
        for _ in 0..TIMEOUTS_MAX {
            if self.deadline > until {
                self.now = until;
                return;
            }
            self.now = self.now.max(self.deadline);
            self.endpoint.handle_timeout(self.now);
            self.drain();
        }
        panic!("time stands still");
    }

    fn end(mut self) {
        for id in std::mem::take(&mut self.calls) {
            let hangup = Hangup { code: 480, reason: None, headers: Vec::new() };
            let _ = self.endpoint.hangup(self.now, id, hangup);
            self.drain();
        }
        self.wait(PATIENCE);
        assert_eq!((self.endpoint.calls(), self.endpoint.transactions()), (0, 0));
    }
}

fn local() -> SocketAddr {
    ([192, 0, 2, 1], 5060).into()
}

fn peer() -> SocketAddr {
    ([192, 0, 2, 9], 5060).into()
}
