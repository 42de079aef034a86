//! What a browser says of the Opus that it takes is kept to (RFC 7587 §6.1, RFC 8866 §6.4).

use media::CodecKind::{G722, Opus, Pcmu};
use media::codec::decoder;
use media::codec::g711::Law;

use crate::bridge_transcodes::heard_by_browser;
use crate::speech::tone_packets;
use crate::speech_repaired::clip;
use crate::tone::assert_tone;
use crate::world::{Lose, World};

const SECONDS: usize = 4;

/// What the browser gets while a trunk says a tone.
fn packets(world: &mut World, trunk_codec: media::CodecKind) -> Vec<Vec<u8>> {
    world.trunk_says(trunk_codec, 20, &tone_packets(trunk_codec, 20, 50 * SECONDS));
    world.browser.received.iter().map(|packet| packet.payload.clone()).collect()
}

fn bits_per_second(packets: &[Vec<u8>]) -> usize {
    packets.iter().map(|packet| packet.len() * 8).sum::<usize>() / SECONDS
}

/// Configurations 0 to 3 of a packet's first byte are narrowband, 8 to 11 wideband (RFC 6716 table 2).
fn configurations(packets: &[Vec<u8>]) -> impl Iterator<Item = u8> {
    packets.iter().skip(10).map(|packet| packet[0] >> 3)
}

#[test]
fn no_wider_sound_than_it_plays() {
    let mut world = World::call_saying("minptime=10;useinbandfec=1;maxplaybackrate=8000", G722);
    assert!(configurations(&packets(&mut world, G722)).all(|configuration| configuration < 4));
    assert_tone(&heard_by_browser(&world)[3_200..], 1000.0, 16_000);

    let mut world = World::call(&[Opus], G722);
    assert!(configurations(&packets(&mut world, G722)).all(|configuration| (8..12).contains(&configuration)));
}

#[test]
fn no_more_bits_than_it_allows() {
    let mut world = World::call_saying("maxaveragebitrate=8000", Pcmu);
    let bits = bits_per_second(&packets(&mut world, Pcmu));
    assert!(bits < 9_000, "{bits}");
}

#[test]
fn packets_of_one_length() {
    let mut world = World::call_saying("cbr=1", Pcmu);
    let packets = packets(&mut world, Pcmu);
    assert!(packets.windows(2).all(|pair| pair[0].len() == pair[1].len()));
    assert!((14_000..18_000).contains(&bits_per_second(&packets)));
}

fn one_in_ten() -> Lose {
    let mut count = 0;
    Box::new(move |packet| {
        let is_sound = packet[0] >= 128 && !media::rtp::is_rtcp(packet);
        count += usize::from(is_sound);
        is_sound && count % 10 == 0
    })
}

#[test]
fn redundancy_in_band_only_for_who_can_use_it() {
    for (parameters, expects) in [("useinbandfec=1", true), ("minptime=10", false)] {
        let mut world = World::call_saying(parameters, Pcmu);
        world.lose_to_browser = Some(one_in_ten());
        let spoken: Vec<u8> = clip().into_iter().map(|sample| Law::Mu.compress(sample)).collect();
        let spoken: Vec<_> = spoken.chunks_exact(160).map(<[u8]>::to_vec).collect();
        packets(&mut world, Pcmu);
        world.browser.received.clear();
        world.trunk_says(Pcmu, 20, &spoken);
        let listener = decoder(Opus, 8_000).unwrap();
        let got = &world.browser.received;
        let carrying = got.iter().filter(|packet| listener.carries_fec(&packet.payload)).count();
        assert_eq!(carrying > 20, expects, "{parameters}: {carrying} of {}", got.len());
        assert!(expects || carrying == 0, "{carrying}");
    }
}

#[test]
fn the_packet_time_it_wants() {
    for (ptime, expected) in
        [("a=ptime:10", 10), ("a=ptime:40", 40), ("a=ptime:60", 60), ("a=maxptime:10", 10)]
    {
        let mut world = World::call_saying(&format!("useinbandfec=1\r\n{ptime}"), Pcmu);
        world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 120));
        assert_eq!(world.browser.received.len(), 2_400 / expected as usize, "{ptime}");
        world.assert_browser_stream(48 * expected);
        assert_tone(&heard_by_browser(&world)[3_200..], 1000.0, 16_000);
    }
}
