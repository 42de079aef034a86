//! A trunk on the wire: it reads requests as text and answers what the test says.

use std::net::SocketAddr;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::gateway::WITHIN;

pub(crate) struct Trunk {
    socket: UdpSocket,
    pub(crate) address: SocketAddr,
}

impl Trunk {
    pub(crate) async fn bind() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        Self { socket, address }
    }

    /// The next request of a method; retransmissions of others are passed over.
    pub(crate) async fn request(&self, method: &str) -> Request {
        let mut buffer = vec![0; 65_536];
        loop {
            let received = timeout(WITHIN, self.socket.recv_from(&mut buffer)).await;
            let (len, from) = received.unwrap_or_else(|_| panic!("no {method} in time")).unwrap();
            let text = String::from_utf8_lossy(&buffer[..len]).into_owned();
            if text.starts_with(method) {
                return Request { text, from };
            }
        }
    }

    /// Answers with a status line and nothing else but what must be there.
    pub(crate) async fn respond(&self, request: &Request, status: &str) {
        let mut response = format!("SIP/2.0 {status}\r\n");
        for line in request.text.lines().take_while(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            match name.to_ascii_lowercase().as_str() {
                "via" | "from" | "call-id" | "cseq" => response += &format!("{line}\r\n"),
                "to" if value.contains("tag=") => response += &format!("{line}\r\n"),
                "to" => response += &format!("{line};tag=trunk\r\n"),
                _ => {}
            }
        }
        response += "Content-Length: 0\r\n\r\n";
        self.socket.send_to(response.as_bytes(), request.from).await.unwrap();
    }

    pub(crate) async fn send(&self, text: &str, to: SocketAddr) {
        self.socket.send_to(text.as_bytes(), to).await.unwrap();
    }

    /// The next message of any kind.
    pub(crate) async fn message(&self) -> String {
        let mut buffer = vec![0; 65_536];
        let (len, _) = timeout(WITHIN, self.socket.recv_from(&mut buffer)).await.unwrap().unwrap();
        String::from_utf8_lossy(&buffer[..len]).into_owned()
    }
}

pub(crate) struct Request {
    pub(crate) text: String,
    from: SocketAddr,
}
