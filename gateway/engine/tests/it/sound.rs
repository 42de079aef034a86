//! What the media workers report.

use std::time::Duration;

use engine::{CallCommand, CallFact, Cause, MutedBy, RtcNotice, RtcRequest};
use media::{Direction, MediaCommand, MediaEvent, Stats};

use crate::world::{ANN, CALL, World};

#[test]
fn a_trunk_that_falls_silent_counts_as_dead() {
    let (mut world, id) = World::talking();
    let port = world.trunk_port();
    world.media_event(MediaEvent::Silence { port, since: Duration::from_secs(10) });
    assert_eq!(world.switch.live_calls(), 1);
    world.media_event(MediaEvent::Silence { port, since: Duration::from_secs(30) });
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::MediaTimeout);
}

#[test]
fn silence_while_it_holds_is_none() {
    let (mut world, _) = World::talking();
    let port = world.trunk_port();
    world.negotiated(port, Direction::Inactive, true);
    world.media_event(MediaEvent::Silence { port, since: Duration::from_secs(300) });
    assert_eq!(world.switch.live_calls(), 1);
}

#[test]
fn a_browser_whose_connection_is_lost_may_come_back() {
    let (mut world, _) = World::talking();
    let port = world.browser_port();
    world.media_event(MediaEvent::Disconnected { port });
    world.advance(Duration::from_secs(10));
    world.connected(port);
    world.advance(Duration::from_secs(60));
    assert_eq!(world.switch.live_calls(), 1);
    world.media_event(MediaEvent::Disconnected { port });
    world.advance(Duration::from_secs(31));
    world.assert_ended(Cause::MediaFailed);
}

#[test]
fn a_port_that_closes_by_itself_ends_the_call() {
    let (mut world, id) = World::talking();
    let port = world.trunk_port();
    world.media_event(MediaEvent::Closed { port });
    assert_eq!(world.hangups(id).len(), 1);
    world.assert_ended(Cause::MediaFailed);
}

#[test]
fn quality_of_both_sides_is_told_each_second() {
    let (mut world, _) = World::talking();
    let (browser, trunk) = (world.browser_port(), world.trunk_port());
    let stats = |codec, level_dbov| Stats { codec, level_dbov, packets_received: 50, ..Stats::default() };
    world.media_event(MediaEvent::Stats { port: trunk, stats: stats("PCMU", -20.0) });
    world.media_event(MediaEvent::Stats { port: browser, stats: stats("opus", -30.0) });
    let told: Vec<_> =
        world.rtc.iter().filter(|(.., notice)| matches!(notice, RtcNotice::Quality { .. })).collect();
    assert_eq!(told.len(), 1);
    let RtcNotice::Quality { browser: Some(browser), trunk: Some(trunk) } = &told[0].2 else { panic!() };
    assert_eq!((browser.codec, browser.level_dbov), ("opus", -30.0));
    assert_eq!((trunk.codec, trunk.level_dbov), ("PCMU", -20.0));
}

#[test]
fn mute_is_told_to_listeners_and_kept_at_the_gateway() {
    let (mut world, _) = World::talking();
    let port = world.browser_port();
    world.ask(ANN, CALL, RtcRequest::Mute { muted: true }).unwrap();
    world.ask(ANN, CALL, RtcRequest::Mute { muted: true }).unwrap();
    let mutes =
        world.media.iter().filter(|c| matches!(c, MediaCommand::Mute { port: p, muted: true } if *p == port));
    assert_eq!(mutes.count(), 1);
    assert!(matches!(world.facts().last(), Some(CallFact::Muted { muted: true, by: MutedBy::User })));
    world.command(CallCommand::Mute { call: CALL, leg: None, muted: false }).unwrap();
    assert_eq!(*world.told(ANN)[2], RtcNotice::Muted { muted: false, by: MutedBy::System });
    assert!(!world.switch.call(CALL).unwrap().muted);
}
