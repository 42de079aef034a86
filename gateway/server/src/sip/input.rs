//! What the network does to the endpoint.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use sip_stack::transport::{CertificateNames, FlowId, Transport};
use sip_stack::{Answer, QueryId};
use tokio::net::UdpSocket;
use tracing::debug;

use super::waiting_room::{Seat, WaitingRoom};
use super::writer::Writer;

/// The largest UDP payload.
const DATAGRAM_MAX: usize = 65_535;

/// One thing that happened on the network.
pub(super) enum Input {
    Datagram { local: SocketAddr, remote: SocketAddr, payload: Bytes, seat: Seat },
    Opened(Box<Opened>),
    Data { flow: FlowId, payload: Bytes },
    Closed { flow: FlowId },
    Answer { query: QueryId, answer: Answer },
}

/// A stream that can be written to.
pub(super) struct Opened {
    pub(super) flow: FlowId,
    pub(super) transport: Transport,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// What the peer's verified certificate says.
    pub(super) certificate: Option<CertificateNames>,
    pub(super) writer: Writer,
}

/// Reads datagrams until the driver is gone. Whoever floods has what is too much thrown away here, while it costs least;
/// were it left to the kernel, others' would be lost as well.
///
/// Each is copied out: a call that keeps its INVITE must not keep what came beside it.
pub(super) async fn read_datagrams(
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    inbox: async_channel::Sender<Input>,
) {
    let dropped = metrics::counter!("offhook_sip_datagrams_dropped_total");
    let mut room = WaitingRoom::default();
    let mut buffer = vec![0; DATAGRAM_MAX];
    loop {
        match socket.recv_from(&mut buffer).await {
            Ok((length, remote)) => {
                let Some(seat) = room.seat(remote.ip()) else {
                    dropped.increment(1);
                    continue;
                };
                let payload = Bytes::copy_from_slice(&buffer[..length]);
                if inbox.send(Input::Datagram { local, remote, payload, seat }).await.is_err() {
                    return;
                }
            }
            // An ICMP error of an earlier send surfaces here; the socket lives on.
            Err(error) => report(&error).await,
        }
    }
}

/// Keeps an error that repeats from spinning.
pub(super) async fn report(error: &io::Error) {
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(10);
    debug!(%error, "a SIP socket reports");
    if error.kind() != io::ErrorKind::ConnectionRefused {
        tokio::time::sleep(PAUSE).await;
    }
}
