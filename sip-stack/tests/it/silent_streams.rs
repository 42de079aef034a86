//! Streams that say nothing, or do not listen: each has so much time and room, and no more.

use sip_stack::ua::RegistrationId;
use sip_stack::{FlowId, Target, Transport, UaEvent};

use crate::call::s;
use crate::lone::request;
use crate::node::{Did, Node, config};

const PEER: &str = "198.51.100.4:40000";

fn options(cseq: u32) -> String {
    request("OPTIONS", cseq, &format!("branch{cseq}"), "", "")
}

#[test]
fn the_first_message_has_to_come_in_time() {
    for (prelude, seconds, is_closed) in [("", 31, false), ("", 32, true), ("OPTIONS ", 32, true)] {
        let mut node = Node::new();
        node.open(FlowId(1), Transport::Tcp, PEER);
        node.hear(FlowId(1), prelude);
        node.advance(s(seconds));
        assert_eq!(node.take(), if is_closed { vec![Did::Close(FlowId(1))] } else { Vec::new() });
    }
}

#[test]
fn a_ping_counts_as_a_sign_of_life() {
    let mut node = Node::new();
    node.open(FlowId(1), Transport::Tcp, PEER);
    node.hear(FlowId(1), "\n\n");
    node.advance(s(60));
    assert_eq!(node.take(), [Did::Sent(FlowId(1), "\r\n".to_owned())]);
}

#[test]
fn a_stream_may_be_silent_for_as_long_as_the_limit_says() {
    let mut settings = config();
    settings.limits.stream_idle = s(600);
    for (silence, is_closed) in [(599, false), (600, true)] {
        let mut node = Node::with(settings.clone());
        node.open(FlowId(1), Transport::Tcp, PEER);
        node.hear(FlowId(1), &options(1));
        node.advance(s(500));
        node.hear(FlowId(1), &options(2));
        node.take();
        node.advance(s(silence));
        assert_eq!(node.take(), if is_closed { vec![Did::Close(FlowId(1))] } else { Vec::new() });
        assert_eq!(node.endpoint.counters().silent_streams, u64::from(is_closed));
    }
}

#[test]
fn of_many_that_say_nothing_the_oldest_go_and_the_others_are_served() {
    let mut settings = config();
    settings.limits.streams_half_open = 3;
    let mut node = Node::with(settings);
    node.open(FlowId(1), Transport::Tcp, PEER);
    node.hear(FlowId(1), &options(1));
    node.take();
    for flow in 2..=6 {
        node.open(FlowId(flow), Transport::Tcp, &format!("198.51.100.5:{}", 40_000 + flow));
    }
    assert_eq!(node.take(), [Did::Close(FlowId(2)), Did::Close(FlowId(3))]);
    node.hear(FlowId(6), &options(2));
    node.hear(FlowId(1), &options(3));
    assert_eq!(node.take_words(), [(FlowId(6), "200".to_owned()), (FlowId(1), "200".to_owned())]);
}

#[test]
fn a_flood_of_streams_from_many_machines_leaves_room_for_who_speaks() {
    let mut node = Node::new();
    let mut open = Vec::new();
    for number in 1..=5_000_u64 {
        let remote = format!("198.51.{}.{}:40000", number / 250, number % 250 + 1);
        node.open(FlowId(number), Transport::Tcp, &remote);
        open.push(FlowId(number));
        for did in node.take() {
            let Did::Close(flow) = did else { panic!("{did:?}") };
            open.retain(|known| *known != flow);
        }
    }
    assert_eq!(open.len(), 250);
    node.open(FlowId(9_000), Transport::Tcp, PEER);
    node.take();
    node.hear(FlowId(9_000), &options(1));
    assert_eq!(node.take_words(), [(FlowId(9_000), "200".to_owned())]);
    node.advance(s(33));
    assert_eq!(node.take().len(), 249, "and none of the flood stays");
}

fn ping(node: &mut Node) {
    let target = Target::new(Transport::Tcp, "203.0.113.5:5060".parse().unwrap());
    node.endpoint.options(node.now, RegistrationId(1), "sip:203.0.113.5".parse().unwrap(), target).unwrap();
}

#[test]
fn what_was_asked_for_has_to_open_in_time() {
    let mut node = Node::new();
    ping(&mut node);
    node.advance(s(9));
    assert_eq!(node.events.len(), 0);
    node.advance(s(1));
    assert!(matches!(node.events.as_slice(), [UaEvent::OptionsAnswered { code: 503, .. }]));
    assert!(node.take().contains(&Did::Close(FlowId::FIRST_CONNECTED)));
}

#[test]
fn a_peer_that_does_not_read_is_cut_off_with_what_waits_on_it() {
    const FLOW: FlowId = FlowId::FIRST_CONNECTED;
    let limit = config().limits.stream_backlog_bytes;
    for (unsent, is_cut) in [(limit, false), (limit + 1, true)] {
        let mut node = Node::new();
        ping(&mut node);
        node.open(FLOW, Transport::Tcp, "203.0.113.5:5060");
        node.take();
        node.endpoint.handle_stream_unsent(node.now, FLOW, unsent);
        assert_eq!(node.take(), if is_cut { vec![Did::Close(FLOW)] } else { Vec::new() });
        assert_eq!(node.events.len(), usize::from(is_cut), "the request has failed");
        node.endpoint.handle_stream_unsent(node.now, FLOW, unsent);
        assert_eq!(node.take(), [], "once is enough");
    }
}

#[test]
fn a_proxy_of_this_machines_own_may_bring_everybody() {
    let mut settings = config();
    settings.limits.streams_per_source = 2;
    let mut node = Node::with(settings);
    for flow in 1..=10 {
        node.open(FlowId(flow), Transport::Ws, &format!("127.0.0.1:{}", 40_000 + flow));
    }
    assert_eq!(node.take(), []);
}
