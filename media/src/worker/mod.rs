//! One thread's worth of ports and bridges.

mod command;
mod config;
mod deadlines;
mod demux;
mod digits;
mod entry;
mod hearing;
mod inbound;
mod io;
mod judge;
mod losses;
mod open;
mod outbox;
mod play;
mod ports;
mod pressed;
mod record;
mod rng;
mod room;
mod stage;
mod tones;
mod voip;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use command::{
    CodecKind, Direction, DtmfMethod, MediaCommand, MediaEvent, PortId, PortSpec, Refusal, RoomId, Stats,
};
pub use config::{Counters, Limits, WorkerConfig};
pub use io::{Output, Socket};
pub(crate) use outbox::Outbox;
pub(crate) use rng::Rng;

use crate::port::{Inbox, Port, Shared};
use deadlines::Deadlines;
use demux::Demux;
use entry::Entry;
use inbound::Around;
use ports::UdpPorts;
use room::Rooms;

/// How far ahead [`Output::Timeout`] points when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);
/// Deadlines are not kept finer; so one round of them always ends.
const TICK: Duration = Duration::from_millis(1);
/// The longest datagram that a browser or trunk has reason to send.
const DATAGRAM_MAX: usize = 2000;

/// Ports, the bridges between them, and what is due when.
///
/// Mutate with a `handle_*` method, then drain [`poll_output`](Self::poll_output) until it answers
/// [`Output::Timeout`], then mutate again.
pub struct Worker {
    limits: Limits,
    shared: Arc<Shared>,
    rng: Rng,
    now: Instant,
    entries: HashMap<PortId, Entry>,
    demux: Demux,
    udp_ports: UdpPorts,
    deadlines: Deadlines,
    rooms: Rooms,
    inbox: Inbox,
    outbox: Outbox,
    /// Whose packet goes on, since the last datagram.
    forwarded: Option<PortId>,
    counters: Counters,
}

impl Worker {
    /// A worker without ports. `seed` feeds every random number it makes.
    pub fn new(config: WorkerConfig, seed: [u8; 32], now: Instant) -> Self {
        let candidates = config.candidates();
        Self {
            limits: config.limits,
            shared: Arc::new(Shared { candidates, certificate: config.certificate }),
            rng: Rng::new(seed),
            now,
            entries: HashMap::new(),
            demux: Demux::default(),
            udp_ports: UdpPorts::new(config.rtp_ports),
            deadlines: Deadlines::default(),
            rooms: Rooms::default(),
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            forwarded: None,
            counters: Counters::default(),
        }
    }

    /// A datagram came in on `socket`. It may be changed in place.
    pub fn handle_packet(&mut self, now: Instant, socket: Socket, from: SocketAddr, packet: &mut [u8]) {
        self.now = now;
        self.forwarded = None;
        self.counters.packets_received += 1;
        if packet.len() > DATAGRAM_MAX {
            self.counters.malformed += 1;
            return;
        }
        match socket {
            Socket::Browsers(socket) => self.handle_browser(now, socket, from, packet),
            Socket::Rtp(port) => self.handle_rtp(now, port, from, packet),
            Socket::Rtcp(port) => self.handle_rtcp(now, port, from, packet),
        }
    }

    /// Whether the last datagram goes on as sound or digits, so that [`Worker::handle_sent`] has something to count.
    pub fn forwards(&self) -> bool {
        self.forwarded.is_some()
    }

    /// All that the last datagram led to has been sent, so long after it came. A packet that waited for one before it
    /// counts with that one.
    pub fn handle_sent(&mut self, after: Duration) {
        let port = self.forwarded.take().and_then(|id| self.entries.get_mut(&id));
        if let Some(entry) = port {
            entry.inbound.delays.add(after);
        }
    }

    /// Does what the engine asks; refusals come as [`MediaEvent::Refused`].
    pub fn handle_command(&mut self, now: Instant, command: MediaCommand) {
        self.now = now;
        let port = command.port();
        if let Err(refusal) = self.execute(now, command) {
            self.outbox.event(MediaEvent::Refused { port, refusal });
        }
        self.reschedule(port);
    }

