use media::CodecKind;
use media::codec::{Decoder, decoder, encoder};

use crate::tone::{Tone, assert_tone};
use crate::world::{TICK, World};

const FRAMES: usize = 100;
/// Codecs and the first packets take this long to swing in.
const SETTLING: usize = 10;
const OPUS: u8 = 111;

/// The browser's clock of Opus in 20 ms.
const OPUS_TICKS: u32 = 960;
const TRUNK_TICKS: u32 = 160;

pub(crate) fn speak_to_trunk(world: &mut World, frames: usize) {
    let mut tone = Tone::new(1000.0, 16_000);
    let mut opus = encoder(CodecKind::Opus, 16_000).unwrap();
    opus.set_loss_percent(20);
    let mut packet = [0; 1500];
    for _ in 0..frames {
        let len = opus.encode(&tone.frame(320), &mut packet).unwrap();
        world.browser_sends(OPUS, false, OPUS_TICKS, &packet[..len]);
        world.step(TICK);
    }
}

fn speak_to_browser(world: &mut World, codec: CodecKind, frames: usize) {
    let rate = codec.sample_rate();
    let mut tone = Tone::new(1000.0, rate);
    let mut encoder = encoder(codec, rate).unwrap();
    let mut packet = [0; 1500];
    for _ in 0..frames {
        let len = encoder.encode(&tone.frame(rate as usize / 50), &mut packet).unwrap();
        world.trunk_sends(codec.static_payload_type().unwrap(), false, TRUNK_TICKS, &packet[..len]);
        world.step(TICK);
    }
}

pub(crate) fn heard_by_trunk(world: &World, codec: CodecKind) -> Vec<i16> {
    let mut decoder = decoder(codec, codec.sample_rate()).unwrap();
    let payloads = world.trunk.received.iter().map(|packet| &packet.payload[..]);
    sound(&mut *decoder, payloads)
}

pub(crate) fn heard_by_browser(world: &World) -> Vec<i16> {
    let mut decoder = decoder(CodecKind::Opus, 16_000).unwrap();
    let payloads = world.browser.received.iter().map(|packet| &packet.payload[..]);
    sound(&mut *decoder, payloads)
}

fn sound<'a>(decoder: &mut dyn Decoder, payloads: impl Iterator<Item = &'a [u8]>) -> Vec<i16> {
    let mut all = Vec::new();
    let mut pcm = [0; 2000];
    for payload in payloads {
        let samples = decoder.decode(payload, &mut pcm).unwrap();
        all.extend_from_slice(&pcm[..samples]);
    }
    all
}

fn to_trunk(codec: CodecKind) {
    let mut world = World::call(&[CodecKind::Opus], codec);
    speak_to_trunk(&mut world, FRAMES);
    let packets = &world.trunk.received;
    assert_eq!(packets.len(), FRAMES);
    for pair in packets.windows(2) {
        assert_eq!(pair[1].header.sequence, pair[0].header.sequence.wrapping_add(1));
        assert_eq!(pair[1].header.timestamp, pair[0].header.timestamp.wrapping_add(TRUNK_TICKS));
        assert_eq!(pair[1].header.ssrc, pair[0].header.ssrc);
        assert!(!pair[1].header.marker);
    }
    assert!(packets[0].header.marker);
    let rate = codec.sample_rate();
    let pcm = heard_by_trunk(&world, codec);
    assert_tone(&pcm[SETTLING * rate as usize / 50..], 1000.0, rate);
}

fn to_browser(codec: CodecKind) {
    let mut world = World::call(&[CodecKind::Opus], codec);
    speak_to_browser(&mut world, codec, FRAMES);
    let packets = &world.browser.received;
    assert_eq!(packets.len(), FRAMES);
    for pair in packets.windows(2) {
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        assert_eq!(pair[1].timestamp, pair[0].timestamp.wrapping_add(OPUS_TICKS));
        assert_eq!((pair[1].ssrc, pair[1].marker), (pair[0].ssrc, false));
    }
    let pcm = heard_by_browser(&world);
    assert_tone(&pcm[SETTLING * 320..], 1000.0, 16_000);
}

#[test]
fn opus_to_pcmu() {
    to_trunk(CodecKind::Pcmu);
}

#[test]
fn opus_to_pcma() {
    to_trunk(CodecKind::Pcma);
}

#[test]
fn opus_to_g722() {
    to_trunk(CodecKind::G722);
}

#[test]
fn pcmu_to_opus() {
    to_browser(CodecKind::Pcmu);
}

#[test]
fn g722_to_opus() {
    to_browser(CodecKind::G722);
}
