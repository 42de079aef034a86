//! Binding the sockets that face all browsers: every worker has one port, on every address.

use std::net::{IpAddr, SocketAddr};

use crate::interfaces;
use crate::rim::StartError;

/// Bytes of a socket's buffers: some hundred milliseconds of a thousand calls.
const BUFFER: usize = 4 << 20;

/// The browser sockets of one worker.
pub struct Bound {
    pub(super) sockets: Vec<std::net::UdpSocket>,
    /// Where they are bound, in order.
    pub addresses: Vec<SocketAddr>,
}

/// Binds `port` on every address given, or on every address of the machine.
///
/// # Errors
///
/// The port is in use, or an address is not this machine's.
pub fn bind(addresses: &[IpAddr], port: u16) -> Result<Bound, StartError> {
    let detected = addresses.is_empty();
    let wanted = if detected { interfaces::all() } else { addresses.to_vec() };
    let mut bound = Bound { sockets: Vec::new(), addresses: Vec::new() };
    for ip in wanted {
        let address = SocketAddr::new(ip, port);
        match open(address) {
            Ok(socket) => {
                bound.addresses.push(socket.local_addr().unwrap_or(address));
                bound.sockets.push(socket);
            }
            // An address that is listed but not usable yet (IPv6 still checking for duplicates) is no reason to stop.
            Err(error) if detected && error.kind() == std::io::ErrorKind::AddrNotAvailable => {}
            Err(error) => return Err(StartError::bind("media.port", address, &error)),
        }
    }
    if bound.sockets.is_empty() {
        return Err(StartError::new(
            "this machine has no usable network address: write one under media.addresses",
        ));
    }
    Ok(bound)
}

pub(super) fn open(address: SocketAddr) -> std::io::Result<std::net::UdpSocket> {
    let domain = socket2::Domain::for_address(address);
    let socket = socket2::Socket::new(domain, socket2::Type::DGRAM, Some(socket2::Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    // The kernel's maximum may be lower; less is not a fault.
    let _ = socket.set_recv_buffer_size(BUFFER);
    let _ = socket.set_send_buffer_size(BUFFER);
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket.into())
}
