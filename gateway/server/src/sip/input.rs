//! What the network does to the endpoint.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use sip_stack::transport::{CertificateNames, FlowId, Transport};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tracing::debug;

use super::writer::Writer;

/// The largest UDP payload.
const DATAGRAM_MAX: usize = 65_535;
/// Read in one go, so that small datagrams share an allocation.
const CHUNK: usize = 4 * DATAGRAM_MAX;

/// One thing that happened on the network.
pub(super) enum Input {
    Datagram { local: SocketAddr, remote: SocketAddr, payload: Bytes },
    Opened(Box<Opened>),
    Data { flow: FlowId, payload: Bytes },
    Closed { flow: FlowId },
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

/// Reads datagrams until the driver is gone. A full inbox makes it wait, and the kernel drop.
pub(super) async fn read_datagrams(socket: Arc<UdpSocket>, local: SocketAddr, inbox: mpsc::Sender<Input>) {
    let mut buffer = BytesMut::with_capacity(CHUNK);
    loop {
        if buffer.capacity() < DATAGRAM_MAX {
            buffer = BytesMut::with_capacity(CHUNK);
        }
        match socket.recv_buf_from(&mut buffer).await {
            Ok((_, remote)) => {
                let payload = buffer.split().freeze();
                if inbox.send(Input::Datagram { local, remote, payload }).await.is_err() {
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
