//! Keep-alives of both roles: pings and pongs on streams, STUN among datagrams (RFC 5626 §3.5).

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;

use super::core::{Core, StreamTimer, TimerKey};
use super::{Endpoint, Output};
use crate::transport::destination::Destination;
use crate::transport::keep_alive::{Agreed, Binding, PONG, Pending, Pinging, Pongs};
use crate::transport::stun::{self, Stun, StunId};
use crate::transport::{FlowId, Transport};
use crate::ua::RegistrationId;

/// A pause is this part of its bound, and the rest by chance (RFC 5626 §4.4).
const PERCENT: u64 = 80;

const PING: Bytes = Bytes::from_static(b"\r\n\r\n");

impl Core {
    /// Keeps the flow of a registration alive that a registrar has just confirmed.
    pub(crate) fn keep_alive(
        &mut self,
        id: RegistrationId,
        way: &Destination,
        flow: Option<FlowId>,
        agreed: Agreed,
    ) {
        match (flow, agreed) {
            (Some(flow), agreed) => self.keep_stream(flow, agreed),
            (None, Agreed::Yes(_)) if way.transport == Transport::Udp => self.keep_binding(id, *way, agreed),
            (None, Agreed::Yes(_) | Agreed::No) => {}
        }
    }

    /// Only a stream that we opened: whoever opened it pings.
    fn keep_stream(&mut self, flow: FlowId, agreed: Agreed) {
        if flow < FlowId::FIRST_CONNECTED {
            return;
        }
        let interval = agreed.interval(self.config.keep_alive.stream);
        let pongs = if agreed == Agreed::No { Pongs::Unknown } else { Pongs::Owed };
        self.transport.streams.set_pinging(flow, Pinging { interval, pongs });
        if !self.schedule.is_running(TimerKey::Stream(flow, StreamTimer::Ping)) {
            let pause = self.pause(interval);
            self.start(TimerKey::Stream(flow, StreamTimer::Ping), pause);
        }
    }

    fn keep_binding(&mut self, id: RegistrationId, way: Destination, agreed: Agreed) {
        let interval = agreed.interval(self.config.keep_alive.datagram);
        let known = self.bindings.get(&id).filter(|known| known.way.remote == way.remote);
        if known.is_some() {
            return;
        }
        self.bindings.insert(id, Binding { way, interval, mapped: None, pending: None });
        let pause = self.pause(interval);
        self.start(TimerKey::Binding(id), pause);
    }

    /// Stops keeping a registration's flow alive.
    pub(crate) fn forget_binding(&mut self, id: RegistrationId) {
        self.bindings.remove(&id);
        self.stop(TimerKey::Binding(id));
    }

    fn pause(&mut self, interval: Duration) -> Duration {
        let percent = PERCENT + self.random.below(101 - PERCENT);
        interval * u32::try_from(percent).unwrap_or(100) / 100
    }

    /// Sends a ping, and expects a pong of whoever owes one.
    pub(super) fn ping(&mut self, flow: FlowId) {
        let Some(pinging) = self.transport.streams.pinging(flow) else { return };
        self.outputs.push_back(Output::StreamData { flow, payload: PING });
        let pong = TimerKey::Stream(flow, StreamTimer::Pong);
        if pinging.pongs == Pongs::Owed && !self.schedule.is_running(pong) {
            self.start(pong, PONG);
        }
        let pause = self.pause(pinging.interval);
        self.start(TimerKey::Stream(flow, StreamTimer::Ping), pause);
    }

    /// A pong came: from now on a missing one means a dead flow.
    pub(super) fn receive_pong(&mut self, flow: FlowId) {
        self.stop(TimerKey::Stream(flow, StreamTimer::Pong));
        if let Some(pinging) = self.transport.streams.pinging(flow) {
            self.transport.streams.set_pinging(flow, Pinging { pongs: Pongs::Owed, ..pinging });
        }
    }

    fn answer_stun(&mut self, local: SocketAddr, remote: SocketAddr, payload: Bytes) {
        self.outputs.push_back(Output::Datagram { local, remote, payload });
    }

    /// Sends a binding request, anew or again; false when the flow is dead.
    fn bind(&mut self, id: RegistrationId) -> bool {
        let (fresh, Some(binding)) = (self.random.stun_id(), self.bindings.get_mut(&id)) else { return true };
        let pending = binding.pending.get_or_insert_with(|| Pending::new(fresh));
        let Some(pause) = pending.next_pause() else { return false };
        let (local, remote, payload) = (binding.way.local, binding.way.remote, pending.request.clone());
        self.outputs.push_back(Output::Datagram { local, remote, payload });
        self.start(TimerKey::Binding(id), pause);
        true
    }

    /// The answer to a binding request of ours; whose flow shows a new address, and so is another flow.
    fn bound(
        &mut self,
        from: SocketAddr,
        stun: StunId,
        mapped: Option<SocketAddr>,
    ) -> Option<RegistrationId> {
        let is_asked = |binding: &Binding| {
            binding.way.remote == from && binding.pending.as_ref().is_some_and(|pending| pending.id == stun)
        };
        let (id, binding) = self.bindings.iter_mut().find(|(_, binding)| is_asked(binding))?;
        let (id, interval) = (*id, binding.interval);
        binding.pending = None;
        let before = binding.mapped;
        binding.mapped = mapped.or(before);
        if before.is_some() && before != binding.mapped {
            return Some(id);
        }
        let pause = self.pause(interval);
        self.start(TimerKey::Binding(id), pause);
        None
    }
}

impl Endpoint {
    /// A datagram that is STUN: a request is answered, an answer is noted.
    pub(super) fn receive_stun(&mut self, local: SocketAddr, remote: SocketAddr, datagram: &[u8]) {
        match Stun::parse(datagram) {
            Some(Stun::Request { id, unknown }) if unknown.is_empty() => {
                self.core.answer_stun(local, remote, stun::success(&id, remote));
            }
            Some(Stun::Request { id, unknown }) => {
                self.core.answer_stun(local, remote, stun::refusal(&id, &unknown));
            }
            Some(Stun::Answer { id, mapped }) => {
                if let Some(id) = self.core.bound(remote, id, mapped) {
                    self.lose_binding(id);
                }
            }
            None => self.core.counters.malformed += 1,
        }
    }

    /// Time for a binding request.
    pub(super) fn fire_binding(&mut self, id: RegistrationId) {
        if !self.core.bind(id) {
            self.core.counters.dead_flows += 1;
            self.lose_binding(id);
        }
    }

    fn lose_binding(&mut self, id: RegistrationId) {
        self.core.forget_binding(id);
        if let Some(registration) = self.registrations.get_mut(&id) {
            registration.lose_flow(&mut self.core);
        }
    }

    /// A pong that was owed never came (RFC 5626 §4.4.1).
    pub(super) fn lose_dead_stream(&mut self, flow: FlowId) {
        self.core.counters.dead_flows += 1;
        self.close_stream(flow);
    }
}
