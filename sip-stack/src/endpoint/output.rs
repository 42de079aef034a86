//! What the driver has to do.

use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;

use crate::message::Host;
use crate::resolve::{QueryId, RecordKind};
use crate::transport::{FlowId, Transport};
use crate::ua::UaEvent;

/// One effect; [`Output::Timeout`] ends the draining.
#[derive(Clone, Debug)]
#[must_use]
pub enum Output {
    /// A datagram to send.
    Datagram {
        /// The listener to send from.
        local: SocketAddr,
        /// The receiver.
        remote: SocketAddr,
        /// One message.
        payload: Bytes,
    },
    /// Bytes for an open stream.
    StreamData {
        /// Which.
        flow: FlowId,
        /// One or more whole messages.
        payload: Bytes,
    },
    /// A stream to open; answered by `handle_stream_opened`, `handle_secure_stream_opened` or `handle_stream_closed`
    /// with the same flow.
    Connect {
        /// The id it will have.
        flow: FlowId,
        /// Which kind.
        transport: Transport,
        /// Where to.
        remote: SocketAddr,
        /// Over TLS: whom the certificate must name, and the name to ask for (SNI) if it is no address.
        server_name: Option<Host>,
    },
    /// A stream to close.
    Close {
        /// Which.
        flow: FlowId,
    },
    /// A question for the DNS; answered by `handle_dns` with the same id.
    Resolve {
        /// The id of the answer.
        query: QueryId,
        /// A domain name without the last dot.
        name: String,
        /// The records wanted.
        kind: RecordKind,
    },
    /// A fact for the owner.
    Event(UaEvent),
    /// Nothing more to do before this instant, unless an input arrives.
    Timeout(Instant),
}
