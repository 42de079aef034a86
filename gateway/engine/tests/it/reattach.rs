//! A page that was loaded again, or lost its connection, comes back to its call with other media.

use std::time::Duration;

use engine::{
    CallCommand, CallState, Cause, Grants, HeldBy, Owner, Refused, RtcNotice, RtcRequest, RtcState, Side,
    TransferKind, TransferState,
};
use media::{Direction, MediaCommand, MediaEvent, PortId, PortSpec};

use crate::world::{ANN, ANN_TOO, BOB, CALL, CARRIER, World, accept};

fn reattach() -> RtcRequest {
    RtcRequest::Reattach { sdp: "v=0 again".to_owned() }
}

/// The browser's ports, in the order in which they were opened.
fn browser_ports(world: &World) -> Vec<PortId> {
    let browsers = |(_, spec): &(PortId, &PortSpec)| matches!(spec, PortSpec::WebRtc { .. });
    world.opened().into_iter().filter(browsers).map(|(port, _)| port).collect()
}

fn last_bridge(world: &World) -> Option<(PortId, PortId)> {
    world.media.iter().rev().find_map(|command| match command {
        MediaCommand::Bridge { a, b } => Some((*a, *b)),
        _ => None,
    })
}

fn state(world: &World) -> &RtcState {
    let state = world.told(ANN).into_iter().rev().find_map(|notice| match notice {
        RtcNotice::State(state) => Some(&**state),
        _ => None,
    });
    state.unwrap()
}

#[test]
fn a_new_port_takes_the_place_of_the_old_and_the_trunk_is_told_nothing() {
    let (mut world, id) = World::talking();
    world.detach(ANN);
    let sip = world.sip.len();
    world.advance(Duration::from_secs(2));
    world.reload(ANN);
    world.ask(ANN, CALL, reattach()).unwrap();
    let ports = browser_ports(&world);
    assert_eq!(ports.len(), 2);
    assert_eq!(last_bridge(&world), Some((ports[1], world.trunk_port())));
    assert_eq!(world.open_ports().len(), 2, "the old port is closed");
    world.connected(ports[1]);
    world.advance(Duration::from_secs(60));
    assert_eq!(world.sip.len(), sip);
    world.remote_bye(id);
    world.assert_ended(Cause::Normal);
}

#[test]
fn a_reloaded_page_is_told_how_its_call_stands() {
    let (mut world, _) = World::talking();
    world.ask(ANN, CALL, RtcRequest::Mute { muted: true }).unwrap();
    world.detach(ANN);
    world.advance(Duration::from_secs(3));
    world.reload(ANN);
    let told = state(&world);
    assert_eq!((told.side, told.state, told.to.as_str()), (Side::Caller, CallState::InProgress, "600"));
    assert_eq!((told.taken, told.muted, told.held), (true, true, false));
    assert_eq!(told.answered_ago, Some(Duration::from_secs(3)));
    world.ask(ANN, CALL, reattach()).unwrap();
    let port = browser_ports(&world)[1];
    let muted = |command: &MediaCommand| matches!(command, MediaCommand::Mute { port: of, muted: true } if *of == port);
    assert!(world.media.iter().any(muted), "the gateway mutes the new port as well");
}

#[test]
fn a_page_that_lived_on_is_told_nothing_more() {
    let (mut world, _) = World::talking();
    let told = world.told(ANN).len();
    world.detach(ANN);
    world.resume(ANN, Grants::all());
    assert_eq!(world.told(ANN).len(), told);
}

#[test]
fn a_call_that_rings_at_a_reloaded_page_is_still_to_be_taken() {
    let mut world = World::new();
    let id = world.incoming(CARRIER, "+4930100", Some("v=0 offer"));
    let call = world.events[0].call;
    world.detach(ANN);
    world.reload(ANN);
    let told = state(&world);
    assert_eq!((told.side, told.state, told.taken), (Side::Callee, CallState::Ringing, false));
    assert_eq!(world.ask(ANN, call, reattach()), Err(Refused::WrongState));
    world.ask(ANN, call, accept()).unwrap();
    world.connected(world.browser_port());
    assert_eq!(world.responses(id), [180, 200]);
}

#[test]
fn a_page_that_is_loaded_again_while_the_phone_rings_dials_once() {
    let mut world = World::new();
    world.start("600").unwrap();
    let id = world.last_invite();
    world.progress(id, 180, None);
    world.detach(ANN);
    world.reload(ANN);
    world.ask(ANN, CALL, reattach()).unwrap();
    assert_eq!(world.invites().len(), 1);
    let port = browser_ports(&world)[1];
    world.connected(port);
    world.answer(id, Some("v=0 answer"));
    assert_eq!(last_bridge(&world), Some((port, world.trunk_port())));
}

#[test]
fn only_the_browser_in_the_call_may_bring_other_media() {
    let (mut world, _) = World::talking();
    world.connect(ANN_TOO, "ann", Grants::all());
    assert_eq!(world.ask(ANN_TOO, CALL, reattach()), Err(Refused::UnknownCall));
    assert_eq!(browser_ports(&world).len(), 1);
}

