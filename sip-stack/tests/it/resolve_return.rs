//! Responses whose own way back is gone find another by the Via (RFC 3263 §5).

use bytes::Bytes;
use sip_stack::{Config, Endpoint, FlowId, Listener, Output, Transport};

use crate::dns::Zone;
use crate::lone::{Lone, config, request};

const LOCAL: &str = "192.0.2.1:5060";
const FLOW: FlowId = FlowId(1);

struct Server {
    now: std::time::Instant,
    endpoint: Endpoint,
    dns: Zone,
}

impl Server {
    fn new(zone: &str) -> Self {
        let now = std::time::Instant::now();
        let listener =
            Listener { transport: Transport::Tcp, local: LOCAL.parse().unwrap(), advertised: None };
        let config =
            Config { screen: vec![sip_stack::message::Method::Options], ..Config::new(vec![listener]) };
        Self { now, endpoint: Endpoint::new(config, [9; 32], now), dns: Zone::default().with(zone) }
    }

    /// What it does, with the DNS answered on the way.
    fn outputs(&mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        loop {
            match self.endpoint.poll_output() {
                Output::Timeout(_) => return outputs,
                Output::Resolve { query, name, kind } => {
                    let answer = self.dns.answer(&name, kind).unwrap();
                    self.endpoint.handle_dns(self.now, query, answer);
                }
                output @ (Output::Datagram { .. }
                | Output::StreamData { .. }
                | Output::Connect { .. }
                | Output::Close { .. }
                | Output::Event(_)) => outputs.push(output),
            }
        }
    }

    /// A request by a stream that is gone before the response.
    fn ask_and_hang_up(&mut self, sent_by: &str) -> Vec<Output> {
        let (local, remote) = (LOCAL.parse().unwrap(), "192.0.2.9:40000".parse().unwrap());
        self.endpoint.handle_stream_opened(self.now, FLOW, Transport::Tcp, local, remote);
        let text = request("OPTIONS", 1, "a", "", "").replace("SIP/2.0/UDP 192.0.2.9:5060", sent_by);
        self.endpoint.handle_stream_data(self.now, FLOW, Bytes::from(text.replace('\n', "\r\n")));
        let outputs = self.outputs();
        let [Output::Event(sip_stack::UaEvent::Requested { id, .. })] = outputs.as_slice() else {
            panic!("{outputs:?}")
        };
        self.endpoint.handle_stream_closed(self.now, FLOW);
        self.endpoint.reply(self.now, *id, sip_stack::Reply::new(200)).unwrap();
        self.outputs()
    }

    fn refuse(&mut self, flow: FlowId) -> Vec<Output> {
        self.endpoint.handle_stream_closed(self.now, flow);
        self.outputs()
    }
}

fn connection(outputs: &[Output]) -> (FlowId, String) {
    let [Output::Connect { flow, remote, .. }] = outputs else { panic!("{outputs:?}") };
    (*flow, remote.to_string())
}

#[test]
fn a_closed_stream_is_opened_to_the_source_first_then_to_the_hosts_of_the_via() {
    let zone = "_sip._tcp.client.example SRV 1 1 5070 a.example
                _sip._tcp.client.example SRV 2 1 5071 b.example
                a.example A 192.0.2.21
                b.example A 192.0.2.22";
    let mut server = Server::new(zone);
    let (flow, to) = connection(&server.ask_and_hang_up("SIP/2.0/TCP client.example"));
    assert_eq!(to, "192.0.2.9:5060");
    let (flow, to) = connection(&server.refuse(flow));
    assert_eq!(to, "192.0.2.21:5070");
    let (flow, to) = connection(&server.refuse(flow));
    assert_eq!(to, "192.0.2.22:5071");
    let (local, remote) = (LOCAL.parse().unwrap(), to.parse().unwrap());
    server.endpoint.handle_stream_opened(server.now, flow, Transport::Tcp, local, remote);
    let outputs = server.outputs();
    let [Output::StreamData { payload, .. }] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert!(payload.starts_with(b"SIP/2.0 200 "));
    server.endpoint.handle_timeout(server.now + std::time::Duration::from_secs(40));
    assert_eq!(server.endpoint.transactions(), 0);
}

#[test]
fn a_port_in_the_via_asks_for_addresses_only() {
    let mut server = Server::new("client.example A 192.0.2.21");
    let (flow, _) = connection(&server.ask_and_hang_up("SIP/2.0/TCP client.example:5099"));
    let (flow, to) = connection(&server.refuse(flow));
    assert_eq!(
        (to.as_str(), server.dns.asked.as_slice()),
        ("192.0.2.21:5099", &["client.example A".to_owned()][..])
    );
    assert!(server.refuse(flow).is_empty(), "nowhere left");
}

#[test]
fn an_address_in_the_via_asks_nobody_and_a_private_one_is_left_alone() {
    let mut server = Server::new("");
    let (flow, _) = connection(&server.ask_and_hang_up("SIP/2.0/TCP 192.0.2.33:5099"));
    assert_eq!(connection(&server.refuse(flow)).1, "192.0.2.33:5099");
    let mut server = Server::new("");
    let (flow, _) = connection(&server.ask_and_hang_up("SIP/2.0/TCP 10.0.0.33:5099"));
    assert!(server.refuse(flow).is_empty());
    assert!(server.dns.asked.is_empty());
}

#[test]
fn an_unreachable_source_of_a_datagram_is_left_for_the_host_of_the_via() {
    let mut lone = Lone::with(config());
    lone.dns = Zone::default().with("client.example A 192.0.2.21");
    let text = request("OPTIONS", 1, "a", "", "").replace("192.0.2.9:5060;", "client.example:5099;");
    lone.hear(&text);
    assert_eq!(lone.sent.remove(0).0, "192.0.2.9:5099".parse().unwrap());
    lone.endpoint.handle_unreachable(lone.now, "192.0.2.9:5099".parse().unwrap());
    lone.drain();
    let (to, text) = lone.sent.remove(0);
    assert_eq!(to, "192.0.2.21:5099".parse().unwrap());
    assert!(text.starts_with("SIP/2.0 200 "));
}
