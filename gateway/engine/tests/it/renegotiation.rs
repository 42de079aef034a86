//! Re-INVITEs of the trunk never touch the browser.

use engine::{CallFact, HeldBy, RtcNotice, SipCommand};
use media::{Direction, MediaCommand, MediaEvent, Refusal};
use sip_stack::{Body, UaEvent};

use crate::world::{ANN, Ports, World};

fn answers(world: &World) -> Vec<(u16, bool)> {
    let answers = world.sip.iter().filter_map(|command| match command {
        SipCommand::AnswerReoffer(_, code, body) => Some((*code, body.is_some())),
        _ => None,
    });
    answers.collect()
}

#[test]
fn a_hold_is_answered_and_told() {
    let (mut world, id) = World::talking();
    let opened = world.opened().len();
    world.rtc.clear();
    world.sip_event(UaEvent::Reoffer { id, fork: 0, body: Some(Body::sdp("v=0 sendonly")) });
    world.negotiated(world.trunk_port(), Direction::RecvOnly, true);
    assert_eq!(answers(&world), [(200, true)]);
    assert!(matches!(world.facts().last(), Some(CallFact::Held { by: HeldBy::Far })));
    world.sip_event(UaEvent::Reoffer { id, fork: 0, body: Some(Body::sdp("v=0 sendrecv")) });
    world.negotiated(world.trunk_port(), Direction::SendRecv, true);
    assert!(matches!(world.facts().last(), Some(CallFact::Unheld { by: HeldBy::Far })));
    let held = |notice: &&RtcNotice| matches!(notice, RtcNotice::Held { by: HeldBy::Far, .. });
    assert!(world.told(ANN).iter().all(held), "the browser only hears of the hold");
    assert_eq!((world.rtc.len(), world.opened().len(), world.bridges()), (2, opened, 1));
}

#[test]
fn an_offer_that_cannot_work_is_refused_and_the_call_goes_on() {
    let (mut world, id) = World::talking();
    world.ports = Ports::Manual;
    world.sip_event(UaEvent::Reoffer { id, fork: 0, body: Some(Body::sdp("v=0 video")) });
    let port = world.trunk_port();
    world.switch.handle_media(world.now, MediaEvent::Refused { port, refusal: Refusal::NoCommonCodec });
    world.drain();
    assert_eq!(answers(&world), [(488, false)]);
    assert_eq!(world.switch.live_calls(), 1);
}

#[test]
fn a_reinvite_without_offer_gets_ours_and_its_answer_is_taken_from_the_ack() {
    let (mut world, id) = World::talking();
    world.sip_event(UaEvent::Reoffer { id, fork: 0, body: None });
    assert_eq!(answers(&world), [(200, true)]);
    world.sip_event(UaEvent::Acknowledged { id, body: Some(Body::sdp("v=0 new")) });
    let last = world.media.last();
    assert!(matches!(last, Some(MediaCommand::SetAnswer { sdp, .. }) if sdp == "v=0 new"), "{last:?}");
}
