//! Binding SIP's sockets, with a sentence for whoever must mend what fails.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use sip_stack::transport::{Listener, Transport};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use super::dns::Dns;
use super::tls::Tls;
use crate::config::{Sip, SipListen, SipTransport};
use crate::interfaces;
use crate::rim::StartError;
use crate::wire;

/// The receive buffer of a UDP socket: a burst of some hundred messages.
const RECEIVE_BUFFER: usize = 1 << 20;
/// Strangers that wait to be accepted.
const BACKLOG: i32 = 1024;

/// SIP's sockets, bound.
pub struct Bound {
    pub(super) datagrams: Vec<(Arc<UdpSocket>, SocketAddr)>,
    pub(super) streams: Vec<(TcpListener, Transport)>,
    pub(super) listeners: Vec<Listener>,
    pub(super) tls: Tls,
    pub(super) dns: Dns,
    /// How browsers' SIP comes in.
    pub(super) websocket: Transport,
    /// How much of it.
    pub(super) websockets_max: usize,
}

impl Bound {
    /// Where it listens.
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }
}

/// Where HTTP listens: browsers' SIP comes in there too.
pub struct Pages {
    /// Each address.
    pub addresses: Vec<SocketAddr>,
    /// `http` or `https`.
    pub scheme: &'static str,
    /// Connections at one time.
    pub connections_max: u32,
}

/// Binds every listener of the configuration.
///
/// # Errors
///
/// A port that is in use, an address that is not this machine's, or a certificate that cannot be used.
pub async fn bind(settings: &Sip, public: Option<IpAddr>, pages: &Pages) -> Result<Bound, StartError> {
    let websocket = if pages.scheme == "https" { Transport::Wss } else { Transport::Ws };
    let (tls, dns) = (Tls::read(&settings.tls)?, Dns::new(&settings.dns_servers)?);
    let websockets_max = usize::try_from(pages.connections_max).unwrap_or(usize::MAX / 2);
    let (datagrams, streams, listeners) = (Vec::new(), Vec::new(), Vec::new());
    let mut bound = Bound { datagrams, streams, listeners, tls, dns, websocket, websockets_max };
    for SipListen { transport, address } in settings.listen.get_ref().iter() {
        let failed = |error: io::Error| StartError::bind("sip.listen", *address, &error);
        let local = bound.open(*transport, *address).map_err(failed)?;
        let transport = wire::transport(*transport);
        bound.listeners.push(Listener { transport, local, advertised: advertised(local, public) });
    }
    let at = |local: &SocketAddr| Listener {
        transport: websocket,
        local: *local,
        advertised: advertised(*local, public),
    };
    bound.listeners.extend(pages.addresses.iter().map(at));
    Ok(bound)
}

impl Bound {
    fn open(&mut self, transport: SipTransport, address: SocketAddr) -> io::Result<SocketAddr> {
        match transport {
            SipTransport::Udp => {
                let socket = UdpSocket::from_std(socket(address, Type::DGRAM, Protocol::UDP)?.into())?;
                // The kernel's maximum may be lower; less is not a fault.
                let _ = SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER);
                let local = socket.local_addr()?;
                self.datagrams.push((Arc::new(socket), local));
                Ok(local)
            }
            SipTransport::Tcp | SipTransport::Tls => {
                let socket = socket(address, Type::STREAM, Protocol::TCP)?;
                socket.listen(BACKLOG)?;
                let listener = TcpListener::from_std(socket.into())?;
                let local = listener.local_addr()?;
                self.streams.push((listener, wire::transport(transport)));
                Ok(local)
            }
        }
    }
}

/// A bound socket; one for IPv6 leaves IPv4 to a listener of its own, so that peers are seen under their true address.
fn socket(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        socket.set_reuse_address(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// What peers are told instead of an address that they cannot reach.
fn advertised(local: SocketAddr, public: Option<IpAddr>) -> Option<SocketAddr> {
    let public = public.filter(|ip| ip.is_ipv4() == local.is_ipv4() && !local.ip().is_loopback());
    let own = || local.ip().is_unspecified().then(|| interfaces::preferred(local.is_ipv4())).flatten();
    public.or_else(own).map(|ip| SocketAddr::new(ip, local.port()))
}
