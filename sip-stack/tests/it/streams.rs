//! TCP: reuse, reconnection, the size rule, and streams that misbehave (RFC 3261 §18).

use std::net::SocketAddr;

use bytes::Bytes;
use sip_stack::message::{Header, HeaderName};
use sip_stack::{EndedBy, Endpoint, FlowId, Output, Transport, UaEvent};

use crate::call::{CALL, hangup, invite, ms, s, talk};
use crate::lone::request;
use crate::pair::{Pair, Side, config};

#[test]
fn a_call_uses_one_stream_and_reconnects_when_it_is_cut() {
    let mut pair = Pair::new();
    talk(&mut pair, Transport::Tcp);
    assert_eq!(pair.connections(), 1);
    pair.cut_streams();
    pair.run(s(1));
    pair.alice.hangup(pair.now, CALL, hangup(0)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.connections(), 2);
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Ended { by: EndedBy::Remote, .. }]));
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Ended { by: EndedBy::Local, .. }]));
}

#[test]
fn the_callee_hangs_up_over_the_callers_stream() {
    let mut pair = Pair::new();
    let id = talk(&mut pair, Transport::Tcp);
    pair.bob.hangup(pair.now, id, hangup(0)).unwrap();
    pair.run(s(1));
    assert_eq!(pair.connections(), 1);
    assert!(matches!(pair.take_events(Side::Alice).as_slice(), [UaEvent::Ended { by: EndedBy::Remote, .. }]));
}

fn large() -> sip_stack::Invite {
    let mut call = invite(Transport::Udp);
    call.headers.push(Header::new(HeaderName::Subject, "x".repeat(1300)));
    call
}

#[test]
fn a_large_request_goes_by_tcp() {
    let mut pair = Pair::new();
    pair.alice.invite(pair.now, CALL, large()).unwrap();
    pair.run(s(1));
    assert_eq!(pair.connections(), 1);
    let invite = &pair.seen[0];
    assert!(invite.header("Via").unwrap().starts_with("SIP/2.0/TCP "), "{}", invite.text);
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Incoming { .. }]));
}

#[test]
fn a_large_request_goes_by_udp_after_all_if_tcp_is_refused() {
    let mut pair = Pair::new();
    pair.refuse_streams = true;
    pair.alice.invite(pair.now, CALL, large()).unwrap();
    pair.run(s(1));
    let invite = &pair.seen[0];
    assert!(invite.header("Via").unwrap().starts_with("SIP/2.0/UDP "), "{}", invite.text);
    assert!(matches!(pair.take_events(Side::Bob).as_slice(), [UaEvent::Incoming { .. }]));
}

struct Stream {
    endpoint: Endpoint,
    now: std::time::Instant,
}

impl Stream {
    fn new() -> Self {
        let now = std::time::Instant::now();
        let mut endpoint = Endpoint::new(config(Side::Alice), [3; 32], now);
        let remote: SocketAddr = "192.0.2.9:40000".parse().unwrap();
        endpoint.handle_stream_opened(now, FlowId(1), Transport::Tcp, Side::Alice.address(), remote);
        Self { endpoint, now }
    }

    fn hear(&mut self, text: &str) -> Vec<Output> {
        self.endpoint.handle_stream_data(self.now, FlowId(1), Bytes::from(text.to_owned()));
        self.outputs()
    }

    fn outputs(&mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        loop {
            let output = self.endpoint.poll_output();
            if matches!(output, Output::Timeout(_)) {
                return outputs;
            }
            outputs.push(output);
        }
    }
}

#[test]
fn messages_are_cut_out_of_the_stream_wherever_it_breaks() {
    let mut stream = Stream::new();
    let options =
        |branch: &str| request("OPTIONS", 1, branch, "", "").replace("/UDP", "/TCP").replace('\n', "\r\n");
    let (first, second) = (options("a"), options("b").replace("peers-call", "another"));
    let both = first + &second;
    let mut answers = 0;
    for piece in both.as_bytes().chunks(17) {
        let outputs = stream.hear(std::str::from_utf8(piece).unwrap());
        answers += outputs
            .iter()
            .filter(|output| matches!(output, Output::StreamData { flow: FlowId(1), .. }))
            .count();
    }
    assert_eq!(answers, 2);
}

#[test]
fn a_double_line_end_is_answered_by_a_single_one() {
    let outputs = Stream::new().hear("\r\n\r\n");
    let [Output::StreamData { payload, .. }] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert_eq!(payload, &b"\r\n"[..]);
}

#[test]
fn a_stream_without_a_frame_is_answered_and_closed() {
    let mut stream = Stream::new();
    let text = request("OPTIONS", 1, "a", "", "").replace("Content-Length: 0", "Content-Length: five");
    let outputs = stream.hear(&text.replace('\n', "\r\n"));
    let [Output::StreamData { payload, .. }, Output::Close { .. }] = outputs.as_slice() else {
        panic!("{outputs:?}")
    };
    assert!(payload.starts_with(b"SIP/2.0 400 "));
}

#[test]
fn streams_over_the_limit_are_closed_until_one_has_been_silent_for_long() {
    let mut settings = config(Side::Alice);
    settings.limits.streams = 2;
    let now = std::time::Instant::now();
    let mut stream = Stream { endpoint: Endpoint::new(settings, [3; 32], now), now };
    let open = |stream: &mut Stream, flow: u64| {
        let remote = SocketAddr::new("192.0.2.9".parse().unwrap(), 40_000 + flow as u16);
        let (now, local) = (stream.now, Side::Alice.address());
        stream.endpoint.handle_stream_opened(now, FlowId(flow), Transport::Tcp, local, remote);
        stream.outputs()
    };
    assert!(open(&mut stream, 1).is_empty() && open(&mut stream, 2).is_empty());
    assert!(matches!(open(&mut stream, 3).as_slice(), [Output::Close { flow: FlowId(3) }]));
    stream.now += s(60);
    stream.endpoint.handle_stream_data(stream.now, FlowId(1), Bytes::from_static(b"\r\n\r\n"));
    stream.outputs();
    stream.now += ms(1);
    assert!(matches!(open(&mut stream, 4).as_slice(), [Output::Close { flow: FlowId(2) }]));
    assert_eq!(stream.endpoint.counters().limited_streams, 1);
}

#[test]
fn one_address_cannot_hold_every_stream() {
    let mut settings = config(Side::Alice);
    settings.limits.streams_per_source = 2;
    let now = std::time::Instant::now();
    let mut stream = Stream { endpoint: Endpoint::new(settings, [3; 32], now), now };
    let mut open = |flow: u64, ip: &str| {
        let remote = SocketAddr::new(ip.parse().unwrap(), 40_000 + flow as u16);
        stream.endpoint.handle_stream_opened(
            now,
            FlowId(flow),
            Transport::Tcp,
            Side::Alice.address(),
            remote,
        );
        stream.outputs().len()
    };
    assert_eq!((open(1, "192.0.2.9"), open(2, "192.0.2.9"), open(3, "192.0.2.9")), (0, 0, 1));
    assert_eq!(open(4, "192.0.2.10"), 0);
}
