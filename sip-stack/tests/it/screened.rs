//! Requests outside of calls that the owner answers itself.

use std::time::Duration;

use sip_stack::message::{Header, HeaderName, Method};
use sip_stack::{Body, CommandError, Reply, RequestId, UaEvent};

use crate::call::s;
use crate::lone::{Lone, config, header, request};

fn asking(methods: &[Method]) -> Lone {
    let mut settings = config();
    settings.screen = methods.to_vec();
    Lone::with(settings)
}

fn asked(lone: &Lone) -> RequestId {
    let Some(UaEvent::Requested { id, .. }) = lone.events.last() else { panic!("{:?}", lone.events) };
    *id
}

#[test]
fn the_owner_answers_with_headers_and_a_body() {
    let mut lone = asking(&[Method::Register]);
    lone.hear(&request("REGISTER", 1, "a", "", "Supported: path\n"));
    let id = asked(&lone);
    assert!(lone.sent.is_empty(), "nothing is said before the owner's word");
    let contact = Header::new(HeaderName::Contact, "<sip:peer@192.0.2.9>;expires=60");
    let body = Body { content_type: "text/plain".to_owned(), content: "hello".into() };
    let reply = Reply { headers: vec![contact], body: Some(body), ..Reply::new(200) };
    lone.endpoint.reply(lone.now, id, reply).unwrap();
    lone.drain();
    let answer = lone.take_one();
    assert!(answer.starts_with("SIP/2.0 200 OK"), "{answer}");
    assert_eq!(header(&answer, "Contact"), "<sip:peer@192.0.2.9>;expires=60");
    assert!(header(&answer, "To").contains(";tag="));
    assert!(answer.ends_with("\r\n\r\nhello"));
    assert_eq!(lone.endpoint.reply(lone.now, id, Reply::new(200)), Err(CommandError::UnknownId));
}

#[test]
fn a_repeated_request_is_asked_about_once() {
    let mut lone = asking(&[Method::Message]);
    let text = request("MESSAGE", 1, "a", "", "");
    lone.hear(&text);
    lone.hear(&text);
    assert_eq!(lone.events.len(), 1);
    lone.endpoint.reply(lone.now, asked(&lone), Reply::new(404)).unwrap();
    lone.drain();
    let answer = lone.take_one();
    lone.hear(&text);
    assert_eq!(lone.take_one(), answer, "the transaction repeats the response");
}

#[test]
fn a_served_invite_makes_a_call_and_options_is_answered() {
    let mut lone = asking(&[Method::Invite, Method::Options]);
    lone.hear(&request("OPTIONS", 1, "a", "", ""));
    lone.endpoint.serve(lone.now, asked(&lone)).unwrap();
    lone.drain();
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK"]);
    lone.hear(&request("INVITE", 2, "b", "", "").replace("peers-call", "another"));
    lone.endpoint.serve(lone.now, asked(&lone)).unwrap();
    lone.drain();
    assert_eq!(lone.take_lines(), ["SIP/2.0 100 Trying"]);
    assert!(matches!(lone.events.last(), Some(UaEvent::Incoming { .. })));
}

#[test]
fn a_served_request_that_nobody_understands_is_refused() {
    let mut lone = asking(&[Method::Register]);
    lone.hear(&request("REGISTER", 1, "a", "", ""));
    lone.endpoint.serve(lone.now, asked(&lone)).unwrap();
    lone.drain();
    assert!(lone.take_one().starts_with("SIP/2.0 405 "));
}

#[test]
fn an_invite_that_waits_hears_100_and_may_be_canceled() {
    let mut lone = asking(&[Method::Invite]);
    lone.hear(&request("INVITE", 1, "a", "", ""));
    let id = asked(&lone);
    lone.advance(Duration::from_millis(199));
    assert!(lone.sent.is_empty());
    lone.advance(Duration::from_millis(2));
    assert_eq!(lone.take_lines(), ["SIP/2.0 100 Trying"]);
    lone.hear(&request("CANCEL", 1, "a", "", ""));
    assert_eq!(lone.take_lines(), ["SIP/2.0 200 OK", "SIP/2.0 487 Request Terminated"]);
    assert!(matches!(lone.events.last(), Some(UaEvent::RequestCanceled { .. })));
    assert_eq!(lone.endpoint.serve(lone.now, id), Err(CommandError::UnknownId));
}

#[test]
fn a_request_that_the_owner_forgets_is_forgotten_without_a_final_response() {
    let mut lone = asking(&[Method::Message]);
    lone.hear(&request("MESSAGE", 1, "a", "", ""));
    let id = asked(&lone);
    lone.advance(s(40));
    assert_eq!(lone.take_lines(), ["SIP/2.0 100 Trying"], "a late 408 would do harm (RFC 4320)");
    assert_eq!(lone.endpoint.transactions(), 0);
    assert_eq!(lone.endpoint.reply(lone.now, id, Reply::new(200)), Err(CommandError::UnknownId));
}

#[test]
fn words_of_the_transaction_are_not_the_owners() {
    let mut lone = asking(&[Method::Message]);
    lone.hear(&request("MESSAGE", 1, "a", "", ""));
    let reply = Reply { headers: vec![Header::new(HeaderName::CSeq, "9 MESSAGE")], ..Reply::new(200) };
    assert_eq!(lone.endpoint.reply(lone.now, asked(&lone), reply), Err(CommandError::InvalidArgument));
    assert_eq!(
        lone.endpoint.reply(lone.now, asked(&lone), Reply::new(99)),
        Err(CommandError::InvalidArgument)
    );
}
