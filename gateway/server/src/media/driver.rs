//! The thread that owns a worker: wait for packets, the mailbox or a deadline; handle; drain; repeat.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use media::{Output, PortId, Socket, Worker, WorkerConfig};
use mio::{Poll, Token, Waker};
use tokio::sync::mpsc;
use tracing::debug;

use super::bind::Bound;
use super::receive::{Received, Receiver};
use super::reports::{Reports, Told};
use super::sockets::{FIRST, Sockets};
use super::tapes::Tapes;
use super::{COMMANDS, Events, Handle, Request, TrunkSide};
use crate::recording::Desk;
use crate::telemetry::MediaCounters;

/// How soon events are offered again to a full mailbox.
const OFFER_AGAIN: Duration = Duration::from_millis(5);
/// Packets read from one socket before the next one's turn.
const BATCH: usize = 32;
/// Poll events taken at once.
const POLL_EVENTS: usize = 1024;
/// A packet of a call fits an Ethernet frame; longer ones are dropped.
const PACKET_MAX: usize = 2048;
const MAILBOX: Token = Token(0);
/// How often counters are published.
const PUBLISH: Duration = Duration::from_secs(1);

/// A worker with its sockets.
pub struct Driver {
    poll: Poll,
    worker: Worker,
    sockets: Sockets,
    trunk_side: TrunkSide,
    commands: mpsc::Receiver<Request>,
    reports: Reports,
    tapes: Tapes,
    /// Sockets that were bound, or were not, and that the worker has yet to hear of.
    binds: VecDeque<(PortId, io::Result<()>)>,
    /// Slots that may have packets left.
    readable: Vec<usize>,
    receiver: Receiver,
    buffer: [u8; PACKET_MAX],
    counters: MediaCounters,
    published: Instant,
}

