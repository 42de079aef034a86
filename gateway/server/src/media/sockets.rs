//! The sockets of one worker, by number and by name.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use media::{PortId, Socket};
use mio::net::UdpSocket;
use mio::{Interest, Registry, Token};

use super::receive::stamp;

/// The number of the first socket; the one before is the mailbox's.
pub(super) const FIRST: usize = 1;

/// Sockets by token, and the tokens of RTP ports. Tokens are used again.
pub(super) struct Sockets {
    registry: Registry,
    slots: Vec<Option<(Socket, UdpSocket)>>,
    free: Vec<usize>,
    ports: HashMap<PortId, Pair>,
    browsers: usize,
}

/// Slots of an RTP port.
#[derive(Clone, Copy)]
struct Pair {
    rtp: usize,
    rtcp: usize,
}

impl Sockets {
    pub(super) fn new(registry: Registry, browsers: Vec<std::net::UdpSocket>) -> io::Result<Self> {
        let mut sockets = Self {
            registry,
            slots: Vec::new(),
            free: Vec::new(),
            ports: HashMap::new(),
            browsers: browsers.len(),
        };
        for (index, socket) in browsers.into_iter().enumerate() {
            let number = u16::try_from(index).map_err(io::Error::other)?;
            sockets.add(Socket::Browsers(number), UdpSocket::from_std(socket))?;
        }
        Ok(sockets)
    }

    fn add(&mut self, name: Socket, mut socket: UdpSocket) -> io::Result<usize> {
        let slot = self.free.pop().unwrap_or(self.slots.len());
        stamp(&socket);
        if let Err(error) = self.registry.register(&mut socket, Token(slot + FIRST), Interest::READABLE) {
            self.free.push(slot);
            return Err(error);
        }
        if slot == self.slots.len() {
            self.slots.push(None);
        }
        self.slots[slot] = Some((name, socket));
        Ok(slot)
    }

    /// Binds RTP on `local` and RTCP on the port above.
    pub(super) fn bind(&mut self, port: PortId, local: SocketAddr) -> io::Result<()> {
        let above = local.port().checked_add(1).ok_or(io::ErrorKind::InvalidInput)?;
        let rtp = UdpSocket::bind(local)?;
        let rtcp = UdpSocket::bind(SocketAddr::new(local.ip(), above))?;
        let rtp = self.add(Socket::Rtp(port), rtp)?;
        match self.add(Socket::Rtcp(port), rtcp) {
            Ok(rtcp) => {
                self.ports.insert(port, Pair { rtp, rtcp });
                Ok(())
            }
            Err(error) => {
                self.close(rtp);
                Err(error)
            }
        }
    }

    pub(super) fn unbind(&mut self, port: PortId) {
        if let Some(Pair { rtp, rtcp }) = self.ports.remove(&port) {
            self.close(rtp);
            self.close(rtcp);
        }
    }

    fn close(&mut self, slot: usize) {
        if let Some((_, mut socket)) = self.slots[slot].take() {
            // Closing it takes it out of the poll as well.
            let _ = self.registry.deregister(&mut socket);
            self.free.push(slot);
        }
    }

    /// The socket behind a poll token, if it is still open.
    pub(super) fn at(&self, slot: usize) -> Option<(Socket, &UdpSocket)> {
        self.slots.get(slot)?.as_ref().map(|(name, socket)| (*name, socket))
    }

    /// The socket that a worker names.
    pub(super) fn named(&self, name: Socket) -> Option<&UdpSocket> {
        let slot = match name {
            Socket::Browsers(index) => Some(usize::from(index)).filter(|index| *index < self.browsers)?,
            Socket::Rtp(port) => self.ports.get(&port)?.rtp,
            Socket::Rtcp(port) => self.ports.get(&port)?.rtcp,
        };
        self.slots.get(slot)?.as_ref().map(|(_, socket)| socket)
    }
}
