//! The limits of a message: taken at the limit, refused one past it, with the code that says why.

use sip_stack::message::TypedHeader;
use sip_stack::message::header::RetryAfter;
use sip_stack::message::limits::{
    BODY_BYTES_MAX, COMMENT_DEPTH_MAX, HEAD_BYTES_MAX, HEADER_LINES_MAX, LINE_BYTES_MAX, LIST_VALUES_MAX,
    PARAMS_MAX, URI_BYTES_MAX, VIA_VALUES_MAX,
};

use crate::call::s;
use crate::lone::request;
use crate::wire::{Way, Wire};

fn options(more: &str) -> String {
    request("OPTIONS", 1, "a", "", more)
}

/// What the endpoint answers, the same over every way; whether the stream is closed.
fn outcome(text: &str) -> (Vec<u16>, bool) {
    let octets = text.replace('\n', "\r\n");
    let [datagram, whole, by_byte, tls, frame] = Way::ALL.map(|way| {
        let mut wire = Wire::new(way);
        wire.hear(octets.as_bytes());
        (wire.codes(), wire.is_closed)
    });
    assert_eq!((&whole, &whole), (&by_byte, &tls));
    assert_eq!((&datagram.0, &datagram), (&whole.0, &frame));
    whole
}

fn taken() -> (Vec<u16>, bool) {
    (vec![200], false)
}

fn refused(code: u16) -> (Vec<u16>, bool) {
    (vec![code], false)
}

#[test]
fn a_line() {
    let line = |len: usize| options(&format!("X: {}\n", "x".repeat(len - "X: ".len())));
    assert_eq!(outcome(&line(LINE_BYTES_MAX)), taken());
    assert_eq!(outcome(&line(LINE_BYTES_MAX + 1)), refused(513));
    let folded = |len: usize| options(&format!("X: a\n {}\n", "x".repeat(len - "X: a\r\n ".len())));
    assert_eq!(outcome(&folded(LINE_BYTES_MAX)), taken());
    assert_eq!(outcome(&folded(LINE_BYTES_MAX + 1)), refused(513));
}

#[test]
fn the_number_of_headers() {
    let own = options("").lines().filter(|line| line.contains(": ")).count();
    let lines = |count: usize| options(&"X: x\n".repeat(count - own));
    assert_eq!(outcome(&lines(HEADER_LINES_MAX)), taken());
    assert_eq!(outcome(&lines(HEADER_LINES_MAX + 1)), refused(513));
}

#[test]
fn the_head() {
    let head = |len: usize| {
        let lines = "X: xxxxxxxxxx\n".repeat(8) + &format!("Y: {}\n", "y".repeat(8000)).repeat(4);
        let rest = len - options(&(lines.clone() + "Z: \n")).replace('\n', "\r\n").len();
        options(&(lines + &format!("Z: {}\n", "z".repeat(rest))))
    };
    assert_eq!(outcome(&head(HEAD_BYTES_MAX)), taken());
    let (codes, closed) = outcome(&head(HEAD_BYTES_MAX + 1));
    assert_eq!((codes, closed), (vec![513], true), "what has no end has no next message");
}

#[test]
fn the_via_values() {
    let vias = |count: usize| options(&"Via: SIP/2.0/UDP a.example\n".repeat(count - 1));
    assert_eq!(outcome(&vias(VIA_VALUES_MAX)), taken());
    assert_eq!(outcome(&vias(VIA_VALUES_MAX + 1)), refused(483));
    let in_one_line = format!("Via: SIP/2.0/UDP a{}\n", ", SIP/2.0/UDP a".repeat(VIA_VALUES_MAX - 1));
    assert_eq!(outcome(&options(&in_one_line)), refused(483));
}

#[test]
fn the_values_of_a_list() {
    let routes = |count: usize| options(&format!("Route: <sip:a>{}\n", ",<sip:a>".repeat(count - 1)));
    assert_eq!(outcome(&routes(LIST_VALUES_MAX)), taken());
    assert_eq!(outcome(&routes(LIST_VALUES_MAX + 1)), refused(400));
}