#[test]
fn a_call_waits_for_its_browser_as_long_as_the_session_does() {
    let (mut world, _) = World::talking();
    let port = world.browser_port();
    world.media_event(MediaEvent::Disconnected { port });
    world.advance(Duration::from_secs(25));
    world.detach(ANN);
    world.advance(Duration::from_secs(25));
    world.resume(ANN, Grants::all());
    assert_eq!(world.switch.live_calls(), 1);
    world.advance(Duration::from_secs(29));
    assert_eq!(world.switch.live_calls(), 1);
    world.advance(Duration::from_secs(2));
    world.assert_ended(Cause::MediaFailed);
}

#[test]
fn ice_restarts_in_the_port_that_there_is() {
    let (mut world, _) = World::talking();
    let (sip, bridges, port) = (world.sip.len(), world.bridges(), world.browser_port());
    world.media_event(MediaEvent::Disconnected { port });
    world.ask(ANN, CALL, RtcRequest::RestartIce { sdp: "v=0 restart".to_owned() }).unwrap();
    let offered = |command: &MediaCommand| matches!(command, MediaCommand::SetOffer { port: of, sdp, .. } if *of == port && **sdp == *b"v=0 restart");
    assert!(world.media.iter().any(offered));
    let answers = world.rtc.iter().filter(|(.., notice)| matches!(notice, RtcNotice::Description { .. }));
    assert_eq!(answers.count(), 2);
    world.connected(port);
    world.advance(Duration::from_secs(60));
    assert_eq!((world.sip.len(), world.bridges(), world.switch.live_calls()), (sip, bridges, 1));
}

#[test]
fn a_call_on_hold_stays_so_when_its_page_is_loaded_again() {
    let (mut world, _) = World::talking();
    let trunk = world.trunk_port();
    world.ask(ANN, CALL, RtcRequest::Hold).unwrap();
    world.negotiated(trunk, Direction::SendOnly, true);
    world.detach(ANN);
    world.reload(ANN);
    assert!(state(&world).held);
    assert_eq!(world.told(ANN).last(), Some(&&RtcNotice::Held { held: true, by: HeldBy::Far }));
    world.ask(ANN, CALL, reattach()).unwrap();
    let port = browser_ports(&world)[1];
    world.connected(port);
    assert_eq!(world.bridges(), 1, "the hold outlives the page");
    world.ask(ANN, CALL, RtcRequest::Unhold).unwrap();
    assert_eq!(last_bridge(&world), Some((port, trunk)));
}

#[test]
fn a_port_that_is_replaced_leaves_its_bridge_first() {
    let (mut world, _) = World::talking();
    let owners =
        |world: &World| world.switch.call(CALL).unwrap().legs.iter().map(|leg| leg.owner).collect::<Vec<_>>();
    world.detach(ANN);
    world.reload(ANN);
    world.ask(ANN, CALL, reattach()).unwrap();
    assert_eq!(owners(&world), [Owner::Bridge, Owner::Bridge]);
    let parted = |command: &MediaCommand| matches!(command, MediaCommand::Unbridge { .. });
    assert!(!world.media.iter().any(parted), "closing the port parts the two");
}

#[test]
fn a_page_that_is_loaded_again_goes_on_with_its_consultation() {
    let (mut world, _) = World::talking();
    world.ask(ANN, CALL, RtcRequest::Consult { to: "601".to_owned() }).unwrap();
    let target = world.last_invite();
    let port = world.opened().last().map(|(port, _)| *port);
    world.answer(target, Some("v=0 target"));
    world.detach(ANN);
    world.reload(ANN);
    let (kind, to) = (TransferKind::Attended, "601".to_owned());
    let accepted = RtcNotice::Transfer { kind, state: TransferState::Accepted, to };
    assert_eq!(world.told(ANN).last(), Some(&&accepted));
    world.ask(ANN, CALL, reattach()).unwrap();
    assert_eq!(last_bridge(&world), Some((browser_ports(&world)[1], port.unwrap())));
    world.ask(ANN, CALL, RtcRequest::CompleteTransfer).unwrap();
    assert_eq!(world.ended_notice(ANN).cause, Cause::Transferred);
    assert_eq!(last_bridge(&world).map(|(a, b)| [a, b].contains(&world.trunk_port())), Some(true));
    world.command(CallCommand::Hangup { call: CALL }).unwrap();
    world.assert_ended(Cause::Normal);
}

#[test]
fn whoever_is_consulted_may_load_the_page_again() {
    let (mut world, _) = World::talking();
    world.connect(BOB, "bob", Grants::all());
    world.ask(ANN, CALL, RtcRequest::Consult { to: "bob".to_owned() }).unwrap();
    assert_eq!(world.ask(BOB, CALL, reattach()), Err(Refused::WrongState));
    world.ask(BOB, CALL, accept()).unwrap();
    world.connected(browser_ports(&world)[1]);
    world.detach(BOB);
    world.reload(BOB);
    assert!(matches!(world.told(BOB).last(), Some(RtcNotice::State(state)) if state.taken && !state.held));
    world.ask(BOB, CALL, reattach()).unwrap();
    let ports = browser_ports(&world);
    assert_eq!(last_bridge(&world), Some((ports[0], ports[2])));
}
