//! What crosses the rim of a [`Worker`](super::Worker): packets, sockets and time.

use std::net::SocketAddr;
use std::time::Instant;

use super::command::{MediaEvent, PortId};

/// A UDP socket that the driver holds for the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Socket {
    /// The `n`th of the sockets that face all browsers, one an address, same port number.
    Browsers(u16),
    /// The RTP socket of one SIP leg.
    Rtp(PortId),
    /// Its RTCP socket.
    Rtcp(PortId),
}

/// An effect for the driver, in order.
#[must_use]
#[derive(Debug)]
pub enum Output {
    /// Send this datagram. The driver copies or sends it before the next poll.
    Transmit { socket: Socket, to: SocketAddr, len: usize },
    /// Bind RTP on `local` and RTCP on the next port up; on failure call
    /// [`Worker::handle_bind_failed`](super::Worker::handle_bind_failed).
    Bind { port: PortId, local: SocketAddr },
    /// Close both sockets of the port.
    Unbind { port: PortId },
    /// Tell the engine.
    Event(MediaEvent),
    /// Nothing more to do before this time.
    Timeout(Instant),
}
