//! A browser calls a telephone number.

use std::time::Duration;

use engine::{CallFact, CallState, Cause, EndedBy, RtcNotice, RtcRequest, SipCommand};
use media::{MediaCommand, MediaEvent, PortSpec, Refusal};
use sip_stack::UaEvent;

use crate::world::{ANN, CALL, Ports, World};

#[test]
fn a_call_rings_is_answered_and_ends() {
    let (mut world, id) = World::talking();
    assert!(matches!(&world.rtc[0].2, RtcNotice::Description { sdp } if sdp.starts_with("v=0")));
    assert_eq!(world.bridges(), 1);
    world.remote_bye(id);
    let [ringing, answered, ended] = world.told(ANN)[..] else { panic!("{:?}", world.told(ANN)) };
    assert_eq!(*ringing, RtcNotice::Ringing { early_media: false });
    assert_eq!(*answered, RtcNotice::Answered);
    assert!(matches!(ended, RtcNotice::Ended(_)));
    let outcome = world.outcome();
    assert_eq!(
        (outcome.state, outcome.by, outcome.cause),
        (CallState::Completed, EndedBy::Callee, Cause::Normal)
    );
    assert!(world.hangups(id).is_empty(), "a peer that said BYE gets none back");
    world.assert_clean();
    let facts = world.facts();
    assert!(matches!(
        facts[..],
        [CallFact::Initiated(_), CallFact::Ringing, CallFact::Answered, CallFact::Ended(_)]
    ));
    let seqs: Vec<_> = world.events.iter().map(|event| event.seq).collect();
    assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
}

#[test]
fn a_browser_is_asked_for_no_wider_sound_than_its_trunk_can_play() {
    let mut world = World::new();
    world.start("600").unwrap();
    let opened = world.opened();
    let PortSpec::WebRtc { playback_rate, .. } = opened[0].1 else { panic!("{opened:?}") };
    assert_eq!(*playback_rate, 8_000);
}

#[test]
fn the_browser_is_answered_before_the_trunk_is_tried() {
    let mut world = World::new();
    world.ports = Ports::Manual;
    world.start("600").unwrap();
    assert_eq!(world.opened().len(), 1);
    let port = world.browser_port();
    world.media_event(MediaEvent::LocalDescription { port, sdp: "v=0 answer".into() });
    assert_eq!(world.opened().len(), 2);
    assert!(world.invites().is_empty());
    let port = world.trunk_port();
    world.media_event(MediaEvent::LocalDescription { port, sdp: "v=0 offer".into() });
    let invites = world.invites();
    assert_eq!(invites[0].1.uri.to_string(), "sip:600@carrier.example");
    assert_eq!(invites[0].1.from.to_string(), "\"ann\" <sip:+4930100@carrier.example>");
    assert_eq!(invites[0].1.body.as_ref().unwrap().content, "v=0 offer");
}

#[test]
fn early_media_is_joined_before_the_answer() {
    let mut world = World::new();
    world.start("606").unwrap();
    let id = world.last_invite();
    world.progress(id, 180, None);
    world.progress(id, 183, Some("v=0 early"));
    world.progress(id, 183, Some("v=0 early"));
    assert_eq!(world.bridges(), 1);
    world.answer(id, None);
    let told = [
        RtcNotice::Ringing { early_media: false },
        RtcNotice::Ringing { early_media: true },
        RtcNotice::Answered,
    ];
    assert_eq!(world.told(ANN), told.iter().collect::<Vec<_>>());
    assert_eq!(world.bridges(), 1);
    assert!(world.switch.call(CALL).unwrap().early_media);
    assert_eq!(world.ask(ANN, CALL, RtcRequest::Hangup), Ok(engine::Reply::Done));
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::Normal);
    assert_eq!(world.outcome().by, EndedBy::Caller);
}

#[test]
fn refusals_reach_the_browser_with_their_cause() {
    for (code, cause, state) in [
        (486, Cause::Busy, CallState::Busy),
        (603, Cause::Declined, CallState::Failed),
        (404, Cause::NotFound, CallState::Failed),
        (480, Cause::Unavailable, CallState::Failed),
        (408, Cause::NoAnswer, CallState::NoAnswer),
        (503, Cause::TrunkUnreachable, CallState::Failed),
    ] {
        let mut world = World::new();
        world.start("600").unwrap();
        world.fail(world.last_invite(), code, false);
        let outcome = world.ended_notice(ANN).clone();
        assert_eq!((outcome.cause, outcome.state, outcome.sip_code), (cause, state, Some(code)));
        assert_eq!(outcome.sip_reason.as_deref(), Some("Because"));
        assert!(world.hangups(world.last_invite()).is_empty());
        world.assert_ended(cause);
    }
}