    /// Time has passed; call it at the latest when [`Output::Timeout`] said.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
        while let Some(id) = self.deadlines.pop(now) {
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.queued = None;
                entry.port.handle_timeout(now, &mut self.inbox, &mut self.outbox);
                entry.play_digits(now, &mut self.outbox);
                entry.play(now, &mut self.outbox);
                entry.record(now, &mut self.outbox);
                entry.judge(now, &mut self.outbox);
                entry.report(now, &mut self.outbox);
            }
            self.deliver(now, id);
            self.reschedule(id);
        }
        self.rooms.handle_timeout(now, &mut self.entries, &mut self.outbox);
    }

    /// The next effect; [`Output::Timeout`] ends the list.
    pub fn poll_output(&mut self) -> Output {
        match self.outbox.pop() {
            Some(output) => output,
            None => {
                let next = [self.deadlines.next(), self.rooms.next()].into_iter().flatten().min();
                Output::Timeout(next.unwrap_or(self.now + IDLE))
            }
        }
    }

    /// The bytes of the [`Output::Transmit`] that `poll_output` returned last.
    pub fn payload(&self) -> &[u8] {
        self.outbox.payload()
    }

    /// What was dropped and why.
    pub fn counters(&self) -> Counters {
        Counters { packets_sent: self.outbox.sent(), ..self.counters }
    }

    /// How many ports there are, of both kinds.
    pub fn ports(&self) -> usize {
        self.entries.len()
    }

    fn handle_browser(&mut self, now: Instant, socket: u16, from: SocketAddr, packet: &[u8]) {
        let Some(id) = self.session_of(now, socket, from, packet) else {
            self.counters.unknown_source += 1;
            return;
        };
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let Port::WebRtc(port) = &mut entry.port else { return };
        let via = (socket, from);
        if !port.handle_packet(now, via, packet, &mut self.inbox, &mut self.outbox) {
            self.counters.malformed += 1;
        }
        self.arrive(now, id, from);
    }

    /// STUN is taken by its name and password, all else by an address that such a check came from.
    fn session_of(&mut self, now: Instant, socket: u16, from: SocketAddr, packet: &[u8]) -> Option<PortId> {
        if !demux::is_stun(packet) {
            return self.demux.by_address(from);
        }
        let id = self.demux.by_username(packet)?;
        if self.demux.by_address(from) == Some(id) {
            return Some(id);
        }
        let entry = self.entries.get(&id)?;
        let Port::WebRtc(port) = &entry.port else { return None };
        if !port.accepts(now, socket, from, packet) {
            return None;
        }
        self.demux.add_address(from, id, self.limits.addresses_per_port);
        Some(id)
    }

    fn handle_rtp(&mut self, now: Instant, id: PortId, from: SocketAddr, packet: &mut [u8]) {
        let Some(Entry { port: Port::Rtp(port), .. }) = self.entries.get_mut(&id) else {
            self.counters.unknown_source += 1;
            return;
        };
        match port.handle_rtp(from, packet, &mut self.inbox) {
            Ok(()) => self.arrive(now, id, from),
            Err(dropped) => self.counters.count(dropped),
        }
    }

    fn handle_rtcp(&mut self, now: Instant, id: PortId, from: SocketAddr, packet: &mut [u8]) {
        let Some(Entry { port: Port::Rtp(port), inbound, .. }) = self.entries.get_mut(&id) else {
            self.counters.unknown_source += 1;
            return;
        };
        match port.handle_rtcp(now, from, packet, inbound.reception()) {
            Ok(()) => {}
            Err(dropped) => self.counters.count(dropped),
        }
    }

    fn arrive(&mut self, now: Instant, id: PortId, from: SocketAddr) {
        if self.inbox.iter().next().is_some()
            && let Some(entry) = self.entries.get_mut(&id)
        {
            entry.inbound.note_arrival(now, from, &mut self.outbox);
        }
        let before = self.outbox.sent();
        self.deliver(now, id);
        self.forwarded = (self.outbox.sent() > before).then_some(id);
        self.reschedule(id);
    }

    /// Takes what came in for `id` through its bridge.
    fn deliver(&mut self, now: Instant, id: PortId) {
        let peer = self.entries.get(&id).and_then(|entry| entry.peer);
        let (entry, peer) = match peer {
            Some(peer) => {
                let [entry, peer] = self.entries.get_disjoint_mut([&id, &peer]);
                (entry, peer)
            }
            None => (self.entries.get_mut(&id), None),
        };
        let Some(entry) = entry else { return self.inbox.clear() };
        let outbox = &mut self.outbox;
        let relayed = peer.as_ref().is_some_and(|peer| peer.takes_events());
        if let Some(formats) = entry.port.formats() {
            let outlet = peer.map(|peer| peer.outlet(outbox));
            let seat = entry.seat.as_deref_mut();
            let mut around = Around { now, formats, outlet, seat, counters: &mut self.counters };
            for (incoming, payload) in self.inbox.iter() {
                entry.inbound.receive(incoming, payload, &mut around);
            }
            entry.inbound.release(&mut around);
        }
        self.inbox.clear();
        entry.inbound.report_digits(now, relayed, &mut self.outbox);
    }

    fn reschedule(&mut self, id: PortId) {
        for id in [Some(id), self.entries.get(&id).and_then(|entry| entry.peer)].into_iter().flatten() {
            if let Some(entry) = self.entries.get_mut(&id) {
                let at = entry.deadline().max(self.now + TICK);
                self.deadlines.set(id, at, &mut entry.queued);
            }
        }
    }
}
