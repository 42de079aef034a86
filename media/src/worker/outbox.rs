//! Effects that wait to be polled.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::Range;

use super::{MediaEvent, Output, PortId, Socket};
use crate::port::Formats;

/// Effects in order. Datagrams lie in one buffer, which is kept from drain to drain.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Queued>,
    bytes: Vec<u8>,
    current: Range<usize>,
    sent: u64,
}

#[derive(Debug)]
enum Queued {
    Transmit { socket: Socket, to: SocketAddr, bytes: Range<usize> },
    Other(Box<Output>),
}

impl Outbox {
    pub(crate) fn transmit(&mut self, socket: Socket, to: SocketAddr, bytes: &[u8]) {
        if self.queue.is_empty() {
            self.bytes.clear();
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.sent += 1;
        self.queue.push_back(Queued::Transmit { socket, to, bytes: start..self.bytes.len() });
    }

    pub(crate) fn event(&mut self, event: MediaEvent) {
        self.push(Output::Event(event));
    }

    /// A browser's answer, and what it settles.
    pub(super) fn describe_webrtc(&mut self, port: PortId, formats: &Formats, answer: String) {
        self.event(MediaEvent::LocalDescription { port, sdp: answer.into() });
        self.event(MediaEvent::Negotiated {
            port,
            codec: formats.codec,
            direction: formats.direction,
            dtmf: formats.telephone_event.is_some(),
        });
    }

    pub(super) fn push(&mut self, output: Output) {
        self.queue.push_back(Queued::Other(Box::new(output)));
    }

    pub(super) fn pop(&mut self) -> Option<Output> {
        Some(match self.queue.pop_front()? {
            Queued::Transmit { socket, to, bytes } => {
                self.current = bytes;
                Output::Transmit { socket, to, len: self.current.len() }
            }
            Queued::Other(output) => *output,
        })
    }

    /// The bytes of the datagram popped last.
    pub(super) fn payload(&self) -> &[u8] {
        self.bytes.get(self.current.clone()).unwrap_or_default()
    }

    /// Datagrams so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }
}
