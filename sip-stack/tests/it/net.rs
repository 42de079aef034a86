//! A small network of endpoints in virtual time: user agents, proxies and registrars that talk by UDP and TCP.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::message::{Method, Request};
use sip_stack::proxy::{Forward, ProxyConfig};
use sip_stack::registrar::{Located, Memory, PathPolicy, Registrar, RegistrarConfig};
use sip_stack::{
    Config, Endpoint, FlowId, Invite, InviteId, Listener, Output, Register, RegistrationId, Reply, RequestId,
    Respond, Source, Target, Transport, UaEvent,
};

const LATENCY: Duration = Duration::from_millis(10);

/// Does with an event what the owner of a node does; gives back what is left for the test.
pub(crate) type Owner = Box<dyn FnMut(&mut Endpoint, Instant, UaEvent) -> Option<UaEvent>>;

struct Node {
    address: SocketAddr,
    endpoint: Endpoint,
    deadline: Instant,
    owner: Owner,
    is_cut_off: bool,
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
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) text: String,
}

impl Seen {
    /// The method or the code.
    pub(crate) fn word(&self) -> &str {
        let mut words = self.text.split([' ', '\r']);
        match words.next() {
            Some("SIP/2.0") => words.next().unwrap_or_default(),
            word => word.unwrap_or_default(),
        }
    }

    /// The values of a header, a line each.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
    }
}

pub(crate) struct Net {
    pub(crate) now: Instant,
    nodes: BTreeMap<&'static str, Node>,
    wire: BTreeMap<(Instant, u64), (&'static str, Packet)>,
    sequence: u64,
    flows: BTreeMap<(&'static str, FlowId), (&'static str, FlowId)>,
    next_accepted: u64,
    pub(crate) seen: Vec<Seen>,
    pub(crate) events: Vec<(&'static str, UaEvent)>,
}

/// Where a node of this name lives: `192.0.2.` and a number of its own.
pub(crate) fn config(address: &str) -> Config {
    let local = address.parse().unwrap();
    let listen = |transport| Listener { transport, local, advertised: None };
    Config::new(vec![listen(Transport::Udp), listen(Transport::Tcp)])
}

impl Net {
    pub(crate) fn new() -> Self {
        Self {
            now: Instant::now(),
            nodes: BTreeMap::new(),
            wire: BTreeMap::new(),
            sequence: 0,
            flows: BTreeMap::new(),
            next_accepted: 0,
            seen: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Adds a user agent, whose events the test sees.
    pub(crate) fn phone(&mut self, name: &'static str, address: &str) {
        self.node(name, config(address), Box::new(|_, _, event| Some(event)));
    }

    /// Adds a node with an owner of its own.
    pub(crate) fn node(&mut self, name: &'static str, config: Config, owner: Owner) {
        let address = config.listeners[0].local;
        let seed = [self.nodes.len() as u8 + 1; 32];
        let endpoint = Endpoint::new(config, seed, self.now);
        let node = Node { address, endpoint, deadline: self.now, owner, is_cut_off: false };
        self.nodes.insert(name, node);
    }

    /// Adds a proxy that asks this owner about everything.
    pub(crate) fn proxy(&mut self, name: &'static str, address: &str, domain: &str, owner: Owner) {
        self.node(name, proxy_config(address, domain), owner);
    }

    /// Adds the registrar and proxy of a domain.
    pub(crate) fn home(&mut self, name: &'static str, address: &str, domain: &str) {
        let registrar = shared_registrar(domain);
        let owner: Owner = Box::new(move |endpoint, now, event| serve(&registrar, endpoint, now, event));
        self.proxy(name, address, domain, owner);
    }

    pub(crate) fn endpoint(&mut self, name: &'static str) -> &mut Endpoint {
        &mut self.nodes.get_mut(name).unwrap().endpoint
    }

    pub(crate) fn address(&self, name: &str) -> SocketAddr {
        self.nodes[name].address
    }

    /// Nothing reaches this node any more, and nothing of it anybody.
    pub(crate) fn cut_off(&mut self, name: &'static str) {
        self.nodes.get_mut(name).unwrap().is_cut_off = true;
    }

    /// Ends the streams of a node.
    pub(crate) fn cut_streams(&mut self, name: &'static str) {
        let ours: Vec<_> = self.flows.keys().filter(|(node, _)| *node == name).copied().collect();
        for (node, flow) in ours {
            let Some((peer, theirs)) = self.flows.remove(&(node, flow)) else { continue };
            self.flows.remove(&(peer, theirs));
            self.send(node, Duration::ZERO, Packet::Closed(flow));
            self.send(peer, Duration::ZERO, Packet::Closed(theirs));
        }
    }

    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        let names: Vec<&'static str> = self.nodes.keys().copied().collect();
        loop {
            names.iter().for_each(|name| self.drain(name));
            let packet = self.wire.keys().next().map(|(at, _)| *at);
            let next = packet.into_iter().chain(self.nodes.values().map(|node| node.deadline)).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            self.deliver_due();
            for name in &names {
                let (now, node) = (self.now, self.nodes.get_mut(name).unwrap());
                if node.deadline <= now {
                    node.endpoint.handle_timeout(now);
                    self.drain(name);
                }
            }
        }
        self.now = end;
    }

    fn deliver_due(&mut self) {
        while let Some(entry) = self.wire.first_entry().filter(|entry| entry.key().0 <= self.now) {
            let (to, packet) = entry.remove();
            let (now, node) = (self.now, self.nodes.get_mut(to).unwrap());
            let (endpoint, address) = (&mut node.endpoint, node.address);
            match packet {
                Packet::Datagram(from, bytes) => endpoint.handle_datagram(now, address, from, bytes),
                Packet::Opened(flow, remote) => {
                    endpoint.handle_stream_opened(now, flow, Transport::Tcp, address, remote);
                }
                Packet::Stream(flow, bytes) => endpoint.handle_stream_data(now, flow, bytes),
                Packet::Closed(flow) => endpoint.handle_stream_closed(now, flow),
            }
            self.drain(to);
        }
    }

    fn send(&mut self, to: &'static str, after: Duration, packet: Packet) {
        self.sequence += 1;
        self.wire.insert((self.now + after, self.sequence), (to, packet));
    }

    fn at(&self, address: SocketAddr) -> Option<&'static str> {
        self.nodes.iter().find(|(_, node)| node.address == address && !node.is_cut_off).map(|(name, _)| *name)
    }

    fn drain(&mut self, name: &'static str) {
        loop {
            let (now, node) = (self.now, self.nodes.get_mut(name).unwrap());
            let (from, is_cut_off) = (node.address, node.is_cut_off);
            match node.endpoint.poll_output() {
                Output::Timeout(at) => return node.deadline = at,
                Output::Event(event) => {
                    let left = (node.owner)(&mut node.endpoint, now, event);
                    self.events.extend(left.map(|event| (name, event)));
                }
                Output::Datagram { remote, payload, .. } => {
                    let to = self.at(remote).filter(|_| !is_cut_off);
                    self.note(name, to.unwrap_or("nobody"), &payload);
                    if let Some(to) = to {
                        self.send(to, LATENCY, Packet::Datagram(from, payload));
                    }
                }
                Output::Connect { flow, remote, .. } => self.connect(name, flow, remote),
                Output::StreamData { flow, payload } => {
                    if let Some((to, theirs)) = self.flows.get(&(name, flow)).copied() {
                        self.note(name, to, &payload);
                        self.send(to, LATENCY, Packet::Stream(theirs, payload));
                    }
                }
                Output::Close { flow } => {
                    if let Some((to, theirs)) = self.flows.remove(&(name, flow)) {
                        self.flows.remove(&(to, theirs));
                        self.send(to, LATENCY, Packet::Closed(theirs));
                    }
                }
                #[allow(
                    unreachable_patterns,
                    reason = "other kinds of effect that these tests have no use for"
                )]
                _ => {}
            }
        }
    }

