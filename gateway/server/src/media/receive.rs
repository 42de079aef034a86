//! Reads a datagram, and when it came.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use mio::net::UdpSocket;

#[cfg(not(target_os = "linux"))]
pub(super) use fallback::{Receiver, stamp};
#[cfg(target_os = "linux")]
pub(super) use linux::{Receiver, stamp};

/// A datagram in the buffer.
pub(super) struct Received {
    pub(super) len: usize,
    pub(super) from: SocketAddr,
    at: At,
}

impl Received {
    /// How long ago it came; `None` if the clock was set meanwhile.
    pub(super) fn age(&self) -> Option<Duration> {
        self.at.elapsed().ok().filter(|age| *age < AGE_MAX)
    }
}

/// No packet waits for so long.
const AGE_MAX: Duration = Duration::from_secs(10);

type At = std::time::SystemTime;

/// The kernel notes when each datagram comes, so that the time it waits for us counts.
#[cfg(target_os = "linux")]
mod linux {
    use std::io::IoSliceMut;
    use std::os::fd::AsRawFd;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use nix::sys::socket::sockopt::ReceiveTimestampns;
    use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt};
    use nix::sys::time::TimeSpec;

    use super::{Received, SocketAddr, UdpSocket, io};

    /// Asks for the time of each datagram; without it, that of reading is taken.
    pub(crate) fn stamp(socket: &UdpSocket) {
        let _ = setsockopt(socket, ReceiveTimestampns, &true);
    }

    /// With room for what the kernel tells.
    pub(crate) struct Receiver {
        control: Vec<u8>,
    }

    impl Default for Receiver {
        fn default() -> Self {
            Self { control: nix::cmsg_space!(TimeSpec) }
        }
    }

    impl Receiver {
        pub(crate) fn receive(&mut self, socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<Received> {
            let (fd, mut parts) = (socket.as_raw_fd(), [IoSliceMut::new(buffer)]);
            let message =
                recvmsg::<SockaddrStorage>(fd, &mut parts, Some(&mut self.control), MsgFlags::empty())?;
            let mut stamps = message.cmsgs().into_iter().flatten();
            let at = stamps.find_map(|message| time_of(&message)).unwrap_or_else(SystemTime::now);
            let from = message.address.and_then(|address| address_of(&address));
            let from = from.ok_or(io::ErrorKind::InvalidData)?;
            Ok(Received { len: message.bytes, from, at })
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "nix's enum is open")]
    fn time_of(message: &ControlMessageOwned) -> Option<SystemTime> {
        match message {
            ControlMessageOwned::ScmTimestampns(time) => Some(UNIX_EPOCH + Duration::from(*time)),
            _ => None,
        }
    }

    fn address_of(address: &SockaddrStorage) -> Option<SocketAddr> {
        let v4 = address.as_sockaddr_in().map(|address| SocketAddr::V4((*address).into()));
        v4.or_else(|| address.as_sockaddr_in6().map(|address| SocketAddr::V6((*address).into())))
    }
}

#[cfg(not(target_os = "linux"))]
mod fallback {
    use super::{At, Received, UdpSocket, io};

    pub(crate) fn stamp(_: &UdpSocket) {}

    #[derive(Default)]
    pub(crate) struct Receiver;

    impl Receiver {
        pub(crate) fn receive(&mut self, socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<Received> {
            let (len, from) = socket.recv_from(buffer)?;
            Ok(Received { len, from, at: At::now() })
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket as StdSocket;

    use super::*;

    /// The time that a datagram waits to be read counts.
    #[test]
    fn a_datagram_tells_how_long_it_waited() -> io::Result<()> {
        let sender = StdSocket::bind("127.0.0.1:0")?;
        let socket = UdpSocket::bind("127.0.0.1:0".parse().map_err(io::Error::other)?)?;
        stamp(&socket);
        // The first one after the kernel began to take times may lack its own.
        for word in [b"one", b"two"] {
            sender.send_to(word, socket.local_addr()?)?;
            std::thread::sleep(Duration::from_millis(30));
            let mut buffer = [0; 16];
            let received = Receiver::default().receive(&socket, &mut buffer)?;
            assert_eq!((&buffer[..received.len], received.from), (&word[..], sender.local_addr()?));
            if word == b"two" {
                assert!(received.age() >= Some(Duration::from_millis(30)), "{:?}", received.age());
            }
        }
        let nothing = Receiver::default().receive(&socket, &mut [0; 16]);
        assert_eq!(nothing.err().map(|error| error.kind()), Some(io::ErrorKind::WouldBlock));
        Ok(())
    }
}
