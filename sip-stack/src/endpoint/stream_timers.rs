//! What a stream has only so much time for.

use std::time::Duration;

use super::core::{StreamTimer, TimerKey};
use super::{Endpoint, Output};
use crate::transport::FlowId;

impl Endpoint {
    /// One of a stream's timers fired.
    pub(super) fn fire_stream(&mut self, flow: FlowId, timer: StreamTimer) {
        match timer {
            StreamTimer::Opening => self.close_stream(flow),
            StreamTimer::Message => self.give_up_stream(flow),
            StreamTimer::Silence => self.check_silence(flow),
            StreamTimer::Ping => self.core.ping(flow),
            StreamTimer::Pong => self.lose_dead_stream(flow),
        }
    }

    /// A stream that a stranger opened has only so long to bring its first message.
    pub(super) fn watch_silence(&mut self, flow: FlowId) {
        let patience = self.patience(flow);
        self.core.start(TimerKey::Stream(flow, StreamTimer::Silence), patience);
    }

    fn patience(&self, flow: FlowId) -> Duration {
        let limits = &self.core.config.limits;
        if self.core.transport.streams.is_half_open(flow) {
            limits.stream_first_message
        } else {
            limits.stream_idle
        }
    }

    /// Closes a stream that has been silent for too long, or looks again when it may have been. The timer is not
    /// moved at each message.
    fn check_silence(&mut self, flow: FlowId) {
        let Some(active) = self.core.transport.streams.active_since(flow) else { return };
        let (silent, patience) = (self.core.now.saturating_duration_since(active), self.patience(flow));
        if silent >= patience || self.core.transport.streams.is_half_open(flow) {
            self.core.counters.silent_streams += 1;
            return self.close_stream(flow);
        }
        self.core.start(TimerKey::Stream(flow, StreamTimer::Silence), patience - silent);
    }

    /// Counts the time from a message's first octet; a peer cannot stretch it by sending one octet at a time.
    pub(super) fn watch_message(&mut self, flow: FlowId) {
        let key = TimerKey::Stream(flow, StreamTimer::Message);
        if !self.core.schedule.is_running(key) {
            self.core.start(key, self.core.config.limits.stream_message);
        }
    }

    /// The rest of a message never came (RFC 4475 §3.1.2.2).
    pub(super) fn give_up_stream(&mut self, flow: FlowId) {
        self.core.counters.malformed += 1;
        self.close_stream(flow);
    }

    /// Forgets a stream and has it closed.
    pub(super) fn close_stream(&mut self, flow: FlowId) {
        self.forget_stream(flow);
        self.core.outputs.push_back(Output::Close { flow });
    }
}
