//! RFC 6086: INFO of packages that both sides agreed on, beside that of old.

use sip_stack::message::header::InfoPackage;
use sip_stack::message::{Header, HeaderName, Method};
use sip_stack::{Body, CommandError, Config, InCall, InCallEvent, OutgoingId, Services, Transport, UaEvent};

use crate::call::{CALL, answer, invite, ms};
use crate::pair::{Pair, Side, config};

const ID: OutgoingId = OutgoingId(3);

fn taking(side: Side, packages: &[&str]) -> Config {
    let info_packages = packages.iter().map(|name| (*name).to_owned()).collect();
    Config { services: Services { info_packages, ..Services::default() }, ..config(side) }
}

fn body() -> Option<Body> {
    Some(Body { content_type: "application/foo".to_owned(), content: "I am a foo message".into() })
}

/// A call between two that take these packages.
fn talking(alice: &[&str], bob: &[&str]) -> Pair {
    let mut pair = Pair::with(taking(Side::Alice, alice), taking(Side::Bob, bob));
    pair.alice.invite(pair.now, CALL, invite(Transport::Udp)).unwrap();
    pair.run(ms(100));
    let id = sip_stack::InviteId::FIRST_INCOMING;
    pair.bob.respond(pair.now, id, answer()).unwrap();
    pair.run(ms(100));
    pair
}

fn taken(pair: &mut Pair, side: Side) -> Vec<String> {
    let named = |event| {
        let UaEvent::InCall(InCallEvent::RecvInfo { packages, .. }) = event else { return None };
        Some(packages.0.iter().map(|package| package.token.to_string()).collect::<Vec<_>>().join(" "))
    };
    pair.take_events(side).into_iter().filter_map(named).collect()
}

fn code(pair: &mut Pair) -> u16 {
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Replied { id: ID, response }] = events.as_slice() else { panic!("{events:?}") };
    response.code.as_u16()
}

#[test]
fn both_sides_hear_what_the_other_takes() {
    let mut pair = talking(&["P", "R"], &["R", "T"]);
    assert_eq!(taken(&mut pair, Side::Bob), ["P R"]);
    assert_eq!(taken(&mut pair, Side::Alice), ["R T"]);
}

#[test]
fn an_info_of_an_agreed_package_arrives_with_its_name() {
    let mut pair = talking(&[], &["foo"]);
    pair.events.clear();
    pair.alice.send_info(pair.now, ID, CALL, InfoPackage::new("foo"), body()).unwrap();
    pair.run(ms(100));
    assert_eq!(code(&mut pair), 200);
    let events = pair.take_events(Side::Bob);
    let [UaEvent::InCall(InCallEvent::Info { package, body: Some(told), .. })] = events.as_slice() else {
        panic!("{events:?}")
    };
    assert_eq!((package.package.as_str(), Some(told)), ("foo", body().as_ref()));
    let unknown = pair.alice.send_info(pair.now, ID, CALL, InfoPackage::new("bar"), None);
    assert_eq!(unknown, Err(CommandError::InvalidArgument), "the peer does not take it");
}

#[test]
fn another_package_is_refused_with_those_that_are_taken() {
    let mut pair = talking(&[], &["foo"]);
    pair.events.clear();
    let headers = vec![Header::new(HeaderName::InfoPackage, "bar")];
    pair.alice
        .send_in_call(pair.now, ID, CALL, InCall { method: Method::Info, headers, body: body() })
        .unwrap();
    pair.run(ms(100));
    assert_eq!(code(&mut pair), 469);
    assert_eq!(pair.seen.last().unwrap().header("Recv-Info"), Some("foo"));
    assert!(pair.take_events(Side::Bob).is_empty());
    assert_eq!(pair.alice.calls(), 1, "the call goes on");
}

#[test]
fn info_of_old_needs_no_package() {
    let mut pair = talking(&[], &["foo"]);
    pair.events.clear();
    let digit = Body { content_type: "application/dtmf-relay".to_owned(), content: "Signal=5\r\n".into() };
    pair.alice.info(pair.now, CALL, digit.clone()).unwrap();
    pair.run(ms(100));
    let events = pair.take_events(Side::Bob);
    assert!(matches!(events.as_slice(), [UaEvent::Info { body, .. }] if *body == digit), "{events:?}");
}
