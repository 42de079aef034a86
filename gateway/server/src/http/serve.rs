//! Listening and serving, with a bound on connections and on how slowly a request may come.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower_service::Service;
use tracing::debug;

use super::Tls;
use crate::config::Http;
use crate::node::Mode;
use crate::rim::StartError;

/// A TLS handshake must be done within this time.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// A request's head must be there within this time.
const HEAD: Duration = Duration::from_secs(10);
const HEADERS_MAX: usize = 64;
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// How long WebSockets may take to say goodbye.
const LEAVE: Duration = Duration::from_secs(2);
/// After an error of `accept`, such as too many open files.
const PAUSE: Duration = Duration::from_millis(50);

/// What a connection holds while it lives, upgraded to a WebSocket or not.
#[derive(Clone)]
pub struct Slot {
    /// Our end.
    pub local: SocketAddr,
    /// The browser's end, or that of the proxy before us.
    pub remote: SocketAddr,
    _permit: Arc<OwnedSemaphorePermit>,
}

/// HTTP's sockets, bound.
pub struct Listeners {
    listeners: Vec<TcpListener>,
    tls: Option<Tls>,
    /// Where they are bound, in order.
    pub addresses: Vec<SocketAddr>,
}

impl Listeners {
    /// What a URL to here begins with.
    pub const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }
}

/// Binds every address of the configuration. The demo does without IPv6 where the machine has none.
///
/// # Errors
///
/// A port that is in use, an address that is not this machine's, or a certificate that cannot be used.
pub async fn bind(http: &Http, mode: Mode) -> Result<Listeners, StartError> {
    let tls = Tls::read(http)?;
    let mut bound = Listeners { listeners: Vec::new(), tls, addresses: Vec::new() };
    for address in http.listen.iter() {
        match TcpListener::bind(address).await {
            Ok(listener) => {
                bound.addresses.push(listener.local_addr().unwrap_or(*address));
                bound.listeners.push(listener);
            }
            Err(error) if absent(*address, mode, &error) && !bound.listeners.is_empty() => {}
            Err(error) => return Err(StartError::bind("http.listen", *address, &error)),
        }
    }
    Ok(bound)
}

fn absent(address: SocketAddr, mode: Mode, error: &io::Error) -> bool {
    mode == Mode::Demo && address.is_ipv6() && error.kind() != io::ErrorKind::AddrInUse
}

/// Serves until `stopping` turns true; then finishes what is being answered, WebSockets included.
pub async fn serve(bound: Listeners, router: Router, connections_max: u32, stopping: watch::Receiver<bool>) {
    let connections_max = connections_max.max(1);
    let slots = Arc::new(Semaphore::new(connections_max as usize));
    let mut servers = JoinSet::new();
    for listener in bound.listeners {
        let door = Door { tls: bound.tls.clone(), router: router.clone(), stopping: stopping.clone() };
        servers.spawn(accept(listener, door, slots.clone()));
    }
    servers.join_all().await;
    // Whoever does not take leave in time is cut by the end of the process.
    let _ = timeout(LEAVE, slots.acquire_many(connections_max)).await;
}

/// What each connection passes through.
#[derive(Clone)]
struct Door {
    tls: Option<Tls>,
    router: Router,
    stopping: watch::Receiver<bool>,
}

async fn accept(listener: TcpListener, door: Door, slots: Arc<Semaphore>) {
    let mut stopping = door.stopping.clone();
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            Ok(slot) = slots.clone().acquire_owned() => tokio::select! {
                accepted = listener.accept() => accepted.map(|(stream, _)| (stream, slot)),
                () = told(&mut stopping) => break,
            },
            () = told(&mut stopping) => break,
        };
        match accepted {
            Ok((stream, slot)) => {
                connections.spawn(enter(stream, Arc::new(slot), door.clone()));
            }
            Err(error) => {
                debug!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    connections.join_all().await;
}

async fn enter(stream: TcpStream, permit: Arc<OwnedSemaphorePermit>, door: Door) {
    let _ = stream.set_nodelay(true);
    // A stream that broke already has no other end.
    let (Ok(local), Ok(remote)) = (stream.local_addr(), stream.peer_addr()) else { return };
    let slot = Slot { local, remote, _permit: permit };
    let Some(tls) = &door.tls else { return connection(stream, slot, door.router, door.stopping).await };
    match timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => connection(stream, slot, door.router, door.stopping).await,
        Ok(Err(error)) => debug!(%error, "a TLS handshake failed"),
        Err(_) => debug!("a TLS handshake took too long"),
    }
}

async fn connection<S>(stream: S, slot: Slot, router: Router, mut stopping: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(slot.clone());
        router.clone().call(request)
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX);
    let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(connection);
    tokio::select! {
        served = connection.as_mut() => report(served),
        () = told(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            report(connection.await);
        }
    }
}

async fn told(stopping: &mut watch::Receiver<bool>) {
    // Whoever could tell is gone: the node has stopped.
    let _ = stopping.wait_for(|stop| *stop).await;
}

fn report(served: hyper::Result<()>) {
    if let Err(error) = served {
        debug!(%error, "a connection ended");
    }
}
