//! Two endpoints and the network between them, in virtual time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::{Answer, Config, Endpoint, FlowId, Listener, Output, Transport, UaEvent};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Alice,
    Bob,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        if self == Self::Alice { Self::Bob } else { Self::Alice }
    }

    pub(crate) fn address(self) -> SocketAddr {
        let host = if self == Self::Alice { "192.0.2.1:5060" } else { "192.0.2.2:5060" };
        host.parse().unwrap()
    }
}

/// What the network does to a datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Deliver,
    Lose,
    Twice,
    After(Duration),
}

enum Packet {
    Datagram(SocketAddr, Bytes),
    Opened(FlowId, SocketAddr),
    Stream(FlowId, Bytes),
    Closed(FlowId),
}

/// A message seen on the wire.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub from: Side,
    pub at: Duration,
    pub text: String,
}

impl Seen {
    pub(crate) fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    /// The method or the code.
    pub(crate) fn word(&self) -> &str {
        let mut words = self.first_line().split(' ');
        match words.next() {
            Some("SIP/2.0") => words.next().unwrap_or_default(),
            word => word.unwrap_or_default(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

/// Decides the fate of a datagram: who sent it, its text, and how many datagrams with this first word it sent.
pub(crate) type Network = Box<dyn FnMut(Side, &Seen, usize) -> Fate>;

pub(crate) struct Pair {
    pub now: Instant,
    start: Instant,
    pub alice: Endpoint,
    pub bob: Endpoint,
    wire: BTreeMap<(Instant, u64), (Side, Packet)>,
    sequence: u64,
    deadlines: BTreeMap<Side, Instant>,
    pub network: Network,
    counts: BTreeMap<(Side, String), usize>,
    pub seen: Vec<Seen>,
    /// What was not lost, as it arrived.
    pub arrived: Vec<Seen>,
    pub events: Vec<(Side, UaEvent)>,
    /// Each stream's two ids.
    flows: BTreeMap<(Side, FlowId), FlowId>,
    next_accepted: u64,
    pub refuse_streams: bool,
    latency: Duration,
}

pub(crate) fn config(side: Side) -> Config {
    let listen = |transport| Listener { transport, local: side.address(), advertised: None };
    Config::new(vec![listen(Transport::Udp), listen(Transport::Tcp)])
}

impl Pair {
    pub(crate) fn new() -> Self {
        Self::with(config(Side::Alice), config(Side::Bob))
    }

    pub(crate) fn with(alice: Config, bob: Config) -> Self {
        let now = Instant::now();
        Self {
            now,
            start: now,
            alice: Endpoint::new(alice, [1; 32], now),
            bob: Endpoint::new(bob, [2; 32], now),
            wire: BTreeMap::new(),
            sequence: 0,
            deadlines: BTreeMap::new(),
            network: Box::new(|_, _, _| Fate::Deliver),
            counts: BTreeMap::new(),
            seen: Vec::new(),
            arrived: Vec::new(),
            events: Vec::new(),
            flows: BTreeMap::new(),
            next_accepted: 0,
            refuse_streams: false,
            latency: Duration::from_millis(10),
        }
    }

    pub(crate) fn endpoint(&mut self, side: Side) -> &mut Endpoint {
        match side {
            Side::Alice => &mut self.alice,
            Side::Bob => &mut self.bob,
        }
    }

    /// Lets the two talk for this long.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.drain(Side::Alice);
            self.drain(Side::Bob);
            let packet = self.wire.keys().next().map(|(at, _)| *at);
            let next = packet.into_iter().chain(self.deadlines.values().copied()).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            self.deliver_due();
            self.fire_due();
        }
        self.now = end;
    }

    fn fire_due(&mut self) {
        for side in [Side::Alice, Side::Bob] {
            let now = self.now;
            if self.deadlines.get(&side).is_some_and(|at| *at <= now) {
                self.endpoint(side).handle_timeout(now);
                self.drain(side);
            }
        }
    }

    fn deliver_due(&mut self) {
        while let Some(entry) = self.wire.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let (to, packet) = entry.remove();
            let now = self.now;
            if let Packet::Datagram(_, bytes) | Packet::Stream(_, bytes) = &packet {
                self.arrived.push(self.as_seen(to.other(), bytes));
            }
            let endpoint = self.endpoint(to);
            match packet {
                Packet::Datagram(from, bytes) => endpoint.handle_datagram(now, to.address(), from, bytes),
                Packet::Opened(flow, remote) => {
                    endpoint.handle_stream_opened(now, flow, Transport::Tcp, to.address(), remote);
                }
                Packet::Stream(flow, bytes) => endpoint.handle_stream_data(now, flow, bytes),
                Packet::Closed(flow) => endpoint.handle_stream_closed(now, flow),
            }
            self.drain(to);
        }
    }

    fn send(&mut self, to: Side, after: Duration, packet: Packet) {
        self.sequence += 1;
        self.wire.insert((self.now + after, self.sequence), (to, packet));
    }

    fn drain(&mut self, side: Side) {
        loop {
            match self.endpoint(side).poll_output() {
                Output::Timeout(at) => {
                    self.deadlines.insert(side, at);
                    return;
                }
                Output::Event(event) => self.events.push((side, event)),
                Output::Datagram { remote, payload, .. } => {
                    assert_eq!(remote, side.other().address());
                    self.datagram(side, payload);
                }
                Output::Connect { flow, remote, .. } => self.connect(side, flow, remote),
                Output::StreamData { flow, payload } => {
                    self.note(side, &payload);
                    if let Some(theirs) = self.flows.get(&(side, flow)).copied() {
                        self.send(side.other(), self.latency, Packet::Stream(theirs, payload));
                    }
                }
                Output::Close { flow } => self.close(side, flow),
                Output::Resolve { query, .. } => {
                    let answer = Answer::NoSuchName { ttl: Duration::from_secs(60) };
                    let now = self.now;
                    self.endpoint(side).handle_dns(now, query, answer);
                }
            }
        }
    }

    fn connect(&mut self, side: Side, flow: FlowId, remote: SocketAddr) {
        if self.refuse_streams {
            return self.send(side, self.latency, Packet::Closed(flow));
        }
        self.next_accepted += 1;
        let theirs = FlowId(self.next_accepted);
        self.flows.insert((side, flow), theirs);
        self.flows.insert((side.other(), theirs), flow);
        let ephemeral = SocketAddr::new(side.address().ip(), 40_000 + self.next_accepted as u16);
        self.send(side.other(), self.latency, Packet::Opened(theirs, ephemeral));
        self.send(side, self.latency, Packet::Opened(flow, remote));
    }

    /// How long it has been running.
    pub(crate) fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// How many streams were opened so far.
    pub(crate) fn connections(&self) -> u64 {
        self.next_accepted
    }

    /// Cuts every stream, as a restarting peer or a NAT does.
    pub(crate) fn cut_streams(&mut self) {
        for (side, flow) in std::mem::take(&mut self.flows).into_keys() {
            self.send(side, Duration::ZERO, Packet::Closed(flow));
        }
    }

    fn close(&mut self, side: Side, flow: FlowId) {
        if let Some(theirs) = self.flows.remove(&(side, flow)) {
            self.flows.remove(&(side.other(), theirs));
            self.send(side.other(), self.latency, Packet::Closed(theirs));
        }
    }

    fn as_seen(&self, from: Side, payload: &Bytes) -> Seen {
        let text = String::from_utf8(payload.to_vec()).unwrap();
        Seen { from, at: self.now - self.start, text }
    }

    fn note(&mut self, from: Side, payload: &Bytes) -> Seen {
        let seen = self.as_seen(from, payload);
        self.seen.push(seen.clone());
        seen
    }

    fn datagram(&mut self, from: Side, payload: Bytes) {
        let seen = self.note(from, &payload);
        let count = self.counts.entry((from, seen.word().to_owned())).or_default();
        *count += 1;
        let fate = (self.network)(from, &seen, *count);
        let packet = || Packet::Datagram(from.address(), payload.clone());
        match fate {
            Fate::Lose => {}
            Fate::Deliver => self.send(from.other(), self.latency, packet()),
            Fate::After(more) => self.send(from.other(), self.latency + more, packet()),
            Fate::Twice => {
                self.send(from.other(), self.latency, packet());
                self.send(from.other(), self.latency * 2, packet());
            }
        }
    }

    /// The events of one side since the last look.
    pub(crate) fn take_events(&mut self, side: Side) -> Vec<UaEvent> {
        let (ours, rest) = std::mem::take(&mut self.events).into_iter().partition(|(at, _)| *at == side);
        self.events = rest;
        let ours: Vec<(Side, UaEvent)> = ours;
        ours.into_iter().map(|(_, event)| event).collect()
    }

    /// `A INVITE`, `B 180`, ... in order, since the last look.
    pub(crate) fn take_ladder(&mut self) -> Vec<String> {
        let seen = std::mem::take(&mut self.seen);
        let line = |seen: &Seen| {
            let from = if seen.from == Side::Alice { 'A' } else { 'B' };
            format!("{from} {}", seen.word())
        };
        seen.iter().map(line).collect()
    }
}
