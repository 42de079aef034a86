//! The programs of the crate's front page, over loopback.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use bytes::Bytes;
use sip_stack::{
    Body, Config, Endpoint, Hangup, Invite, InviteId, Listener, Output, Target, Transport, UaEvent,
};

#[allow(dead_code, unreachable_pub, reason = "a program, whose main is not called here")]
#[path = "../../examples/b2bua.rs"]
mod b2bua;
#[allow(dead_code, unreachable_pub, reason = "a program, whose main is not called here")]
#[path = "../../examples/proxy.rs"]
mod proxy;
#[allow(dead_code, unreachable_pub, reason = "a program, whose main is not called here")]
#[path = "../../examples/registrar.rs"]
mod registrar;
#[allow(dead_code, unreachable_pub, reason = "a program, whose main is not called here")]
#[path = "../../examples/user_agent.rs"]
mod user_agent;

const PATIENCE: Duration = Duration::from_secs(10);
const CALL: InviteId = InviteId(1);

/// A caller with a socket of its own.
struct Caller {
    socket: UdpSocket,
    local: SocketAddr,
    endpoint: Endpoint,
}

impl Caller {
    fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        let local = socket.local_addr().unwrap();
        let endpoint = Endpoint::new(Config::new(vec![Listener::udp(local)]), [1; 32], Instant::now());
        Self { socket, local, endpoint }
    }

    /// The next event.
    fn event(&mut self) -> UaEvent {
        let (start, mut buffer) = (Instant::now(), [0; 65_535]);
        while start.elapsed() < PATIENCE {
            let output = self.endpoint.poll_output();
            if let Output::Event(event) = output {
                return event;
            }
            if let Output::Datagram { remote, payload, .. } = output {
                self.socket.send_to(&payload, remote).unwrap();
            } else if let Ok((len, remote)) = self.socket.recv_from(&mut buffer) {
                let payload = Bytes::copy_from_slice(&buffer[..len]);
                self.endpoint.handle_datagram(Instant::now(), self.local, remote, payload);
            } else {
                self.endpoint.handle_timeout(Instant::now());
            }
        }
        panic!("nothing happened")
    }

    /// Calls, is answered, and hangs up.
    fn call(&mut self, uri: &str, next_hop: SocketAddr) {
        let from = format!("<sip:caller@{}>", self.local).parse().unwrap();
        let invite = Invite::new(uri.parse().unwrap(), Target::new(Transport::Udp, next_hop), from);
        let invite = Invite { body: Some(Body::sdp("v=0\r\n")), ..invite };
        self.endpoint.invite(Instant::now(), CALL, invite).unwrap();
        let answered = self.event();
        let UaEvent::Answered { body: Some(body), .. } = answered else { panic!("{answered:?}") };
        assert!(body.content.ends_with(b"m=audio 4000 RTP/AVP 0\r\n"));
        self.endpoint.hangup(Instant::now(), CALL, Hangup::new(487)).unwrap();
        assert!(matches!(self.event(), UaEvent::Ended { .. }));
    }

    /// Sends words of its own until something comes back.
    fn ask(&self, text: &str, remote: SocketAddr) -> String {
        let (start, mut buffer) = (Instant::now(), [0; 65_535]);
        while start.elapsed() < PATIENCE {
            self.socket.send_to(text.replace('\n', "\r\n").as_bytes(), remote).unwrap();
            if let Ok((len, _)) = self.socket.recv_from(&mut buffer) {
                return String::from_utf8(buffer[..len].to_vec()).unwrap();
            }
        }
        panic!("no answer")
    }

    fn register(&self, contact: SocketAddr, registrar: SocketAddr) -> String {
        let text = format!(
            "REGISTER sip:localhost SIP/2.0\nVia: SIP/2.0/UDP {};branch=z9hG4bKregister\n\
             Max-Forwards: 70\nFrom: <sip:bob@localhost>;tag=a\nTo: <sip:bob@localhost>\n\
             Call-ID: example\nCSeq: 1 REGISTER\nContact: <sip:bob@{contact}>\nContent-Length: 0\n\n",
            self.local
        );
        self.ask(&text, registrar)
    }
}

fn free_address() -> SocketAddr {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Runs a program for as long as the tests run.
fn start(program: impl FnOnce(&str) + Send + 'static) -> SocketAddr {
    let address = free_address();
    std::thread::spawn(move || program(&address.to_string()));
    address
}

#[test]
fn the_registrar_registers() {
    let registrar = start(|address| registrar::serve(address, "localhost").unwrap());
    let answer = Caller::new().register("127.0.0.1:9".parse().unwrap(), registrar);
    assert!(answer.starts_with("SIP/2.0 200 OK"), "{answer}");
    assert!(answer.contains("Contact: <sip:bob@127.0.0.1:9>;expires=3600"), "{answer}");
}

#[test]
fn the_phone_is_called_by_way_of_the_proxy() {
    let phone = start(|address| user_agent::serve(address, None).unwrap());
    let proxy = start(|address| proxy::serve(address, "localhost").unwrap());
    let mut caller = Caller::new();
    let answer = caller.register(phone, proxy);
    assert!(answer.starts_with("SIP/2.0 200 OK"), "{answer}");
    caller.call("sip:bob@localhost", proxy);
}

#[test]
fn the_phone_is_called_by_way_of_the_back_to_back_user_agent() {
    let phone = start(|address| user_agent::serve(address, None).unwrap());
    let b2bua = start(move |address| b2bua::serve(address, &phone.to_string()).unwrap());
    Caller::new().call("sip:bob@localhost", b2bua);
}
