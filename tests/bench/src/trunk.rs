//! The telephone network of a measurement: a SIP user agent that answers every call at once.

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::endpoint::{Config, Output};
use sip_stack::transport::{Listener, Transport};
use sip_stack::ua::{Body, Respond, UaEvent};
use sip_stack::{Answer, Endpoint};

use crate::phone::Phone;

/// Answers calls on its own thread; each answered call's phone comes out of [`Trunk::phones`], in order.
pub(crate) struct Trunk {
    pub(crate) phones: mpsc::Receiver<Phone>,
}

impl Trunk {
    pub(crate) fn start(address: &str) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        let (answered, phones) = mpsc::sync_channel(4096);
        thread::spawn(move || serve(&socket, &answered));
        Ok(Self { phones })
    }
}

fn serve(socket: &UdpSocket, answered: &mpsc::SyncSender<Phone>) -> io::Result<()> {
    let local = socket.local_addr()?;
    let listener = Listener { transport: Transport::Udp, local, advertised: None };
    let mut endpoint = Endpoint::new(Config::new(vec![listener]), [7; 32], Instant::now());
    let mut buffer = vec![0; 65_536];
    let mut deadline = drain(&mut endpoint, socket, answered)?;
    loop {
        let wait = deadline
            .saturating_duration_since(Instant::now())
            .clamp(Duration::from_millis(1), Duration::from_secs(1));
        socket.set_read_timeout(Some(wait))?;
        match socket.recv_from(&mut buffer) {
            Ok((len, from)) => receive(&mut endpoint, local, from, &buffer[..len]),
            Err(_) => endpoint.handle_timeout(Instant::now()),
        }
        deadline = drain(&mut endpoint, socket, answered)?;
    }
}

fn receive(endpoint: &mut Endpoint, local: SocketAddr, from: SocketAddr, packet: &[u8]) {
    endpoint.handle_datagram(Instant::now(), local, from, Bytes::copy_from_slice(packet));
}

fn drain(
    endpoint: &mut Endpoint,
    socket: &UdpSocket,
    answered: &mpsc::SyncSender<Phone>,
) -> io::Result<Instant> {
    loop {
        match endpoint.poll_output() {
            Output::Datagram { remote, payload, .. } => {
                socket.send_to(&payload, remote)?;
            }
            Output::Event(UaEvent::Incoming { id, request, .. }) => {
                let mut phone = Phone::new(id.0 as u32)?;
                let answer = phone.answer(&String::from_utf8_lossy(&request.body))?;
                let respond =
                    Respond { code: 200, reason: None, headers: vec![], body: Some(Body::sdp(answer)) };
                endpoint.respond(Instant::now(), id, respond).map_err(io::Error::other)?;
                answered.send(phone).map_err(io::Error::other)?;
            }
            Output::Resolve { query, .. } => endpoint.handle_dns(Instant::now(), query, Answer::Failure),
            Output::Timeout(at) => return Ok(at),
            Output::Event(_) | Output::StreamData { .. } | Output::Connect { .. } | Output::Close { .. } => {}
        }
    }
}
