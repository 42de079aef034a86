//! One thread's worth of ports and bridges.

mod command;
mod config;
mod io;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub use command::{
    CodecKind, Direction, DtmfMethod, MediaCommand, MediaEvent, PortId, PortSpec, Refusal, Stats,
};
pub use config::{Counters, Limits, WorkerConfig};
pub use io::{Output, Socket};

/// How far ahead [`Output::Timeout`] points when nothing is due.
const IDLE: Duration = Duration::from_secs(3600);

/// Ports, the bridges between them, and what is due when.
///
/// Mutate with a `handle_*` method, then drain [`poll_output`](Self::poll_output) until it answers
/// [`Output::Timeout`], then mutate again.
pub struct Worker {
    config: WorkerConfig,
    seed: [u8; 32],
    now: Instant,
    outputs: VecDeque<Output>,
    payload: Vec<u8>,
    counters: Counters,
}

impl Worker {
    /// A worker without ports. `seed` feeds every random number it makes.
    pub fn new(config: WorkerConfig, seed: [u8; 32], now: Instant) -> Self {
        let counters = Counters::default();
        Self { config, seed, now, outputs: VecDeque::new(), payload: Vec::new(), counters }
    }

    /// A datagram came in on `socket`. It may be changed in place.
    pub fn handle_packet(&mut self, now: Instant, socket: Socket, from: SocketAddr, packet: &mut [u8]) {
        self.now = now;
        self.counters.packets_received += 1;
        let _ = (socket, from, packet, &self.config, &self.seed);
    }

    /// Does what the engine asks; refusals come as [`MediaEvent::Refused`].
    pub fn handle_command(&mut self, now: Instant, command: MediaCommand) {
        self.now = now;
        let _ = command;
    }

    /// The sockets that [`Output::Bind`] named are bound.
    pub fn handle_bound(&mut self, now: Instant, port: PortId) {
        self.now = now;
        let _ = port;
    }

    /// They are not; another [`Output::Bind`] follows while the range has ports left.
    pub fn handle_bind_failed(&mut self, now: Instant, port: PortId) {
        self.now = now;
        let _ = port;
    }

    /// Time has passed; call it at the latest when [`Output::Timeout`] said.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.now = now;
    }

    /// The next effect; [`Output::Timeout`] ends the list.
    pub fn poll_output(&mut self) -> Output {
        self.outputs.pop_front().unwrap_or(Output::Timeout(self.now + IDLE))
    }

    /// The bytes of the [`Output::Transmit`] that `poll_output` returned last.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What was dropped and why.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}
