//! Silence that one side does not send is what the other side wants it to be: sound without end, comfort noise
//! (RFC 3389), or nothing.

use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::codec::g711::Law;
use media::gain::Level;

use crate::bridge_transcodes::heard_by_browser;
use crate::speech::{OPUS, tone_packets};
use crate::tone::assert_tone;
use crate::world::{TICK, World};

const NOISE: u8 = 13;
const SECOND: usize = 50;

/// The browser says a tone for a second.
fn browser_speaks(world: &mut World) {
    world.browser_says(Opus, 20, &tone_packets(Opus, 20, SECOND));
}

/// The browser is silent for so many times 400 ms, and says so as often, as Chrome does.
fn browser_rests(world: &mut World, times: usize) {
    for _ in 0..times {
        world.step(TICK);
        // Silence in narrow Opus of 20 ms.
        world.browser_sends(OPUS, false, 960 * 20, &[8]);
        (0..19).for_each(|_| world.step(TICK));
    }
}

fn level(pcm: &[i16]) -> f32 {
    let mut level = Level::default();
    level.add(pcm);
    level.dbov()
}

fn trunk_heard(world: &World) -> Vec<i16> {
    let payloads = world.trunk.received.iter().flat_map(|packet| &packet.payload);
    payloads.map(|code| Law::Mu.expand(*code)).collect()
}

#[test]
fn a_trunk_hears_without_end() {
    let mut world = World::call(&[Opus], Pcmu);
    browser_speaks(&mut world);
    browser_rests(&mut world, 5);
    let count = world.trunk.received.len();
    assert!((3 * SECOND - 4..=3 * SECOND).contains(&count), "{count} in three seconds");
    browser_speaks(&mut world);
    assert_eq!(world.trunk.received.len(), 4 * SECOND);
    world.assert_trunk_stream(160);
    let heard = trunk_heard(&world);
    assert_tone(&heard[160 * (3 * SECOND + 10)..], 1000.0, 8_000);
    assert!(level(&heard[160 * (2 * SECOND)..160 * 3 * SECOND]) < -40.0, "silence");
}

/// What a browser sends after it comes up to 40 ms later than it should.
#[test]
fn jitter_costs_no_sound_after_silence() {
    let mut world = World::call(&[Opus], Pcmu);
    browser_speaks(&mut world);
    browser_rests(&mut world, 2);
    world.run(Duration::from_millis(40));
    browser_speaks(&mut world);
    world.assert_trunk_stream(160);
    let count = world.trunk.received.len();
    assert!((2 * SECOND + 40..=2 * SECOND + 42).contains(&count), "{count}");
}

#[test]
fn a_trunk_that_wants_comfort_noise_gets_it() {
    let mut world = World::call(&[Opus], Pcmu);
    let sdp = world.trunk.describe(Pcmu, "sendrecv").replace("RTP/AVP 0", "RTP/AVP 0 13").into();
    let signalled_from = Some(world.trunk.address.ip());
    world.command(media::MediaCommand::SetOffer { port: crate::world::TRUNK, sdp, signalled_from });
    assert!(world.description_of(crate::world::TRUNK).contains("a=rtpmap:13 CN/8000\r\n"));

    browser_speaks(&mut world);
    browser_rests(&mut world, 5);
    let rested = &world.trunk.received[SECOND..];
    assert_eq!(rested.len(), 5);
    assert!(rested.iter().all(|packet| packet.header.payload_type == NOISE && packet.payload.len() == 1));
    browser_speaks(&mut world);
    let first = world.trunk.received[0].header.timestamp;
    let resumed = world.trunk.received[SECOND + 5].header;
    assert_eq!((resumed.payload_type, resumed.marker), (0, true));
    assert_eq!(resumed.timestamp.wrapping_sub(first), 3 * 8_000, "time went on");
}

#[test]
fn comfort_noise_of_a_trunk_is_heard() {
    let mut world = World::call(&[Opus], Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, SECOND));
    world.step(TICK);
    world.trunk_sends(NOISE, false, 8_000 * 2, &[45]);
    world.run(Duration::from_millis(1_980));
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, SECOND));
    let count = world.browser.received.len();
    assert!((4 * SECOND - 1..=4 * SECOND).contains(&count), "{count} in four seconds");
    world.assert_browser_stream(960);
    let heard = heard_by_browser(&world);
    let noise = level(&heard[320 * (SECOND + 25)..320 * (3 * SECOND - 10)]);
    assert!((noise + 45.0).abs() < 4.0, "{noise}");
    assert_tone(&heard[320 * (3 * SECOND + 10)..], 1000.0, 16_000);
}

/// Its last word was of silence; what is filled ends some time.
#[test]
fn a_browser_that_is_gone_is_not_filled_in_for_ever() {
    let mut world = World::call(&[Opus], Pcmu);
    browser_speaks(&mut world);
    browser_rests(&mut world, 1);
    world.run(Duration::from_secs(75));
    let count = world.trunk.received.len();
    assert!((60 * SECOND..62 * SECOND).contains(&count), "{count}");
    let before = count;
    world.run(Duration::from_secs(2));
    assert_eq!(world.trunk.received.len(), before);
}

/// What a browser gets in two seconds of a trunk's silence.
fn silence_for(parameters: &str) -> World {
    let mut world = World::call_saying(parameters, Pcmu);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, SECOND));
    world.trunk_says(Pcmu, 20, &vec![vec![0xFE; 160]; 2 * SECOND]);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, SECOND));
    world
}

#[test]
fn a_browser_that_prefers_it_is_spared_silence() {
    let world = silence_for("useinbandfec=1;usedtx=1");
    let received = &world.browser.received;
    let silence = received.len() - 2 * SECOND;
    assert!((10..30).contains(&silence), "{silence} packets in two seconds of silence");
    assert!(received.iter().filter(|packet| packet.payload.len() == 1).count() >= 4, "silence is told");
    let first = received[0].timestamp;
    assert_eq!(received.last().unwrap().timestamp.wrapping_sub(first), 960 * (4 * SECOND as u32 - 1));
    let resumed = &received[received.len() - SECOND];
    assert!(resumed.marker, "a talk spurt begins");
}

#[test]
fn others_get_all_of_it() {
    let world = silence_for("useinbandfec=1");
    assert_eq!(world.browser.received.len(), 4 * SECOND);
    world.assert_browser_stream(960);
}