impl Driver {
    /// Puts a worker around its bound sockets.
    ///
    /// # Errors
    ///
    /// The operating system gives no poll.
    pub fn new(
        index: u16,
        bound: Bound,
        config: WorkerConfig,
        trunk_side: TrunkSide,
        seed: [u8; 32],
        (events, desk): (Events, Desk),
    ) -> io::Result<(Self, Handle)> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), MAILBOX)?);
        let sockets = Sockets::new(poll.registry().try_clone()?, bound.sockets)?;
        let (sender, commands) = mpsc::channel(COMMANDS);
        let now = Instant::now();
        let driver = Self {
            poll,
            worker: Worker::new(config, seed, now),
            sockets,
            trunk_side,
            commands,
            reports: Reports::new(events),
            tapes: Tapes::new(desk),
            binds: VecDeque::new(),
            readable: Vec::new(),
            receiver: Receiver::default(),
            buffer: [0; PACKET_MAX],
            counters: MediaCounters::new(index),
            published: now,
        };
        Ok((driver, Handle { commands: sender, waker }))
    }

    /// Runs on a thread of its own until it is told to stop.
    ///
    /// # Errors
    ///
    /// The operating system gives no thread.
    pub fn spawn(self, index: u16) -> io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name(format!("media-{index}")).spawn(move || {
            if let Err(error) = self.run() {
                tracing::error!(%error, "a media worker stopped");
            }
        })
    }

    fn run(mut self) -> io::Result<()> {
        let mut polled = mio::Events::with_capacity(POLL_EVENTS);
        loop {
            let deadline = self.drain();
            let patience = self.patience(deadline);
            match self.poll.poll(&mut polled, Some(patience)) {
                Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
                Ok(()) | Err(_) => {}
            }
            for event in polled.iter().filter(|event| event.token() != MAILBOX) {
                let slot = event.token().0 - FIRST;
                if !self.readable.contains(&slot) {
                    self.readable.push(slot);
                }
            }
            if self.obey().is_break() {
                return Ok(());
            }
            self.read();
            if deadline <= Instant::now() {
                self.worker.handle_timeout(Instant::now());
            }
            self.publish();
        }
    }

    /// No wait while packets are left; a short one while events are.
    fn patience(&self, deadline: Instant) -> Duration {
        let until = deadline.saturating_duration_since(Instant::now()).min(PUBLISH);
        let waiting = self.reports.are_waiting() || self.tapes.are_waiting();
        match (self.readable.is_empty(), waiting) {
            (false, _) => Duration::ZERO,
            (true, true) => until.min(OFFER_AGAIN),
            (true, false) => until,
        }
    }

    /// Takes what is in the mailbox.
    fn obey(&mut self) -> std::ops::ControlFlow<()> {
        use std::ops::ControlFlow::{Break, Continue};
        for _ in 0..COMMANDS {
            match self.commands.try_recv() {
                Ok(Request::Command(command)) => {
                    self.worker.handle_command(Instant::now(), command);
                    self.drain();
                }
                Ok(Request::Stop) | Err(mpsc::error::TryRecvError::Disconnected) => return Break(()),
                Err(mpsc::error::TryRecvError::Empty) => return Continue(()),
            }
        }
        Continue(())
    }

    /// Reads a batch from every socket that has packets.
    fn read(&mut self) {
        let mut index = 0;
        while let Some(&slot) = self.readable.get(index) {
            if self.read_batch(slot) {
                self.readable.swap_remove(index);
            } else {
                index += 1;
            }
        }
    }

    /// True when the socket is empty or gone.
    fn read_batch(&mut self, slot: usize) -> bool {
        for _ in 0..BATCH {
            let Some((name, socket)) = self.sockets.at(slot) else { return true };
            match self.receiver.receive(socket, &mut self.buffer) {
                Ok(Received { len: PACKET_MAX, .. }) => self.counters.oversized(),
                Ok(received) => {
                    let packet = &mut self.buffer[..received.len];
                    self.worker.handle_packet(Instant::now(), name, received.from, packet);
                    let forwards = self.worker.forwards();
                    self.drain();
                    if let Some(age) = forwards.then(|| received.age()).flatten() {
                        self.worker.handle_sent(age);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                // An ICMP error of an earlier send; the next read brings packets again.
                Err(_) => {}
            }
        }
        false
    }

    /// Carries out everything that the worker asks for.
    fn drain(&mut self) -> Instant {
        loop {
            match self.worker.poll_output() {
                Output::Transmit { socket, to, len } => self.transmit(socket, to, len),
                Output::Bind { port, local } => {
                    let bound = self.sockets.bind(port, self.trunk_side.local(local));
                    self.binds.push_back((port, bound));
                }
                Output::Unbind { port } => self.sockets.unbind(port),
                Output::Event(event) => {
                    let Some(event) = self.tapes.take(event) else { continue };
                    if self.reports.tell(event) == Told::Dropped {
                        self.counters.event_dropped();
                    }
                }
                Output::Timeout(deadline) => {
                    if let Some((port, bound)) = self.binds.pop_front() {
                        self.bound(port, bound);
                        continue;
                    }
                    self.reports.offer();
                    self.tapes.offer();
                    return deadline;
                }
            }
        }
    }

    fn bound(&mut self, port: PortId, bound: io::Result<()>) {
        match bound {
            Ok(()) => self.worker.handle_bound(Instant::now(), port),
            Err(error) => {
                debug!(%error, "an RTP port is taken");
                self.worker.handle_bind_failed(Instant::now(), port);
            }
        }
    }

    fn transmit(&mut self, socket: Socket, to: SocketAddr, len: usize) {
        let Some(bound) = self.sockets.named(socket) else { return };
        let Some(payload) = self.worker.payload().get(..len) else { return };
        // Sound that cannot leave now is worth nothing later.
        if bound.send_to(payload, to).is_err() {
            self.counters.unsent();
        }
    }

    fn publish(&mut self) {
        let now = Instant::now();
        if now.duration_since(self.published) >= PUBLISH {
            self.published = now;
            self.counters.publish(&self.worker.counters());
        }
    }
}