#[test]
fn the_parameters_of_a_value() {
    let params = |count: usize| options(&format!("Route: <sip:a>{}\n", ";p".repeat(count)));
    assert_eq!(outcome(&params(PARAMS_MAX)), taken());
    assert_eq!(outcome(&params(PARAMS_MAX + 1)), refused(400));
}

#[test]
fn the_headers_of_a_uri() {
    let headers = |count: usize| options(&format!("Route: <sip:a?h=0{}>\n", "&h=0".repeat(count - 1)));
    assert_eq!(outcome(&headers(PARAMS_MAX)), taken());
    assert_eq!(outcome(&headers(PARAMS_MAX + 1)), refused(400));
}

#[test]
fn comments_in_comments() {
    let value = |depth: usize| format!("5 {}{}", "(".repeat(depth), ")".repeat(depth));
    assert!(RetryAfter::parse(&value(COMMENT_DEPTH_MAX)).is_ok());
    assert!(RetryAfter::parse(&value(COMMENT_DEPTH_MAX + 1)).is_err());
}

#[test]
fn the_request_uri() {
    let uri = |len: usize| {
        let uri = format!("sip:{}@192.0.2.1", "a".repeat(len - "sip:@192.0.2.1".len()));
        options("").replace("OPTIONS sip:alice@192.0.2.1", &format!("OPTIONS {uri}"))
    };
    assert_eq!(outcome(&uri(URI_BYTES_MAX)), taken());
    assert_eq!(outcome(&uri(URI_BYTES_MAX + 1)), refused(414));
}

fn with_body(len: usize) -> String {
    options("").replace("Content-Length: 0", &format!("Content-Length: {len}")) + &"x".repeat(len)
}

#[test]
fn the_body() {
    assert_eq!(outcome(&with_body(BODY_BYTES_MAX)), taken());
    let (codes, closed) = outcome(&with_body(BODY_BYTES_MAX + 1));
    assert_eq!((codes, closed), (vec![413], true), "the stream is not read to the end of it");
}

#[test]
fn the_message_as_the_owner_wants_it() {
    let text = with_body(100).replace('\n', "\r\n");
    for (limit, code) in [(text.len(), 200), (text.len() - 1, 513)] {
        for way in Way::ALL {
            let mut wire = Wire::with(way, |config| config.limits.message_bytes = limit);
            wire.hear(text.as_bytes());
            assert_eq!((wire.codes(), wire.is_closed), (vec![code], false), "{way:?}");
        }
    }
}

#[test]
fn the_time_of_a_message_on_a_stream() {
    let text = options("").replace('\n', "\r\n");
    for (seconds, code) in [(31, Some(200)), (32, None)] {
        let mut wire = Wire::new(Way::StreamWhole);
        let (most, last) = text.split_at(text.len() - 1);
        wire.hear(&most.as_bytes()[..1]);
        wire.advance(s(seconds - 1));
        wire.hear(&most.as_bytes()[1..]);
        wire.advance(s(1));
        wire.hear(last.as_bytes());
        assert_eq!((wire.codes().last().copied(), wire.is_closed), (code, code.is_none()));
    }
}

#[test]
fn a_stream_that_is_silent_between_messages_stays() {
    let mut wire = Wire::new(Way::StreamByByte);
    wire.hear(options("").replace('\n', "\r\n").as_bytes());
    wire.advance(s(3600));
    assert!(!wire.is_closed);
}

#[test]
fn an_ack_is_never_answered() {
    for text in [
        options("").replace("OPTIONS", "ACK").replace("Content-Length: 0\n", ""),
        options("").replace("OPTIONS", "ACK").replace("Content-Length: 0", "Content-Length: five"),
        options("").replace("OPTIONS", "ACK").replace("Content-Length: 0", "Content-Length: 99999"),
    ] {
        for way in [Way::StreamWhole, Way::StreamByByte] {
            let mut wire = Wire::new(way);
            wire.hear(text.replace('\n', "\r\n").as_bytes());
            assert!(wire.codes().is_empty() && wire.is_closed, "{text}");
        }
    }
}
