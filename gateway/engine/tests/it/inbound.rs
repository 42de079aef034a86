//! A telephone calls a user.

use std::time::Duration;

use engine::{CallId, CallState, Cause, EndedBy, Grants, Refused, RejectCause, RtcNotice, RtcRequest};
use media::{MediaCommand, MediaEvent, PortSpec, Refusal};
use sip_stack::{Body, InviteId, UaEvent};

use crate::world::{ANN, ANN_TOO, BOB, CARRIER, Ports, SPARE, World, accept};

const DID: &str = "+4930100";
const OFFER: Option<&str> = Some("v=0 offer");

fn ringing() -> (World, InviteId, CallId) {
    let mut world = World::new();
    world.connect(ANN_TOO, "ann", Grants::all());
    world.connect(BOB, "bob", Grants::all());
    let id = world.incoming(CARRIER, DID, OFFER);
    let call = world.events[0].call;
    (world, id, call)
}

fn reject(cause: RejectCause) -> RtcRequest {
    RtcRequest::Reject { cause }
}

#[test]
fn every_session_of_the_user_rings_and_nobody_elses() {
    let (world, id, _) = ringing();
    assert_eq!(world.responses(id), [180]);
    for session in [ANN, ANN_TOO] {
        let [RtcNotice::Incoming { from, from_name, to }] = world.told(session)[..] else { panic!() };
        assert_eq!((from.as_str(), from_name.as_deref(), to.as_str()), ("+4930777", Some("Carol"), DID));
    }
    assert!(world.told(BOB).is_empty());
}

#[test]
fn the_first_to_accept_wins_and_the_trunk_is_answered_when_its_sound_can_flow() {
    let (mut world, id, call) = ringing();
    world.ask(ANN_TOO, call, accept()).unwrap();
    assert_eq!(world.ended_notice(ANN).cause, Cause::AnsweredElsewhere);
    assert_eq!(world.ask(ANN, call, accept()), Err(Refused::WrongState));
    assert_eq!(world.responses(id), [180]);
    world.connected(world.browser_port());
    assert_eq!(world.responses(id), [180, 200]);
    assert_eq!(world.bridges(), 1);
    assert_eq!(*world.told(ANN_TOO)[1], RtcNotice::Answered);
    assert_eq!(world.switch.call(call).unwrap().state, CallState::InProgress);
    world.ask(ANN_TOO, call, RtcRequest::Hangup).unwrap();
    assert_eq!(world.outcome().by, EndedBy::Callee);
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::Normal);
}

#[test]
fn the_trunk_is_answered_all_the_same_when_the_browser_connects_late() {
    let (mut world, id, call) = ringing();
    world.ask(ANN, call, accept()).unwrap();
    world.advance(Duration::from_millis(1900));
    assert_eq!(world.responses(id), [180]);
    world.advance(Duration::from_millis(200));
    assert_eq!(world.responses(id), [180, 200]);
    world.connected(world.browser_port());
    world.advance(Duration::from_secs(60));
    assert_eq!(world.switch.live_calls(), 1);
}

#[test]
fn a_browser_that_never_connects_ends_the_call() {
    let (mut world, id, call) = ringing();
    world.ask(ANN, call, accept()).unwrap();
    world.advance(Duration::from_secs(20));
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::MediaFailed);
}

#[test]
fn without_a_session_the_trunk_hears_480_and_the_call_is_known_as_missed() {
    let mut world = World::new();
    world.disconnect(ANN);
    let id = world.incoming(CARRIER, DID, OFFER);
    assert_eq!(world.hangups(id), [480]);
    world.assert_ended(Cause::Unavailable);
}

#[test]
fn sessions_that_may_not_be_called_do_not_ring() {
    let mut world = World::new();
    world.disconnect(ANN);
    world.connect(ANN, "ann", Grants { inbound: false, ..Grants::all() });
    let id = world.incoming(CARRIER, DID, OFFER);
    assert_eq!(world.hangups(id), [480]);
    world.assert_ended(Cause::Unavailable);
}

#[test]
fn strangers_and_unknown_numbers_are_refused() {
    let mut world = World::new();
    let id = world.incoming("203.0.113.1:5060", DID, OFFER);
    assert_eq!(world.hangups(id), [403]);
    let id = world.incoming(CARRIER, "+4930999", OFFER);
    assert_eq!(world.hangups(id), [404]);
    world.assert_clean();
}

#[test]
fn a_user_is_reached_by_name_and_from_any_trunk() {
    let mut world = World::new();
    let id = world.incoming(SPARE, "ann", OFFER);
    assert_eq!(world.responses(id), [180]);
    let other_port = world.incoming("192.0.2.10:49152", "4930100", OFFER);
    assert_eq!(world.responses(other_port), [180]);
}

