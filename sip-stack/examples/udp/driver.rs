use std::error::Error;
use std::io::Read;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use sip_stack::{Bytes, Config, Endpoint, Limits, Output, UaEvent};

/// An endpoint on one UDP socket.
pub(crate) struct Udp {
    pub(crate) endpoint: Endpoint,
    socket: UdpSocket,
}

impl Udp {
    /// Binds the socket of the first listener.
    pub(crate) fn bind(config: Config) -> Result<Self, Box<dyn Error>> {
        // One peer may send all there is, as a carrier or a load generator does.
        let (server_transactions, calls) = (2_000_000, 200_000);
        let server_transactions_per_source = server_transactions;
        let limits = Limits { server_transactions, server_transactions_per_source, calls, ..config.limits };
        let config = Config { limits, ..config };
        let socket = UdpSocket::bind(config.listeners[0].local)?;
        socket.set_read_timeout(Some(Duration::from_millis(10)))?;
        Ok(Self { endpoint: Endpoint::new(config, secret()?, Instant::now()), socket })
    }

    /// Carries datagrams and deadlines to the endpoint, and its events to their owner.
    pub(crate) fn run(
        mut self,
        mut owner: impl FnMut(&mut Endpoint, Instant, UaEvent) -> Result<(), Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let (local, mut buffer) = (self.socket.local_addr()?, [0; 65_535]);
        loop {
            let (output, now) = (self.endpoint.poll_output(), Instant::now());
            if let Output::Datagram { remote, payload, .. } = output {
                drop(self.socket.send_to(&payload, remote));
            } else if let Output::Event(event) = output {
                owner(&mut self.endpoint, now, event)?;
            } else if matches!(output, Output::Timeout(at) if at <= now) {
                self.endpoint.handle_timeout(now);
            } else if let Output::Timeout(_) = output
                && let Ok((len, remote)) = self.socket.recv_from(&mut buffer)
            {
                let payload = Bytes::copy_from_slice(&buffer[..len]);
                self.endpoint.handle_datagram(Instant::now(), local, remote, payload);
            }
        }
    }
}

/// What no stranger may guess.
pub(crate) fn secret() -> std::io::Result<[u8; 32]> {
    let mut secret = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut secret)?;
    Ok(secret)
}
