//! Binding SIP's sockets, with a sentence for whoever must mend what fails.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use sip_stack::transport::{Listener, Transport};
use tokio::net::{TcpListener, UdpSocket};

use crate::config::{SipListen, SipTransport};
use crate::interfaces;
use crate::rim::StartError;

/// The receive buffer of a UDP socket: a burst of some hundred messages.
const RECEIVE_BUFFER: usize = 1 << 20;

/// SIP's sockets, bound.
pub struct Bound {
    pub(super) datagrams: Vec<(Arc<UdpSocket>, SocketAddr)>,
    pub(super) streams: Vec<TcpListener>,
    pub(super) listeners: Vec<Listener>,
}

impl Bound {
    /// Where it listens.
    pub fn listeners(&self) -> &[Listener] {
        &self.listeners
    }
}

/// Binds every listener of the configuration.
///
/// # Errors
///
/// A port that is in use, or an address that is not this machine's.
pub async fn bind(listen: &[SipListen], public: Option<IpAddr>) -> Result<Bound, StartError> {
    let mut bound = Bound { datagrams: Vec::new(), streams: Vec::new(), listeners: Vec::new() };
    for SipListen { transport, address } in listen {
        let failed = |error: io::Error| StartError::bind("sip.listen", *address, &error);
        let (transport, local) = match transport {
            SipTransport::Udp => {
                let socket = UdpSocket::bind(address).await.map_err(failed)?;
                // The kernel's maximum may be lower; less is not a fault.
                let _ = socket2::SockRef::from(&socket).set_recv_buffer_size(RECEIVE_BUFFER);
                let local = socket.local_addr().map_err(failed)?;
                bound.datagrams.push((Arc::new(socket), local));
                (Transport::Udp, local)
            }
            SipTransport::Tcp => {
                let listener = TcpListener::bind(address).await.map_err(failed)?;
                let local = listener.local_addr().map_err(failed)?;
                bound.streams.push(listener);
                (Transport::Tcp, local)
            }
        };
        bound.listeners.push(Listener { transport, local, advertised: advertised(local, public) });
    }
    Ok(bound)
}

/// What peers are told instead of an address that they cannot reach.
fn advertised(local: SocketAddr, public: Option<IpAddr>) -> Option<SocketAddr> {
    let public = public.filter(|ip| ip.is_ipv4() == local.is_ipv4() && !local.ip().is_loopback());
    let own = || local.ip().is_unspecified().then(|| interfaces::preferred(local.is_ipv4())).flatten();
    public.or_else(own).map(|ip| SocketAddr::new(ip, local.port()))
}
