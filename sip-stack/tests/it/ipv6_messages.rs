//! RFC 5118: IPv6 addresses where messages may have them, and where they may not.

use std::net::Ipv6Addr;

use bytes::Bytes;
use sip_stack::message::header::{Contact, Via};
use sip_stack::message::validate::receive;
use sip_stack::message::{Host, Message, Request};

fn register(uri: &str, via: &str, contact: &str) -> Result<Request, u16> {
    let text = format!(
        "REGISTER {uri} SIP/2.0\nTo: <sip:user@example.com>\nFrom: <sip:user@example.com>;tag=81x2\nVia: {via}\n\
         Call-ID: SSG9559905523997077@hlau_4100\nMax-Forwards: 70\nContact: {contact}\nCSeq: 98176 REGISTER\n\
         Content-Length: 0\n\n"
    );
    match receive(Bytes::from(text.replace('\n', "\r\n"))) {
        Ok(Message::Request(request)) => Ok(request),
        Ok(Message::Response(_)) => panic!("a response"),
        Err(refusal) => Err(refusal.response.expect("a request is answered").code.as_u16()),
    }
}

const VIA: &str = "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111";
const CONTACT: &str = "\"Caller\" <sip:caller@[2001:db8::1]>";

fn v6(text: &str) -> Host {
    Host::V6(text.parse::<Ipv6Addr>().unwrap())
}

#[test]
fn an_address_in_brackets_is_a_host() {
    let request = register("sip:[2001:db8::10]", VIA, CONTACT).unwrap();
    assert_eq!((&request.uri.host, request.uri.port), (&v6("2001:db8::10"), None));
    let contact = request.headers.typed::<Contact>().unwrap().unwrap();
    assert_eq!(contact.address().unwrap().uri.host, v6("2001:db8::1"));
}

#[test]
fn without_brackets_it_is_none() {
    assert_eq!(register("sip:2001:db8::10", VIA, CONTACT).unwrap_err(), 400);
    assert_eq!(register("sip:example.com", VIA, "<sip:caller@2001:db8::1>").unwrap_err(), 400);
    assert_eq!(
        register("sip:example.com", "SIP/2.0/UDP 2001:db8::9:1;branch=z9hG4bK1", CONTACT).unwrap_err(),
        400
    );
}

#[test]
fn what_stands_in_the_brackets_is_the_address_and_what_follows_them_is_the_port() {
    let inside = register("sip:[2001:db8::10:5070]", VIA, CONTACT).unwrap();
    assert_eq!((inside.uri.host, inside.uri.port), (v6("2001:db8::10:5070"), None));
    let behind = register("sip:[2001:db8::10]:5070", VIA, CONTACT).unwrap();
    assert_eq!((behind.uri.host, behind.uri.port), (v6("2001:db8::10"), Some(5070)));
}

#[test]
fn received_comes_with_brackets_and_without() {
    for received in ["2001:db8::9:255", "[2001:db8::9:255]"] {
        let via = format!("SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKas3-111");
        let request = register("sip:[2001:db8::10]", &via, CONTACT).unwrap();
        let via = request.headers.typed::<Via>().unwrap().unwrap();
        assert_eq!(via.received(), Some("2001:db8::9:255".parse().unwrap()));
        assert_eq!(via.host, v6("2001:db8::9:1"));
    }
}

#[test]
fn addresses_of_both_families_and_mapped_ones_stand_side_by_side() {
    let via = "SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781";
    let contacts = "<sip:user@[::ffff:192.0.2.10]:5060>, <sip:user@192.0.2.10>";
    let request = register("sip:[::ffff:192.0.2.10]", via, contacts).unwrap();
    let hosts: Vec<_> = request.headers.typed_all::<Via>().unwrap().into_iter().map(|via| via.host).collect();
    assert_eq!(hosts, [v6("2001:db8::9:1"), Host::V4([192, 0, 2, 1].into())]);
    assert_eq!(request.uri.host, v6("::ffff:192.0.2.10"));
    assert_eq!(Message::parse(request.to_bytes()), Ok(Message::Request(request)));
}

#[test]
fn one_colon_more_is_no_address() {
    assert_eq!(register("sip:[2001:db8:::192.0.2.1]", VIA, CONTACT).unwrap_err(), 400);
    assert!(register("sip:[2001:db8::192.0.2.1]", VIA, CONTACT).is_ok());
}
