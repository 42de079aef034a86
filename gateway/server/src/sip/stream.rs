//! TCP: accepting, connecting, and one reading and one writing task a stream.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use sip_stack::transport::{FlowId, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::timeout;

use super::input::{Input, report};

/// Streams that strangers may have open at one time.
pub(super) const ACCEPTED_MAX: usize = 1000;
/// Messages that wait for a slow reader; one more closes its stream.
const WRITE_QUEUE: usize = 64;
/// A stream without a byte for so long is closed; longer than a session refresh of RFC 4028's 1800 s asks for.
const IDLE: Duration = Duration::from_secs(2400);
/// A stranger must send the first bytes within this time.
const FIRST_BYTES: Duration = Duration::from_secs(32);
const CONNECT: Duration = Duration::from_secs(5);
const READ_CHUNK: usize = 16 * 1024;

/// The writing end of a stream; dropping it closes the stream.
pub(super) struct Writer {
    queue: mpsc::Sender<Bytes>,
    _open: watch::Sender<()>,
}

impl Writer {
    /// Queues bytes; false when the peer reads too slowly or is gone, and the stream must go.
    pub(super) fn write(&self, payload: Bytes) -> bool {
        self.queue.try_send(payload).is_ok()
    }
}

/// Accepts streams until the driver is gone; at the limit it leaves strangers in the kernel's backlog.
pub(super) async fn accept(
    listener: TcpListener,
    flows: Arc<AtomicU64>,
    slots: Arc<Semaphore>,
    inbox: mpsc::Sender<Input>,
) {
    while let Ok(slot) = slots.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let flow = FlowId(flows.fetch_add(1, Ordering::Relaxed));
                open(stream, flow, Some(slot), inbox.clone()).await;
            }
            Err(error) => report(&error).await,
        }
        if inbox.is_closed() {
            return;
        }
    }
}

/// Connects as the endpoint asked.
pub(super) async fn connect(flow: FlowId, remote: SocketAddr, inbox: mpsc::Sender<Input>) {
    match timeout(CONNECT, TcpStream::connect(remote)).await {
        Ok(Ok(stream)) => open(stream, flow, None, inbox).await,
        Ok(Err(_)) | Err(_) => {
            // The driver is gone if nobody takes it.
            let _ = inbox.send(Input::Closed { flow }).await;
        }
    }
}

async fn open(
    stream: TcpStream,
    flow: FlowId,
    slot: Option<OwnedSemaphorePermit>,
    inbox: mpsc::Sender<Input>,
) {
    let (Ok(local), Ok(remote)) = (stream.local_addr(), stream.peer_addr()) else {
        let _ = inbox.send(Input::Closed { flow }).await;
        return;
    };
    // A message is written whole; waiting for more only delays it.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let (queue, queued) = mpsc::channel(WRITE_QUEUE);
    let (held, closed) = watch::channel(());
    let opened = Input::Opened {
        flow,
        transport: Transport::Tcp,
        local,
        remote,
        writer: Writer { queue, _open: held },
    };
    if inbox.send(opened).await.is_ok() {
        tokio::spawn(write(writer, queued));
        tokio::spawn(read(reader, flow, closed, slot, inbox));
    }
}

async fn write(mut writer: OwnedWriteHalf, mut queued: mpsc::Receiver<Bytes>) {
    while let Some(payload) = queued.recv().await {
        if writer.write_all(&payload).await.is_err() {
            return;
        }
    }
    // The queue ends when the driver closes the stream; the peer learns it by the FIN.
    let _ = writer.shutdown().await;
}

async fn read(
    mut reader: OwnedReadHalf,
    flow: FlowId,
    mut closed: watch::Receiver<()>,
    slot: Option<OwnedSemaphorePermit>,
    inbox: mpsc::Sender<Input>,
) {
    let mut buffer = BytesMut::with_capacity(READ_CHUNK);
    let mut patience = if slot.is_some() { FIRST_BYTES } else { IDLE };
    loop {
        buffer.reserve(READ_CHUNK);
        let received = tokio::select! {
            received = timeout(patience, reader.read_buf(&mut buffer)) => received,
            _ = closed.changed() => break,
        };
        let Ok(Ok(1..)) = received else { break };
        patience = IDLE;
        if inbox.send(Input::Data { flow, payload: buffer.split().freeze() }).await.is_err() {
            return;
        }
    }
    let _ = inbox.send(Input::Closed { flow }).await;
}
