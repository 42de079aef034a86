//! Speech of which one packet in ten is lost at random: what in-band FEC brings back is like what was said.

use media::CodecKind::{Opus, Pcmu};
use media::codec::encoder;
use media::codec::g711::Law;
use media::rtp::is_rtcp;

use crate::speech::OPUS;
use crate::world::{BROWSER, TICK, World};

/// Samples of 20 ms.
const FRAME: usize = 160;
/// Frames quieter than this (mean square) are pauses: nothing to repair.
const SPOKEN: f64 = 300.0 * 300.0;

/// The demo phone's voice, 8 kHz.
pub(crate) fn clip() -> Vec<i16> {
    let words: [&[u8]; 4] = [
        include_bytes!("../../../gateway/server/src/demo/voice/press.ulaw"),
        include_bytes!("../../../gateway/server/src/demo/voice/7.ulaw"),
        include_bytes!("../../../gateway/server/src/demo/voice/5.ulaw"),
        include_bytes!("../../../gateway/server/src/demo/voice/press.ulaw"),
    ];
    words.into_iter().flatten().map(|code| Law::Mu.expand(*code)).collect()
}

#[derive(Clone, Copy)]
enum Redundancy {
    None,
    Fec,
}

fn packets(redundancy: Redundancy) -> Vec<Vec<u8>> {
    let mut opus = encoder(Opus, 8_000).unwrap();
    opus.set_loss_percent(match redundancy {
        Redundancy::None => 0,
        Redundancy::Fec => 20,
    });
    let mut packet = [0; 1500];
    let mut next = |frame: &[i16]| {
        let len = opus.encode(frame, &mut packet).unwrap();
        packet[..len].to_vec()
    };
    clip().chunks_exact(FRAME).map(&mut next).collect()
}

/// Which packets are lost, by a seed: one in ten, never two in a row, as FEC reaches back by one.
fn losses(count: usize, seed: u32) -> Vec<bool> {
    let mut state = seed;
    let mut lost = vec![false; count];
    for at in 10..count - 2 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        lost[at] = !lost[at - 1] && (state >> 16).is_multiple_of(9);
    }
    lost
}

/// What the trunk hears, frame by frame, and how many packets the gateway says it repaired.
fn heard(packets: &[Vec<u8>], lost: Vec<bool>) -> (Vec<Vec<i16>>, u64) {
    let mut world = World::call(&[Opus], Pcmu);
    let mut lost = lost.into_iter();
    world.mangle = Some(Box::new(move |packet| {
        let is_lost = !is_rtcp(&packet) && lost.next().unwrap_or(false);
        if is_lost { vec![] } else { vec![packet] }
    }));
    for packet in packets {
        world.browser_sends(OPUS, false, 960, packet);
        world.step(TICK);
    }
    world.run(TICK * 60);
    let first = world.trunk.received[0].header.timestamp;
    let frames = world.trunk.received.iter().enumerate().map(|(at, packet)| {
        assert_eq!(packet.header.timestamp.wrapping_sub(first) as usize, at * FRAME, "a hole");
        packet.payload.iter().map(|code| Law::Mu.expand(*code)).collect()
    });
    (frames.collect(), world.last_stats(BROWSER).packets_repaired)
}

fn power(frame: impl Iterator<Item = f64>) -> f64 {
    frame.map(|sample| sample * sample).sum::<f64>() / FRAME as f64
}

/// Segmental signal to noise ratio of the spoken frames that were lost, in dB; how many they were.
fn segmental_snr(whole: &[Vec<i16>], repaired: &[Vec<i16>], lost: &[bool]) -> (f64, usize) {
    let frames = whole.iter().zip(repaired).zip(lost).filter(|(_, lost)| **lost);
    let ratios: Vec<f64> = frames
        .filter_map(|((whole, repaired), _)| {
            let signal = power(whole.iter().map(|sample| f64::from(*sample)));
            let pairs = whole.iter().zip(repaired);
            let noise = power(pairs.map(|(whole, repaired)| f64::from(*whole) - f64::from(*repaired)));
            (signal > SPOKEN).then(|| 10.0 * (signal / noise.max(1.0)).log10().clamp(-1.0, 3.5))
        })
        .collect();
    (ratios.iter().sum::<f64>() / ratios.len() as f64, ratios.len())
}

#[test]
fn with_fec_much_closer_than_without() {
    for seed in 1..=3 {
        let score = |redundancy| {
            let packets = packets(redundancy);
            let lost = losses(packets.len(), seed);
            let (whole, _) = heard(&packets, vec![false; packets.len()]);
            let (repaired, count) = heard(&packets, lost.clone());
            assert_eq!(repaired.len(), packets.len());
            let (snr, spoken) = segmental_snr(&whole, &repaired, &lost);
            (snr, spoken, count, lost.iter().filter(|lost| **lost).count())
        };
        let (with, spoken, repaired, lost) = score(Redundancy::Fec);
        let (without, _, concealed, _) = score(Redundancy::None);
        assert!(with > without + 6.0, "seed {seed}: {with:.1} dB with FEC, {without:.1} dB without");
        let repaired = repaired as usize;
        assert!(
            repaired <= lost && repaired * 10 >= spoken * 8,
            "{repaired} of {lost}, {spoken} of them spoken"
        );
        assert_eq!(concealed, 0, "no redundancy was sent");
    }
}
