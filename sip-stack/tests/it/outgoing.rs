//! Our own requests outside of calls.

use sip_stack::message::Method;
use sip_stack::{
    Body, CommandError, Credentials, Outgoing, OutgoingId, Target, Transport, UaEvent, Unreplied,
};

use crate::call::s;
use crate::lone::{Lone, PEER, header, response};

const ID: OutgoingId = OutgoingId(7);
const CHALLENGE: &str =
    "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256\n";

fn message(credentials: Option<Credentials>) -> Outgoing {
    Outgoing {
        method: Method::Message,
        uri: "sip:peer@192.0.2.9".parse().unwrap(),
        target: Target::new(Transport::Udp, PEER.parse().unwrap()).into(),
        route: Vec::new(),
        from: "<sip:alice@192.0.2.1>".parse().unwrap(),
        to: "<sip:peer@192.0.2.9>".parse().unwrap(),
        headers: Vec::new(),
        body: Some(Body { content_type: "text/plain".to_owned(), content: "hello".into() }),
        credentials,
    }
}

fn sent(outgoing: Outgoing) -> (Lone, String) {
    let mut lone = Lone::new();
    lone.endpoint.send(lone.now, ID, outgoing).unwrap();
    lone.drain();
    let text = lone.take_one();
    (lone, text)
}

#[test]
fn a_message_has_a_body_and_no_contact_and_its_response_comes_back() {
    let (mut lone, text) = sent(message(None));
    assert!(text.starts_with("MESSAGE sip:peer@192.0.2.9 SIP/2.0\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nhello") && !text.contains("Contact:"), "{text}");
    lone.hear(&response(202, &text, "p", "Expires: 5\n", ""));
    let [UaEvent::Replied { id: ID, response }] = lone.events.as_slice() else { panic!("{:?}", lone.events) };
    assert_eq!(response.code.as_u16(), 202);
    assert_eq!(lone.endpoint.send(lone.now, ID, message(None)), Ok(()), "the id is free again");
}

#[test]
fn a_challenge_is_answered_once() {
    let credentials = Credentials::password(Some("x".to_owned()), "alice", "secret");
    let (mut lone, text) = sent(message(Some(credentials)));
    lone.hear(&response(401, &text, "p", CHALLENGE, ""));
    let again = lone.take_one();
    assert!(header(&again, "Authorization").contains("username=\"alice\""));
    assert_eq!(header(&again, "CSeq"), "2 MESSAGE");
    assert_eq!(header(&again, "Call-ID"), header(&text, "Call-ID"));
    lone.hear(&response(401, &again, "p", CHALLENGE, ""));
    assert!(lone.sent.is_empty());
    assert!(
        matches!(lone.events.as_slice(), [UaEvent::Replied { response, .. }] if response.code.as_u16() == 401)
    );
}

#[test]
fn silence_is_an_end_too() {
    let (mut lone, _) = sent(message(None));
    lone.advance(s(33));
    assert!(matches!(lone.events.as_slice(), [UaEvent::Unreplied { id: ID, why: Unreplied::TimedOut }]));
}

#[test]
fn methods_of_calls_and_taken_ids_are_refused() {
    let (mut lone, _) = sent(message(None));
    assert_eq!(lone.endpoint.send(lone.now, ID, message(None)), Err(CommandError::IdTaken));
    let invite = Outgoing { method: Method::Invite, ..message(None) };
    assert_eq!(lone.endpoint.send(lone.now, OutgoingId(8), invite), Err(CommandError::InvalidArgument));
}
