//! Streams on their way in: opened, cut into messages, closed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use super::core::{StreamTimer, TimerKey};
use super::{Endpoint, Output};
use crate::message::validate::refuse_unread;
use crate::transport::framing::{Frame, Framer, FramingError};
use crate::transport::layer::{OpenError, Opened};
use crate::transport::{CertificateNames, FlowId, Transport};

/// The unfinished messages of the open streams.
#[derive(Debug, Default)]
pub(super) struct Streams {
    framers: BTreeMap<FlowId, Framer>,
}

impl Endpoint {
    /// A stream is open: one that a listener accepted (`flow` numbered by the driver below
    /// [`FlowId::FIRST_CONNECTED`]), or the one that an [`Output::Connect`] asked for.
    pub fn handle_stream_opened(
        &mut self,
        now: Instant,
        flow: FlowId,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
    ) {
        self.core.now = now;
        self.open(Opened { flow, transport, local, remote, identities: None });
    }

    /// A stream is open, and its other end has shown a certificate that leads to a root we trust.
    ///
    /// The driver leaves the names to the endpoint: a stream to somebody whom the certificate does not name is closed
    /// before a byte is sent (RFC 5922 §7.3), and one that was accepted carries requests only to whom it names (RFC
    /// 5923 §8.2).
    pub fn handle_secure_stream_opened(
        &mut self,
        now: Instant,
        flow: FlowId,
        transport: Transport,
        local: SocketAddr,
        remote: SocketAddr,
        certificate: &CertificateNames,
    ) {
        self.core.now = now;
        self.open(Opened { flow, transport, local, remote, identities: Some(certificate.identities()) });
    }

    fn open(&mut self, opened: Opened) {
        let (flow, core) = (opened.flow, &mut self.core);
        match core.transport.opened(core.now, opened, &mut core.outputs) {
            Ok(()) => {
                self.core.stop(TimerKey::Stream(flow, StreamTimer::Opening));
                self.streams.framers.insert(flow, Framer::new());
                self.core.responses_left(flow);
                self.watch_silence(flow);
                self.close_surplus();
            }
            Err(error) => {
                match error {
                    OpenError::Limit => self.core.counters.limited_streams += 1,
                    OpenError::WrongPeer => self.core.counters.wrong_peers += 1,
                }
                self.close_stream(flow);
            }
        }
        self.settle();
    }

    /// Bytes arrived on a stream.
    pub fn handle_stream_data(&mut self, now: Instant, flow: FlowId, payload: Bytes) {
        self.core.now = now;
        self.core.transport.streams.touch(now, flow);
        if self.core.transport.streams.transport_of(flow).is_some_and(Transport::is_websocket) {
            self.receive_frame(flow, Frame::of_websocket_message(payload));
            return self.settle();
        }
        if let Some(framer) = self.streams.framers.get_mut(&flow) {
            framer.push(&payload);
        }
        while let Some(framer) = self.streams.framers.get_mut(&flow) {
            match framer.next_frame() {
                Ok(None) => break,
                Ok(Some(frame)) => self.receive_frame(flow, frame),
                Err(error) => self.close_unreadable(flow, error),
            }
            self.settle();
        }
        let is_inside = self.streams.framers.get(&flow).is_some_and(Framer::is_inside_message);
        if is_inside {
            self.watch_message(flow);
        }
    }

    /// So many octets wait in the driver for the peer to take them; a peer that reads too slowly is cut off at
    /// [`Limits::stream_backlog_bytes`](crate::Limits::stream_backlog_bytes).
    pub fn handle_stream_unsent(&mut self, now: Instant, flow: FlowId, octets: usize) {
        self.core.now = now;
        if octets > self.core.config.limits.stream_backlog_bytes && self.streams.framers.contains_key(&flow) {
            self.core.counters.limited_streams += 1;
            self.close_stream(flow);
        }
        self.settle();
    }

    /// A stream ended, or a connection was refused.
    pub fn handle_stream_closed(&mut self, now: Instant, flow: FlowId) {
        self.core.now = now;
        self.forget_stream(flow);
        self.settle();
    }

    fn receive_frame(&mut self, flow: FlowId, frame: Frame) {
        self.core.stop(TimerKey::Stream(flow, StreamTimer::Message));
        if self.core.transport.streams.hear(flow) {
            self.watch_silence(flow);
        }
        match frame {
            Frame::Message(message) => {
                let Some(hop) = self.core.transport.reply_on(flow) else { return };
                self.receive(hop, hop.local, message);
            }
            Frame::Ping => {
                // Two pongs without a message between them look like a ping.
                self.core.receive_pong(flow);
                let payload = Bytes::from_static(b"\r\n");
                self.core.outputs.push_back(Output::StreamData { flow, payload });
            }
            Frame::Pong => self.core.receive_pong(flow),
        }
    }

    /// The frame is lost: answer what can be answered, then close (RFC 3261 §18.3).
    fn close_unreadable(&mut self, flow: FlowId, error: FramingError) {
        let hop = self.core.transport.reply_on(flow);
        if let (Some(hop), Some(response)) = (hop, refuse_unread(error.head, error.fault.status())) {
            self.answer_malformed(hop, response);
        }
        self.give_up_stream(flow);
    }

    /// Too many streams have brought nothing yet: the oldest of them go, so that a flood of them leaves room.
    fn close_surplus(&mut self) {
        while let Some(flow) = self.core.transport.streams.surplus(self.core.config.limits.streams_half_open)
        {
            self.core.counters.limited_streams += 1;
            self.close_stream(flow);
        }
    }

    pub(super) fn forget_stream(&mut self, flow: FlowId) {
        self.streams.framers.remove(&flow);
        let timers = TimerKey::Stream(flow, StreamTimer::Opening)..=TimerKey::Stream(flow, StreamTimer::Pong);
        self.core.schedule.stop_range(timers);
        // RFC 3261 §18.4: whoever waits for a response on it waits in vain.
        for transaction in self.core.transport.closed(flow) {
            self.core.lose_stream(transaction);
        }
        for registration in self.registrations.values_mut().filter(|it| it.is_on(flow)) {
            registration.lose_flow(&mut self.core);
        }
    }
}
