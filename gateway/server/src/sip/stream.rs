//! TCP and TLS: accepting, connecting, and one reading and one writing task a stream.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use sip_stack::message::Host;
use sip_stack::transport::{CertificateNames, FlowId, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tracing::debug;

use super::input::{Input, Opened, report};
use super::tls::Tls;
use super::writer::{Queued, WRITE, queue};

/// Streams that strangers may have open at one time.
pub(super) const ACCEPTED_MAX: usize = 1000;
/// A connection, with its handshake, must be there within this time.
const CONNECT: Duration = Duration::from_secs(5);
/// A stranger's handshake must be done within this time.
const HANDSHAKE: Duration = Duration::from_secs(10);
const READ_CHUNK: usize = 16 * 1024;

/// A socket that accepts, and what it accepts.
pub(super) struct Door {
    pub(super) listener: TcpListener,
    /// TLS, or TCP without.
    pub(super) tls: Option<Tls>,
    pub(super) flows: Flows,
    pub(super) slots: Arc<Semaphore>,
    pub(super) inbox: async_channel::Sender<Input>,
}

/// Numbers the streams that are accepted.
#[derive(Clone)]
pub(super) struct Flows(Arc<AtomicU64>);

impl Flows {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(1)))
    }

    pub(super) fn next(&self) -> FlowId {
        FlowId(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// A stream to open.
pub(super) struct Wanted {
    pub(super) flow: FlowId,
    pub(super) transport: Transport,
    pub(super) remote: SocketAddr,
    pub(super) server_name: Option<Host>,
}

/// Who a stream belongs to, before it is open.
struct Entry {
    flow: FlowId,
    /// What a stranger's stream takes away from others'.
    slot: Option<OwnedSemaphorePermit>,
    inbox: async_channel::Sender<Input>,
}

/// Accepts streams until the driver is gone; at the limit it leaves strangers in the kernel's backlog.
pub(super) async fn accept(door: Door) {
    while let Ok(slot) = door.slots.clone().acquire_owned().await {
        match door.listener.accept().await {
            Ok((stream, _)) => {
                let entry = Entry { flow: door.flows.next(), slot: Some(slot), inbox: door.inbox.clone() };
                // A handshake must not keep others waiting.
                tokio::spawn(enter(stream, door.tls.clone(), entry));
            }
            Err(error) => report(&error).await,
        }
        if door.inbox.is_closed() {
            return;
        }
    }
}

async fn enter(stream: TcpStream, tls: Option<Tls>, entry: Entry) {
    let Some(tls) = tls else { return open_tcp(stream, entry).await };
    let Some(ends) = Ends::of(&stream) else { return };
    match timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(secured)) => {
            let certificate = secured.certificate;
            open(secured.reader, secured.writer, Transport::Tls, ends, certificate, entry).await;
        }
        Ok(Err(error)) => debug!(%error, "a TLS handshake failed"),
        Err(_) => debug!("a TLS handshake took too long"),
    }
}

/// Connects as the endpoint asked.
pub(super) async fn connect(wanted: Wanted, tls: Tls, inbox: async_channel::Sender<Input>) {
    let flow = wanted.flow;
    let entry = Entry { flow, slot: None, inbox: inbox.clone() };
    if !matches!(timeout(CONNECT, reach(wanted, tls, entry)).await, Ok(Some(()))) {
        // The driver is gone if nobody takes it.
        let _ = inbox.send(Input::Closed { flow }).await;
    }
}

async fn reach(wanted: Wanted, tls: Tls, entry: Entry) -> Option<()> {
    let Wanted { transport, remote, server_name, .. } = wanted;
    // Nobody listens behind a WebSocket.
    if !matches!(transport, Transport::Tcp | Transport::Tls) {
        return None;
    }
    let stream = TcpStream::connect(remote).await.ok()?;
    if transport == Transport::Tcp {
        open_tcp(stream, entry).await;
        return Some(());
    }
    let ends = Ends::of(&stream)?;
    match tls.connect(stream, &server_name?).await {
        Ok(secured) => {
            let certificate = secured.certificate;
            open(secured.reader, secured.writer, transport, ends, certificate, entry).await;
            Some(())
        }
        Err(error) => {
            debug!(%error, "a TLS handshake failed");
            None
        }
    }
}

async fn open_tcp(stream: TcpStream, entry: Entry) {
    match Ends::of(&stream) {
        Some(ends) => {
            let (reader, writer) = stream.into_split();
            open(reader, writer, Transport::Tcp, ends, None, entry).await;
        }
        None => drop(entry.inbox.send(Input::Closed { flow: entry.flow }).await),
    }
}

struct Ends {
    local: SocketAddr,
    remote: SocketAddr,
}

impl Ends {
    /// Both addresses; `None` if the stream broke already.
    fn of(stream: &TcpStream) -> Option<Self> {
        // A message is written whole; waiting for more only delays it.
        let _ = stream.set_nodelay(true);
        Some(Self { local: stream.local_addr().ok()?, remote: stream.peer_addr().ok()? })
    }
}

async fn open<R, W>(
    reader: R,
    writer: W,
    transport: Transport,
    ends: Ends,
    certificate: Option<CertificateNames>,
    entry: Entry,
) where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let Entry { flow, slot, inbox } = entry;
    let (ours, queued, closed) = queue();
    let Ends { local, remote } = ends;
    let opened = Opened { flow, transport, local, remote, certificate, writer: ours };
    if inbox.send(Input::Opened(Box::new(opened))).await.is_ok() {
        tokio::spawn(write(writer, queued));
        tokio::spawn(read(reader, flow, closed, slot, inbox));
    }
}

async fn write(mut writer: impl AsyncWrite + Unpin, mut queued: Queued) {
    while let Some(payload) = queued.next().await {
        let left = timeout(WRITE, async {
            writer.write_all(&payload).await?;
            writer.flush().await
        });
        if !matches!(left.await, Ok(Ok(()))) {
            return;
        }
        queued.written(&payload);
    }
    // The queue ends when the driver closes the stream; the peer learns it by the FIN.
    let _ = timeout(WRITE, writer.shutdown()).await;
}

async fn read(
    mut reader: impl AsyncRead + Unpin,
    flow: FlowId,
    mut closed: watch::Receiver<()>,
    slot: Option<OwnedSemaphorePermit>,
    inbox: async_channel::Sender<Input>,
) {
    let mut buffer = BytesMut::with_capacity(READ_CHUNK);
    // How long it may be silent is the endpoint's to say.
    let _slot = slot;
    loop {
        buffer.reserve(READ_CHUNK);
        let received = tokio::select! {
            received = reader.read_buf(&mut buffer) => received,
            _ = closed.changed() => break,
        };
        let Ok(1..) = received else { break };
        if inbox.send(Input::Data { flow, payload: buffer.split().freeze() }).await.is_err() {
            return;
        }
    }
    let _ = inbox.send(Input::Closed { flow }).await;
}
