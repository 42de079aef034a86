use std::time::Duration;

use media::dtmf::EventPayload;
use media::{CodecKind, MediaCommand, MediaEvent};

use crate::world::{BROWSER, TICK, TRUNK, World};

const EVENT_48K: u8 = 110;
const EVENT_TRUNK: u8 = 101;

/// A digit as Chrome sends it: an update each 20 ms, the end three times.
fn press(event: u8, clock: u32) -> Vec<EventPayload> {
    let at =
        |packet: u32, end| EventPayload { event, end, volume: 10, duration: (packet * clock / 50) as u16 };
    let updates = (1..=5).map(|packet| at(packet, false));
    updates.chain([at(6, true), at(6, true), at(6, true)]).collect()
}

#[test]
fn a_browsers_digit_is_told_once_and_relayed_on_the_trunks_clock() {
    let mut world = World::call(&[CodecKind::Opus], CodecKind::Pcmu);
    for (index, payload) in press(5, 48_000).into_iter().enumerate() {
        world.browser_sends(EVENT_48K, index == 0, 0, &payload.to_bytes());
        world.step(TICK);
    }
    assert_eq!(world.digits_of(BROWSER), "5");
    let relayed = |event: &MediaEvent| matches!(event, MediaEvent::Digit { relayed: true, duration, .. } if *duration == Duration::from_millis(120));
    assert!(world.events.iter().any(relayed), "{:?}", world.events);
    let packets = &world.trunk.received;
    assert_eq!(packets.len(), 8);
    let timestamp = packets[0].header.timestamp;
    for (index, packet) in packets.iter().enumerate() {
        assert_eq!(packet.header.payload_type, EVENT_TRUNK);
        assert_eq!(packet.header.marker, index == 0);
        assert_eq!(packet.header.timestamp, timestamp);
        let expected = press(5, 8_000)[index];
        assert_eq!(EventPayload::parse(&packet.payload), Some(expected));
    }
}

#[test]
fn a_trunks_digit_is_told_once() {
    let mut world = World::call(&[CodecKind::Opus], CodecKind::Pcmu);
    for (index, payload) in press(11, 8_000).into_iter().enumerate() {
        world.trunk_sends(EVENT_TRUNK, index == 0, 0, &payload.to_bytes());
        world.step(TICK);
    }
    assert_eq!(world.digits_of(TRUNK), "#");
    assert_eq!(world.browser.received.len(), 8);
    assert!(world.browser.received.iter().all(|packet| packet.payload_type == EVENT_48K));
}

#[test]
fn digits_are_played_one_after_the_other() {
    let mut world = World::call(&[CodecKind::Opus], CodecKind::Pcmu);
    let each = Duration::from_millis(100);
    world.command(MediaCommand::SendDigits { port: TRUNK, digits: "12".into(), each });
    world.run(Duration::from_secs(1));
    let ends: Vec<_> = world
        .trunk
        .received
        .iter()
        .filter_map(|packet| EventPayload::parse(&packet.payload).filter(|payload| payload.end))
        .collect();
    assert_eq!(ends.iter().map(|end| end.event).collect::<Vec<_>>(), [1, 1, 1, 2, 2, 2]);
    assert!(ends.iter().all(|end| end.duration == 800));
    let done = |event: &&MediaEvent| matches!(event, MediaEvent::DigitsSent { port } if *port == TRUNK);
    assert_eq!(world.events.iter().filter(done).count(), 1);
}