#[test]
fn an_unreachable_trunk_is_said_to_be_so() {
    let mut world = World::new();
    world.start("600").unwrap();
    world.fail(world.last_invite(), 408, true);
    world.assert_ended(Cause::TrunkUnreachable);
    assert_eq!(world.outcome().by, EndedBy::System);
}

#[test]
fn a_failing_trunk_leads_to_the_next() {
    for (code, synthetic) in [(503, false), (500, false), (408, false), (408, true)] {
        let mut world = World::new();
        world.start("+49301").unwrap();
        let first = world.last_invite();
        world.fail(first, code, synthetic);
        let second = world.last_invite();
        assert_ne!(first, second);
        assert_eq!(world.invites()[1].1.uri.to_string(), "sip:+49301@spare.example");
        world.answer(second, Some("v=0 answer"));
        assert_eq!(world.switch.call(CALL).unwrap().state, CallState::InProgress);
        world.remote_bye(second);
        world.assert_ended(Cause::Normal);
    }
}

#[test]
fn no_other_trunk_is_tried_once_sound_was_heard() {
    let mut world = World::new();
    world.start("+49301").unwrap();
    let id = world.last_invite();
    world.progress(id, 183, Some("v=0 early"));
    world.fail(id, 503, false);
    assert_eq!(world.invites().len(), 1);
    world.assert_ended(Cause::TrunkUnreachable);
}

#[test]
fn an_invite_that_cannot_be_sent_counts_as_a_failing_trunk() {
    let mut world = World::new();
    world.start("+49301").unwrap();
    let first = world.last_invite();
    world.switch.handle_sip_refused(world.now, first);
    world.drain();
    assert_eq!(world.invites().len(), 2);
    let second = world.last_invite();
    world.switch.handle_sip_refused(world.now, second);
    world.drain();
    world.assert_ended(Cause::TrunkUnreachable);
}

#[test]
fn the_caller_gives_up() {
    let mut world = World::new();
    world.start("605").unwrap();
    let id = world.last_invite();
    world.progress(id, 180, None);
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    assert_eq!(world.hangups(id), [487]);
    assert_eq!(world.ended_notice(ANN).state, CallState::Canceled);
    world.assert_ended(Cause::Canceled);
    world.fail(id, 487, false);
    world.assert_ended(Cause::Canceled);
}

#[test]
fn an_answer_that_crosses_the_cancel_is_hung_up_again() {
    let mut world = World::new();
    world.start("605").unwrap();
    let id = world.last_invite();
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    world.answer(id, Some("v=0 answer"));
    assert_eq!(world.hangups(id).len(), 2);
    world.assert_ended(Cause::Canceled);
}

#[test]
fn both_hang_up_at_once() {
    let (mut world, id) = World::talking();
    world.ask(ANN, CALL, RtcRequest::Hangup).unwrap();
    world.remote_bye(id);
    assert_eq!(world.ask(ANN, CALL, RtcRequest::Hangup), Ok(engine::Reply::Done));
    assert_eq!(world.outcome().by, EndedBy::Caller);
    world.assert_clean();
}

#[test]
fn nobody_answers_in_time() {
    let mut world = World::new();
    world.start("605").unwrap();
    let id = world.last_invite();
    world.progress(id, 180, None);
    world.advance(Duration::from_secs(59));
    assert!(world.hangups(id).is_empty());
    world.advance(Duration::from_secs(2));
    assert_eq!(world.hangups(id).len(), 1);
    assert_eq!(world.ended_notice(ANN).state, CallState::NoAnswer);
    world.assert_ended(Cause::RingTimeout);
}

#[test]
fn an_answered_call_has_no_ring_timeout() {
    let (mut world, _) = World::talking();
    world.advance(Duration::from_secs(3600));
    assert_eq!(world.switch.live_calls(), 1);
}

