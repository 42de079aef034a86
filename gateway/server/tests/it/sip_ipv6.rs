//! SIP over IPv6, beside IPv4 on the same port.

use sip_stack::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::gateway::{Gateway, Setup, WITHIN};
use crate::sip_tls::options;

fn asking_for_rport(transport: &str, cseq: u32) -> String {
    options(transport, cseq).replace("peer.example;", "[2001:db8::9]:5070;rport;")
}

#[tokio::test]
async fn datagrams_and_streams_come_and_go_over_loopback() {
    let sip = r#"listen = ["udp:[::1]:0", "tcp:[::1]:0"]"#;
    let gateway = Gateway::set_up(Setup { sip, ..Setup::default() }).await;
    let socket = UdpSocket::bind("[::1]:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    socket.send_to(asking_for_rport("UDP", 1).as_bytes(), gateway.sip_over(Transport::Udp)).await.unwrap();
    let mut buffer = vec![0; 65_536];
    let (len, from) = timeout(WITHIN, socket.recv_from(&mut buffer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&buffer[..len]).into_owned();
    assert_eq!(from, gateway.sip_over(Transport::Udp));
    assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
    let via = answer.lines().find(|line| line.starts_with("Via: ")).unwrap();
    assert!(via.contains("received=::1") && via.contains(&format!("rport={port}")), "{via}");

    let mut stream = TcpStream::connect(gateway.sip_over(Transport::Tcp)).await.unwrap();
    stream.write_all(asking_for_rport("TCP", 2).as_bytes()).await.unwrap();
    let len = timeout(WITHIN, stream.read(&mut buffer)).await.unwrap().unwrap();
    assert!(buffer[..len].starts_with(b"SIP/2.0 200 "));
    gateway.stop().await;
}

#[tokio::test]
async fn both_families_share_a_port() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let sip = format!(
        r#"listen = ["udp:0.0.0.0:{free}", "udp:[::]:{free}", "tcp:0.0.0.0:{free}", "tcp:[::]:{free}"]"#
    );
    let gateway = Gateway::set_up(Setup { sip: &sip, ..Setup::default() }).await;
    for (cseq, from, to) in [(1, "127.0.0.1:0", "127.0.0.1"), (2, "[::1]:0", "[::1]")] {
        let socket = UdpSocket::bind(from).await.unwrap();
        socket.send_to(asking_for_rport("UDP", cseq).as_bytes(), format!("{to}:{free}")).await.unwrap();
        let mut buffer = vec![0; 65_536];
        let (len, _) = timeout(WITHIN, socket.recv_from(&mut buffer)).await.unwrap().unwrap();
        let answer = String::from_utf8_lossy(&buffer[..len]).into_owned();
        let source = to.trim_matches(['[', ']']);
        assert!(answer.contains(&format!("received={source}")), "{answer}");
    }
    gateway.stop().await;
}