#[test]
fn when_all_refuse_the_line_is_busy() {
    for cause in [RejectCause::Busy, RejectCause::Declined] {
        let (mut world, id, call) = ringing();
        world.ask(ANN, call, reject(cause)).unwrap();
        assert!(world.hangups(id).is_empty());
        world.ask(ANN_TOO, call, reject(cause)).unwrap();
        assert_eq!(world.hangups(id), [486]);
        world.assert_clean();
    }
}

#[test]
fn a_closed_page_beside_a_busy_one_is_busy() {
    let (mut world, id, call) = ringing();
    world.ask(ANN, call, reject(RejectCause::Busy)).unwrap();
    world.disconnect(ANN_TOO);
    assert_eq!(world.hangups(id), [486]);
    world.assert_ended(Cause::Busy);
}

#[test]
fn when_all_pages_close_the_user_is_unavailable() {
    let (mut world, id, _) = ringing();
    world.disconnect(ANN);
    world.disconnect(ANN_TOO);
    assert_eq!(world.hangups(id), [480]);
    world.assert_ended(Cause::Unavailable);
}

#[test]
fn the_caller_gives_up() {
    let (mut world, id, call) = ringing();
    world.sip_event(UaEvent::Canceled { id, reason: None });
    for session in [ANN, ANN_TOO] {
        assert_eq!(world.ended_notice(session).cause, Cause::Canceled);
    }
    assert_eq!(world.ask(ANN, call, accept()), Err(Refused::WrongState));
    assert!(world.hangups(id).is_empty());
    world.assert_ended(Cause::Canceled);
}

#[test]
fn nobody_takes_it_in_time() {
    let (mut world, id, _) = ringing();
    world.advance(Duration::from_secs(61));
    assert_eq!(world.hangups(id), [480]);
    assert_eq!(world.outcome().state, CallState::NoAnswer);
    world.assert_ended(Cause::RingTimeout);
}

#[test]
fn an_offer_that_cannot_work_rings_nobody() {
    let mut world = World::new();
    world.ports = Ports::Manual;
    let id = world.incoming(CARRIER, DID, OFFER);
    let port = world.trunk_port();
    world.media_event(MediaEvent::Refused { port, refusal: Refusal::NoCommonCodec });
    assert_eq!(world.hangups(id), [488]);
    assert!(world.rtc.is_empty());
    world.assert_ended(Cause::NoCommonCodec);
}

#[test]
fn a_browsers_bad_offer_ends_the_call() {
    let (mut world, id, call) = ringing();
    world.ports = Ports::Manual;
    world.ask(ANN, call, accept()).unwrap();
    let port = world.browser_port();
    world.media_event(MediaEvent::Refused { port, refusal: Refusal::NoAudio });
    assert_eq!(world.hangups(id), [488]);
    world.assert_clean();
}

#[test]
fn a_late_offer_is_made_in_the_200_and_answered_in_the_ack() {
    let mut world = World::new();
    let id = world.incoming(CARRIER, DID, None);
    let call = world.events[0].call;
    assert!(matches!(world.opened()[0].1, PortSpec::RtpOffer { .. }));
    world.ask(ANN, call, accept()).unwrap();
    world.connected(world.browser_port());
    assert_eq!(world.responses(id), [180, 200]);
    assert_eq!(world.bridges(), 0);
    world.sip_event(UaEvent::Acknowledged { id, body: Some(Body::sdp("v=0 answer")) });
    assert!(world.media.iter().any(|command| matches!(command, MediaCommand::SetAnswer { .. })));
    assert_eq!(world.bridges(), 1);
}

#[test]
fn a_late_offer_that_stays_unanswered_ends_the_call() {
    let mut world = World::new();
    let id = world.incoming(CARRIER, DID, None);
    let call = world.events[0].call;
    world.ask(ANN, call, accept()).unwrap();
    world.connected(world.browser_port());
    world.sip_event(UaEvent::Acknowledged { id, body: None });
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::MediaFailed);
}

#[test]
fn a_200_without_ack_ends_the_call() {
    let (mut world, id, call) = ringing();
    world.ask(ANN, call, accept()).unwrap();
    world.connected(world.browser_port());
    world.sip_event(UaEvent::Ended { id, by: sip_stack::EndedBy::Failure, reason: None });
    assert_eq!(world.ended_notice(ANN).cause, Cause::TrunkUnreachable);
    world.assert_clean();
}