    fn connect(&mut self, name: &'static str, flow: FlowId, remote: SocketAddr) {
        let Some(to) = self.at(remote) else { return self.send(name, LATENCY, Packet::Closed(flow)) };
        self.next_accepted += 1;
        let theirs = FlowId(self.next_accepted);
        self.flows.insert((name, flow), (to, theirs));
        self.flows.insert((to, theirs), (name, flow));
        let ephemeral = SocketAddr::new(self.address(name).ip(), 40_000 + self.next_accepted as u16);
        self.send(to, LATENCY, Packet::Opened(theirs, ephemeral));
        self.send(name, LATENCY, Packet::Opened(flow, remote));
    }

    fn note(&mut self, from: &'static str, to: &'static str, payload: &Bytes) {
        // STUN is no message.
        let Ok(text) = String::from_utf8(payload.to_vec()) else { return };
        self.seen.push(Seen { from, to, text });
    }

    /// `alice>home INVITE`, ... in order, since the last look.
    pub(crate) fn take_ladder(&mut self) -> Vec<String> {
        let line = |seen: &Seen| format!("{}>{} {}", seen.from, seen.to, seen.word());
        std::mem::take(&mut self.seen).iter().map(line).collect()
    }

    /// The last message of this kind between two nodes.
    pub(crate) fn last(&self, from: &str, to: &str, word: &str) -> &Seen {
        let is_it = |seen: &&Seen| seen.from == from && seen.to == to && seen.word() == word;
        self.seen.iter().rfind(is_it).unwrap_or_else(|| panic!("{from}>{to} {word} in {:#?}", self.seen))
    }

    pub(crate) fn count(&self, from: &str, to: &str, word: &str) -> usize {
        self.seen.iter().filter(|seen| seen.from == from && seen.to == to && seen.word() == word).count()
    }

