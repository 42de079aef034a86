//! SIP over WebSocket (RFC 7118): one message a frame, and nobody to call back.

use sip_stack::{Body, CommandError, FlowId, InviteId, Respond, Target, Transport, UaEvent};

use crate::call::{CALL, hangup, invite, s};
use crate::lone::{header, request, response};
use crate::node::{Did, Node};

const BROWSER: FlowId = FlowId(7);
const FROM: &str = "198.51.100.4:50123";

/// A browser's words: it does not know its address, and writes no Content-Length.
fn of_browser(method: &str, cseq: u32, branch: &str, to_tag: &str) -> String {
    request(method, cseq, branch, to_tag, "")
        .replace("SIP/2.0/UDP 192.0.2.9:5060", "SIP/2.0/WSS df7jal23ls0d.invalid")
        .replace("Contact: <sip:peer@192.0.2.9>", "Contact: <sip:peer@df7jal23ls0d.invalid;transport=ws>")
        .replace("Content-Length: 0\n", "")
}

fn connected() -> Node {
    let mut node = Node::new();
    node.open(BROWSER, Transport::Wss, FROM);
    node
}

fn answer(node: &mut Node) -> InviteId {
    let [UaEvent::Incoming { id, source, .. }] = node.events.as_slice() else { panic!("{:?}", node.events) };
    assert_eq!((source.transport, source.flow), (Transport::Wss, Some(BROWSER)));
    let id = *id;
    let ok = Respond { code: 200, reason: None, headers: Vec::new(), body: Some(Body::sdp("v=0")) };
    node.endpoint.respond(node.now, id, ok).unwrap();
    id
}

#[test]
fn a_message_needs_no_content_length() {
    let mut node = connected();
    node.hear(BROWSER, &of_browser("OPTIONS", 1, "a", ""));
    let (flow, sent) = node.take_sent();
    assert_eq!(flow, BROWSER);
    assert!(sent.starts_with("SIP/2.0 200 "), "{sent}");
    assert!(header(&sent, "Via").starts_with("SIP/2.0/WSS df7jal23ls0d.invalid;"), "{sent}");
}

#[test]
fn a_frame_ends_its_message() {
    let mut node = connected();
    let text = of_browser("OPTIONS", 1, "a", "");
    let (half, rest) = text.split_at(text.len() / 2);
    node.hear(BROWSER, half);
    assert_eq!(node.take_words(), [(BROWSER, "400".to_owned())], "half a message is no message");
    node.hear(BROWSER, rest);
    assert_eq!(node.take_words(), []);
    node.hear(BROWSER, &(of_browser("OPTIONS", 2, "b", "") + &of_browser("OPTIONS", 3, "c", "")));
    assert_eq!(node.take_words(), [(BROWSER, "200".to_owned())], "one message a frame");
}

#[test]
fn a_double_line_end_is_a_ping_of_its_own() {
    let mut node = connected();
    node.hear(BROWSER, "\n\n");
    assert_eq!(node.take(), [Did::Sent(BROWSER, "\r\n".to_owned())]);
    node.hear(BROWSER, "\n");
    assert_eq!(node.take(), []);
}

#[test]
fn requests_inside_the_dialog_go_back_on_the_browsers_stream() {
    let mut node = connected();
    node.hear(BROWSER, &of_browser("INVITE", 1, "a", ""));
    let id = answer(&mut node);
    let did = node.take();
    let Some(Did::Sent(BROWSER, ok)) = did.last() else { panic!("{did:?}") };
    assert_eq!(header(ok, "Contact"), "<sip:alice@192.0.2.1:443;transport=ws>");
    let tag = header(ok, "To").split(";tag=").nth(1).unwrap().to_owned();
    node.hear(BROWSER, &of_browser("ACK", 1, "ack", &tag));
    node.endpoint.hangup(node.now, id, hangup(0)).unwrap();
    let (flow, bye) = node.take_sent();
    assert_eq!(flow, BROWSER);
    assert!(bye.starts_with("BYE sip:peer@df7jal23ls0d.invalid;transport=ws SIP/2.0"), "{bye}");
    assert!(header(&bye, "Via").starts_with("SIP/2.0/WSS 192.0.2.1:443;"), "{bye}");
}

#[test]
fn a_browser_that_left_is_not_called_back() {
    let mut node = connected();
    node.hear(BROWSER, &of_browser("INVITE", 1, "a", ""));
    let id = answer(&mut node);
    node.take();
    node.closed(BROWSER);
    node.events.clear();
    node.endpoint.hangup(node.now, id, hangup(0)).unwrap();
    node.advance(s(60));
    assert_eq!(node.take(), []);
    assert!(matches!(node.events.as_slice(), [UaEvent::Ended { .. }]), "{:?}", node.events);
}

#[test]
fn a_call_to_a_browser_names_its_stream() {
    let mut node = connected();
    let mut call = invite(Transport::Wss);
    call.target =
        Target { transport: Transport::Wss, remote: FROM.parse().unwrap(), flow: Some(BROWSER) }.into();
    node.endpoint.invite(node.now, CALL, call.clone()).unwrap();
    let (flow, sent) = node.take_sent();
    assert_eq!(flow, BROWSER);
    node.hear(BROWSER, &response(486, &sent, "b", "", ""));
    assert!(matches!(node.events.as_slice(), [UaEvent::Failed { code: 486, .. }]), "{:?}", node.events);
    assert_eq!(node.take_words(), [(BROWSER, "ACK".to_owned())]);
    node.closed(BROWSER);
    assert_eq!(node.endpoint.invite(node.now, CALL, call), Err(CommandError::FlowGone));
}
