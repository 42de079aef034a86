//! RFC 3261 §11: what somebody can, asked outside of calls and inside.

use sip_stack::message::{Method, StatusCode};
use sip_stack::{
    Availability, Config, InCall, Outgoing, OutgoingId, Package, Referrals, Services, Target, Transport,
    UaEvent,
};

use crate::call::{CALL, address, answer, invite, ms};
use crate::pair::{Pair, Side, config};

const ID: OutgoingId = OutgoingId(2);

fn able(side: Side) -> Config {
    let services = Services {
        packages: vec![Package::new("dialog")],
        referrals: Referrals::Asked,
        messages: vec!["text/plain".to_owned()],
        info_packages: vec!["foo".to_owned()],
    };
    Config { services, screen: vec![Method::Publish], ..config(side) }
}

fn ask() -> Outgoing {
    Outgoing {
        method: Method::Options,
        uri: "sip:bob@192.0.2.2".parse().unwrap(),
        target: Target::new(Transport::Udp, Side::Bob.address()).into(),
        route: Vec::new(),
        from: address("<sip:alice@192.0.2.1>"),
        to: address("<sip:bob@192.0.2.2>"),
        headers: Vec::new(),
        body: None,
        credentials: None,
    }
}

fn code(pair: &mut Pair) -> u16 {
    pair.run(ms(50));
    let events = pair.take_events(Side::Alice);
    let [UaEvent::Replied { id: ID, response }] = events.as_slice() else { panic!("{events:?}") };
    response.code.as_u16()
}

#[test]
fn the_answer_names_all_that_is_served() {
    let mut pair = Pair::with(config(Side::Alice), able(Side::Bob));
    pair.alice.send(pair.now, ID, ask()).unwrap();
    assert_eq!(code(&mut pair), 200);
    let answer = pair.seen.last().unwrap();
    let allow =
        "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, PRACK, UPDATE, NOTIFY, SUBSCRIBE, REFER, MESSAGE, PUBLISH";
    assert_eq!(answer.header("Allow"), Some(allow));
    assert_eq!(answer.header("Allow-Events"), Some("dialog, refer"));
    assert_eq!(answer.header("Accept"), Some("application/sdp, text/plain"));
    assert_eq!(answer.header("Recv-Info"), Some("foo"));
    assert!(answer.header("Supported").unwrap().contains("100rel"));
}

#[test]
fn the_answer_is_that_of_an_invite() {
    let mut pair = Pair::with(config(Side::Alice), able(Side::Bob));
    pair.bob.set_availability(Availability::Refuses(StatusCode::BUSY_HERE));
    pair.alice.send(pair.now, ID, ask()).unwrap();
    assert_eq!(code(&mut pair), 486);
    assert!(pair.seen.last().unwrap().header("Allow").is_some(), "it says what could be done otherwise");
    pair.bob.set_availability(Availability::Available);
    pair.alice.send(pair.now, ID, ask()).unwrap();
    assert_eq!(code(&mut pair), 200);
}

#[test]
fn a_peer_is_asked_inside_of_its_call() {
    let mut pair = Pair::with(config(Side::Alice), able(Side::Bob));
    talk(&mut pair);
    pair.bob.set_availability(Availability::Refuses(StatusCode::BUSY_HERE));
    let options = InCall { method: Method::Options, headers: Vec::new(), body: None };
    pair.alice.send_in_call(pair.now, ID, CALL, options).unwrap();
    assert_eq!(code(&mut pair), 200, "the call is there, whatever a new one would meet");
    assert!(pair.seen.last().unwrap().header("Allow").is_some());
    assert_eq!((pair.alice.calls(), pair.bob.calls()), (1, 1));
}

/// Alice calls and Bob answers.
fn talk(pair: &mut Pair) {
    pair.alice.invite(pair.now, CALL, invite(Transport::Udp)).unwrap();
    pair.run(ms(100));
    pair.bob.respond(pair.now, sip_stack::InviteId::FIRST_INCOMING, answer()).unwrap();
    pair.run(ms(100));
    pair.events.clear();
}