    /// The events of one node since the last look.
    pub(crate) fn take_events(&mut self, name: &str) -> Vec<UaEvent> {
        let (ours, rest) = std::mem::take(&mut self.events).into_iter().partition(|(at, _)| *at == name);
        self.events = rest;
        let ours: Vec<(&str, UaEvent)> = ours;
        ours.into_iter().map(|(_, event)| event).collect()
    }

    /// A phone registers `sip:NAME@domain` at the domain's home and keeps it fresh.
    pub(crate) fn register(&mut self, name: &'static str, home: &'static str, domain: &str, by: Transport) {
        let remote = self.address(home);
        let register = Register {
            registrar: format!("sip:{domain}").parse().unwrap(),
            target: Target::new(by, remote).into(),
            aor: format!("<sip:{name}@{domain}>").parse().unwrap(),
            contact_user: name.to_owned(),
            expires_s: 600,
            credentials: None,
            outbound: None,
        };
        let now = self.now;
        self.endpoint(name).register(now, RegistrationId(1), register).unwrap();
        self.run(Duration::from_millis(100));
        let events = self.take_events(name);
        assert!(matches!(events.as_slice(), [UaEvent::Registered { .. }]), "{events:?}");
    }

    /// A phone calls a URI by way of a proxy.
    pub(crate) fn call(&mut self, from: &'static str, id: u64, uri: &str, via: &'static str, by: Transport) {
        let target = Target::new(by, self.address(via));
        let invite = Invite {
            uri: uri.parse().unwrap(),
            target: target.into(),
            from: format!("<sip:{from}@phones.example>").parse().unwrap(),
            to: format!("<{uri}>").parse().unwrap(),
            ..crate::call::invite(by)
        };
        let now = self.now;
        self.endpoint(from).invite(now, InviteId(id), invite).unwrap();
        self.run(Duration::from_millis(100));
    }

    /// The id of the only call that arrived at a phone.
    pub(crate) fn incoming(&mut self, name: &'static str) -> InviteId {
        let events = self.take_events(name);
        let [UaEvent::Incoming { id, .. }] = events.as_slice() else { panic!("{name}: {events:?}") };
        *id
    }

    pub(crate) fn respond(&mut self, name: &'static str, id: InviteId, respond: Respond) {
        let now = self.now;
        self.endpoint(name).respond(now, id, respond).unwrap();
        self.run(Duration::from_millis(100));
    }

    pub(crate) fn hangup(&mut self, name: &'static str, id: InviteId) {
        let now = self.now;
        self.endpoint(name).hangup(now, id, crate::call::hangup(603)).unwrap();
        self.run(Duration::from_millis(100));
    }
}

pub(crate) type SharedRegistrar = Rc<RefCell<Registrar<Memory>>>;

/// The registrar of a domain that takes any Path.
pub(crate) fn shared_registrar(domain: &str) -> SharedRegistrar {
    let config = RegistrarConfig::new(vec![domain.parse().unwrap()], [3; 32]);
    let config = RegistrarConfig { path: PathPolicy::Accept, ..config };
    Rc::new(RefCell::new(Registrar::new(config, Memory::new())))
}

pub(crate) fn proxy_config(address: &str, domain: &str) -> Config {
    let names = vec![domain.parse().unwrap()];
    let screen = vec![
        Method::Invite,
        Method::Cancel,
        Method::Register,
        Method::Options,
        Method::Message,
        Method::Bye,
        Method::Subscribe,
    ];
    Config { proxy: Some(ProxyConfig::new(names, [4; 32])), screen, ..config(address) }
}

/// What the owner of a domain does: register, locate, forward.
pub(crate) fn serve(
    registrar: &SharedRegistrar,
    endpoint: &mut Endpoint,
    now: Instant,
    event: UaEvent,
) -> Option<UaEvent> {
    if let UaEvent::FlowFailed { binding, .. } = &event {
        let _ = registrar.borrow_mut().flow_failed(binding);
    }
    let UaEvent::Requested { id, request, source } = event else { return Some(event) };
    if request.method == Method::Register {
        register(registrar, endpoint, now, id, &request, source);
    } else {
        forward(&registrar.borrow(), endpoint, now, id, &request);
    }
    None
}

fn register(
    registrar: &SharedRegistrar,
    endpoint: &mut Endpoint,
    now: Instant,
    id: RequestId,
    request: &Request,
    source: Source,
) {
    let registered = registrar.borrow_mut().register(now, source, request);
    let reply = Reply { headers: registered.headers, ..Reply::new(registered.code.as_u16()) };
    endpoint.reply(now, id, reply).unwrap();
}

fn forward(
    registrar: &Registrar<Memory>,
    endpoint: &mut Endpoint,
    now: Instant,
    id: RequestId,
    request: &Request,
) {
    let done = match registrar.locate(now, &request.uri) {
        Located::Unknown => endpoint.reply(now, id, Reply::new(404)),
        Located::Offline => endpoint.reply(now, id, Reply::new(480)),
        Located::At(groups) => endpoint.forward(now, id, Forward::located(&groups)),
    };
    done.unwrap();
}
