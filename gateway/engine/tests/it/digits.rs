//! Digits, both ways.

use std::time::Duration;

use engine::{CallCommand, CallFact, Refused, Reply, RtcNotice, RtcRequest, Side, SipCommand};
use media::{Direction, MediaCommand, MediaEvent, PortId};
use sip_stack::{Body, InviteId, UaEvent};

use crate::world::{ANN, CALL, World};

const EACH: Duration = Duration::from_millis(100);

fn send(digits: &str) -> RtcRequest {
    RtcRequest::SendDigits { digits: digits.to_owned(), each: EACH }
}

fn played(world: &World) -> Vec<(PortId, String)> {
    let digits = world.media.iter().filter_map(|command| match command {
        MediaCommand::SendDigits { port, digits, .. } => Some((*port, digits.clone())),
        _ => None,
    });
    digits.collect()
}

fn infos(world: &World) -> Vec<String> {
    let infos = world.sip.iter().filter_map(|command| match command {
        SipCommand::Info(_, body) => Some(String::from_utf8(body.content.to_vec()).unwrap()),
        _ => None,
    });
    infos.collect()
}

/// Talking through the trunk that takes digits by INFO.
fn talking_by_info() -> (World, InviteId) {
    let mut world = World::new();
    world.start("701").unwrap();
    let id = world.last_invite();
    world.connected(world.browser_port());
    world.answer(id, Some("v=0 answer"));
    world.negotiated(world.browser_port(), Direction::SendRecv, true);
    (world, id)
}

#[test]
fn a_browsers_digits_go_out_as_rfc_4733() {
    let (mut world, _) = World::talking();
    world.ask(ANN, CALL, send("12a#")).unwrap();
    assert_eq!(played(&world), [(world.trunk_port(), "12A#".to_owned())]);
}

#[test]
fn a_trunk_without_rfc_4733_gets_info() {
    let (mut world, _) = World::talking();
    world.negotiated(world.trunk_port(), Direction::SendRecv, false);
    world.ask(ANN, CALL, send("7")).unwrap();
    assert_eq!(infos(&world), ["Signal=7\r\nDuration=100\r\n"]);
}

#[test]
fn digits_by_info_leave_one_after_the_other() {
    let (mut world, _) = talking_by_info();
    world.command(CallCommand::SendDigits { call: CALL, digits: "12".to_owned(), each: EACH }).unwrap();
    assert_eq!(infos(&world).len(), 1);
    world.advance(Duration::from_millis(250));
    assert_eq!(infos(&world).len(), 2);
    assert!(infos(&world)[1].starts_with("Signal=2"));
}

#[test]
fn info_digits_are_bounded() {
    let (mut world, _) = talking_by_info();
    let many = "1".repeat(64);
    world.ask(ANN, CALL, send(&many)).unwrap();
    world.ask(ANN, CALL, send(&many)).unwrap();
    assert_eq!(world.ask(ANN, CALL, send(&many)), Err(Refused::LimitReached));
}

#[test]
fn a_digit_in_the_browsers_sound_becomes_info_unless_relayed() {
    let (mut world, _) = talking_by_info();
    let port = world.browser_port();
    world.media_event(MediaEvent::Digit { port, digit: '5', duration: EACH, relayed: true });
    assert!(infos(&world).is_empty());
    world.media_event(MediaEvent::Digit { port, digit: '6', duration: EACH, relayed: false });
    assert_eq!(infos(&world), ["Signal=6\r\nDuration=100\r\n"]);
}

#[test]
fn a_digit_of_the_trunk_is_told_once() {
    let (mut world, _) = World::talking();
    let port = world.trunk_port();
    world.media_event(MediaEvent::Digit { port, digit: '9', duration: EACH, relayed: true });
    let told = world.told(ANN);
    assert_eq!(told[2..], [&RtcNotice::Digit { digit: '9', duration: EACH }]);
    let fact = CallFact::Digit { digit: '9', duration: EACH, from: Side::Callee };
    assert_eq!(world.facts().iter().filter(|seen| ***seen == fact).count(), 1);
    assert!(played(&world).is_empty());
}

#[test]
fn a_digit_by_info_reaches_the_browser_as_event_and_as_rfc_4733() {
    let (mut world, id) = World::talking();
    world.negotiated(world.browser_port(), Direction::SendRecv, true);
    let content = "Signal=3\r\nDuration=200\r\n".into();
    world.sip_event(UaEvent::Info {
        id,
        body: Body { content_type: "application/dtmf-relay".to_owned(), content },
    });
    let each = Duration::from_millis(200);
    assert_eq!(world.told(ANN)[2..], [&RtcNotice::Digit { digit: '3', duration: each }]);
    assert_eq!(played(&world), [(world.browser_port(), "3".to_owned())]);
}

fn told_digits(world: &World) -> String {
    let digits = world.facts().into_iter().filter_map(|fact| match fact {
        CallFact::Digit { digit, .. } => Some(*digit),
        _ => None,
    });
    digits.collect()
}

/// A phone that sends each digit both ways, in either order.
#[test]
fn a_digit_by_info_and_in_the_sound_is_one() {
    let (mut world, id) = World::talking();
    let port = world.trunk_port();
    let info = |world: &mut World, digit: char| {
        let content = format!("Signal={digit}\r\nDuration=100\r\n").into();
        let body = Body { content_type: "application/dtmf-relay".to_owned(), content };
        world.sip_event(UaEvent::Info { id, body });
    };
    let sound = |world: &mut World, digit| {
        world.media_event(MediaEvent::Digit { port, digit, duration: EACH, relayed: true });
    };
    for digit in "155#".chars() {
        info(&mut world, digit);
        world.advance(EACH);
        sound(&mut world, digit);
        world.advance(EACH);
        sound(&mut world, digit);
        info(&mut world, digit);
        world.advance(EACH);
    }
    assert_eq!(told_digits(&world), "115555##");
    assert_eq!(world.told(ANN)[2..].len(), 8);
}

#[test]
fn what_are_no_digits_or_come_too_early_is_refused() {
    let (mut world, _) = World::talking();
    for digits in ["", "x", "12 3", &"1".repeat(65)] {
        assert_eq!(world.ask(ANN, CALL, send(digits)), Err(Refused::InvalidDigits), "{digits}");
    }
    let mut world = World::new();
    world.start("600").unwrap();
    assert_eq!(world.ask(ANN, CALL, send("1")), Err(Refused::WrongState));
    let id = world.last_invite();
    world.progress(id, 183, Some("v=0 early"));
    world.negotiated(world.trunk_port(), Direction::SendRecv, true);
    assert_eq!(world.ask(ANN, CALL, send("1")), Ok(Reply::Done));
}
