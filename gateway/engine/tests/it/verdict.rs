//! Whether those who talk hear each other.

use std::time::Duration;

use engine::{CallFact, MediaVerdict, RtcNotice};
use media::verdict::{Absence, Sound, Verdict};
use media::{AddedDelay, MediaCommand, MediaEvent, PortId, Stats};

use crate::world::{ANN, CALL, World};

const FLOWING: Verdict = Verdict { incoming: Sound::Flowing, outgoing: Sound::Flowing };

fn asked(world: &World) -> Vec<PortId> {
    let asked = world.media.iter().filter_map(|command| match command {
        MediaCommand::Judge { port } => Some(*port),
        _ => None,
    });
    asked.collect()
}

fn told(world: &World) -> Vec<MediaVerdict> {
    let told = world.facts().into_iter().filter_map(|fact| match fact {
        CallFact::Judged(verdict) => Some(*verdict),
        _ => None,
    });
    told.collect()
}

#[test]
fn both_ports_are_judged_once_the_call_is_answered() {
    let mut world = World::new();
    world.start("600").unwrap();
    let id = world.last_invite();
    world.connected(world.browser_port());
    world.progress(id, 183, Some("v=0 early"));
    assert_eq!(asked(&world), [], "not before the answer");
    world.answer(id, Some("v=0 answer"));
    let mut ports = asked(&world);
    ports.sort();
    assert_eq!(ports, [world.browser_port(), world.trunk_port()]);
}

#[test]
fn a_verdict_names_the_leg_where_sound_is_lost() {
    let (mut world, _) = World::talking();
    let (browser, trunk) = (world.browser_port(), world.trunk_port());
    let wrong = Sound::Absent(Absence::WrongSource);
    world.media_event(MediaEvent::Judged { port: trunk, verdict: Verdict { incoming: wrong, ..FLOWING } });
    assert_eq!(told(&world), [], "nobody is told of half");
    let nothing = Sound::Absent(Absence::NothingSent);
    world
        .media_event(MediaEvent::Judged { port: browser, verdict: Verdict { outgoing: nothing, ..FLOWING } });
    let [verdict] = told(&world)[..] else { panic!("{:?}", told(&world)) };
    let call = world.switch.call(CALL).unwrap();
    let legs: Vec<_> = call.legs.iter().map(|leg| leg.id).collect();
    let lost = verdict.directions.into_iter().find(|direction| direction.from == legs[1]).unwrap();
    assert_eq!((lost.sound, lost.at), (wrong, Some(legs[1])));
    let fine = verdict.directions.into_iter().find(|direction| direction.from == legs[0]).unwrap();
    assert_eq!((fine.sound, fine.at), (Sound::Flowing, None));
    assert_eq!(call.media, Some(verdict));
    let told_browser = world.told(ANN).into_iter().find_map(|notice| match notice {
        RtcNotice::Judged { from_browser, to_browser } => Some((from_browser.sound, to_browser.sound)),
        _ => None,
    });
    assert_eq!(told_browser, Some((Sound::Flowing, wrong)));
}

#[test]
fn the_same_verdict_is_told_once_and_another_again() {
    let (mut world, _) = World::talking();
    let trunk = world.trunk_port();
    for port in [world.browser_port(), trunk, trunk] {
        world.media_event(MediaEvent::Judged { port, verdict: FLOWING });
    }
    assert_eq!(told(&world).len(), 1);
    let gone = Verdict { incoming: Sound::Absent(Absence::NothingReceived), ..FLOWING };
    world.media_event(MediaEvent::Judged { port: trunk, verdict: gone });
    assert_eq!(told(&world).len(), 2);
}

#[test]
fn what_the_gateway_itself_adds_is_kept_for_the_record() {
    let (mut world, _) = World::talking();
    let (browser, trunk) = (world.browser_port(), world.trunk_port());
    let delay =
        |us: u64| Some(AddedDelay { p50: Duration::from_micros(us), p99: Duration::from_micros(9 * us) });
    for (port, us) in [(browser, 100), (trunk, 200)] {
        let (added_delay, added_delay_whole) = (delay(us), delay(us));
        let stats = Stats { codec: "PCMU", added_delay, added_delay_whole, ..Stats::default() };
        world.media_event(MediaEvent::Stats { port, stats });
    }
    let call = world.switch.call(CALL).unwrap();
    let kept: Vec<_> = call.legs.iter().map(|leg| leg.added_delay).collect();
    assert_eq!(kept, [delay(100), delay(200)]);
}