#[test]
fn a_description_that_cannot_work_rings_nobody() {
    for (refusal, cause) in [
        (Refusal::NoCommonCodec, Cause::NoCommonCodec),
        (Refusal::Malformed("x".to_owned()), Cause::MediaFailed),
        (Refusal::Busy, Cause::LimitReached),
    ] {
        let mut world = World::new();
        world.ports = Ports::Manual;
        world.start("600").unwrap();
        let port = world.browser_port();
        world.media_event(MediaEvent::Refused { port, refusal });
        assert!(world.invites().is_empty());
        assert_eq!(world.ended_notice(ANN).cause, cause);
        world.assert_ended(cause);
    }
}

#[test]
fn without_a_free_rtp_port_no_invite_is_sent() {
    let mut world = World::new();
    world.ports = Ports::Manual;
    world.start("600").unwrap();
    let port = world.browser_port();
    world.media_event(MediaEvent::LocalDescription { port, sdp: "v=0".into() });
    let port = world.trunk_port();
    world.media_event(MediaEvent::Refused { port, refusal: Refusal::NoFreePort });
    assert!(world.sip.is_empty());
    world.assert_ended(Cause::LimitReached);
}

#[test]
fn an_answer_without_a_common_codec_is_hung_up() {
    let mut world = World::new();
    world.start("600").unwrap();
    let id = world.last_invite();
    world.answer(id, Some("v=0 video only"));
    let port = world.trunk_port();
    world.switch.handle_media(world.now, MediaEvent::Refused { port, refusal: Refusal::NoCommonCodec });
    world.drain();
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::NoCommonCodec);
}

#[test]
fn a_useless_early_answer_does_not_spoil_the_final_one() {
    let mut world = World::new();
    world.start("600").unwrap();
    let id = world.last_invite();
    world.progress(id, 183, Some("v=0 odd"));
    let port = world.trunk_port();
    world.switch.handle_media(world.now, MediaEvent::Refused { port, refusal: Refusal::NoCommonCodec });
    world.answer(id, Some("v=0 good"));
    assert_eq!(world.switch.call(CALL).unwrap().state, CallState::InProgress);
}

#[test]
fn an_answer_without_any_description_is_hung_up() {
    let mut world = World::new();
    world.start("600").unwrap();
    let id = world.last_invite();
    world.answer(id, None);
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::MediaFailed);
}

#[test]
fn each_fork_brings_its_own_answer() {
    let mut world = World::new();
    world.start("600").unwrap();
    let id = world.last_invite();
    world.progress(id, 183, Some("v=0 one"));
    world.progress(id, 183, Some("v=0 two"));
    world.answer(id, Some("v=0 two"));
    let answers =
        world.media.iter().filter(|command| matches!(command, MediaCommand::SetAnswer { .. })).count();
    assert_eq!(answers, 3);
    assert_eq!(world.bridges(), 1);
}

#[test]
fn the_browser_goes_away() {
    let (mut world, id) = World::talking();
    world.disconnect(ANN);
    let hangup = world.sip.iter().find_map(|command| match command {
        SipCommand::Hangup(hung, hangup) if *hung == id => Some(hangup.clone()),
        _ => None,
    });
    assert_eq!(hangup.unwrap().reason.unwrap().protocol, "Q.850");
    world.assert_ended(Cause::SessionLost);
}

#[test]
fn a_failed_refresh_ends_the_call() {
    let (mut world, id) = World::talking();
    world.sip_event(UaEvent::Ended { id, by: sip_stack::EndedBy::Failure, reason: None });
    world.assert_ended(Cause::TrunkUnreachable);
    assert_eq!(world.ended_notice(ANN).state, CallState::Completed);
}

#[test]
fn candidates_reach_the_browsers_port() {
    let mut world = World::new();
    world.start("600").unwrap();
    world.ask(ANN, CALL, RtcRequest::Candidate(Some("candidate:1".to_owned()))).unwrap();
    world.ask(ANN, CALL, RtcRequest::Candidate(None)).unwrap();
    let candidates: Vec<_> = world
        .media
        .iter()
        .filter_map(|command| match command {
            MediaCommand::AddCandidate { port, candidate } => Some((*port, candidate.as_deref())),
            _ => None,
        })
        .collect();
    let port = world.browser_port();
    assert_eq!(candidates, [(port, Some("candidate:1")), (port, None)]);
}

#[test]
fn draining_ends_calls_and_admits_no_more() {
    let (mut world, id) = World::talking();
    world.switch.drain(world.now);
    world.drain();
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::GatewayRestart);
    let again = engine::CallId(uuid::Uuid::from_u128(2));
    assert_eq!(world.ask(ANN, again, crate::world::start("600")), Err(engine::Refused::Draining));
}
