//! A recording as Ogg Opus: each side apart, in time, and readable up to wherever it is cut off.

use std::time::Duration;

use media::CodecKind::{Opus, Pcmu};
use media::codec::decoder;
use media::tap::{RecordControl, RecordFormat, RecordingId};
use media::{MediaCommand, MediaEvent};

use crate::speech::tone_packets;
use crate::tone::assert_tone;
use crate::world::{TICK, TRUNK, World};

const ID: RecordingId = RecordingId(5);

/// The file as a server would have written it, and its peaks.
fn file(world: &World) -> (Vec<u8>, Vec<[u16; 2]>) {
    let (mut file, mut all) = (Vec::new(), Vec::new());
    for event in &world.events {
        let MediaEvent::Recorded { recording: ID, at, bytes, peaks, .. } = event else { continue };
        assert_eq!(*at, file.len() as u64, "it only grows");
        file.extend_from_slice(bytes);
        all.extend_from_slice(peaks);
    }
    (file, all)
}

/// The whole pages of a file: flags, position, packets. No packet goes over to another page.
fn pages(mut bytes: &[u8]) -> Vec<(u8, u64, Vec<&[u8]>)> {
    let mut pages = Vec::new();
    while bytes.len() > 27 && bytes.starts_with(b"OggS\0") {
        let segments = usize::from(bytes[26]);
        let Some(lacing) = bytes.get(27..27 + segments) else { break };
        let (mut at, mut packets) = (27 + segments, Vec::new());
        let end = at + lacing.iter().map(|len| usize::from(*len)).sum::<usize>();
        if bytes.len() < end {
            break;
        }
        for packet in lacing.split_inclusive(|len| *len < 255) {
            let len: usize = packet.iter().map(|len| usize::from(*len)).sum();
            packets.push(&bytes[at..at + len]);
            at += len;
        }
        pages.push((bytes[5], u64::from_le_bytes(bytes[6..14].try_into().unwrap()), packets));
        bytes = &bytes[end..];
    }
    pages
}

/// Left and right; the first stream's packet tells its length (RFC 6716 appendix B).
fn split(packet: &[u8]) -> [Vec<u8>; 2] {
    let (len, at) = match packet[1] {
        len @ ..252 => (usize::from(len), 2),
        low => (usize::from(low) + 4 * usize::from(packet[2]), 3),
    };
    let left = [&packet[..1], &packet[at..at + len]].concat();
    [left, packet[at + len..].to_vec()]
}

/// Both sides' sound at 16 kHz.
fn sides(file: &[u8]) -> [Vec<i16>; 2] {
    let pages = pages(file);
    let (head, tags) = (pages[0].2[0], pages[1].2[0]);
    assert!(head.starts_with(b"OpusHead\x01\x02") && tags.starts_with(b"OpusTags"));
    assert_eq!((pages[0].0, &head[18..]), (2, &[1, 2, 0, 0, 1][..]), "two streams, left and right");
    let mut decoders = [(); 2].map(|()| decoder(Opus, 16_000).unwrap());
    let mut sides = [Vec::new(), Vec::new()];
    for packet in pages[2..].iter().flat_map(|page| &page.2) {
        for (index, packet) in split(packet).iter().enumerate() {
            let mut pcm = [0; 320];
            assert_eq!(decoders[index].decode(packet, &mut pcm), Ok(320));
            sides[index].extend_from_slice(&pcm);
        }
    }
    let position = pages.last().unwrap().1;
    assert_eq!(position, sides[0].len() as u64 * 3, "positions count at 48 kHz");
    sides
}

fn recorded() -> World {
    let mut world = World::call(&[Opus], Pcmu);
    world.command(MediaCommand::Record { port: TRUNK, recording: ID, format: RecordFormat::OggOpus });
    world
}

fn stop(world: &mut World) {
    world.command(MediaCommand::ControlRecord { port: TRUNK, control: RecordControl::Stop });
}

fn loudest(pcm: &[i16]) -> u16 {
    pcm.iter().map(|sample| sample.unsigned_abs()).max().unwrap()
}

#[test]
fn who_speaks_is_on_one_side_only_and_in_time() {
    let mut world = recorded();
    world.run(TICK * 50);
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 100));
    world.run(TICK * 25);
    stop(&mut world);
    let (file, peaks) = file(&world);
    let [left, right] = sides(&file);
    let onset = left.iter().position(|sample| sample.abs() > 2_000).unwrap();
    assert!(onset.abs_diff(16_000) < 16 * 120, "after a second: {onset}");
    assert_tone(&left[onset + 1_600..onset + 28_000], 1_000.0, 16_000);
    assert!(loudest(&right) < 50, "{}", loudest(&right));
    assert_eq!(pages(&file).last().unwrap().0, 4, "its end is told");
    assert_eq!(peaks.len(), left.len().div_ceil(1_600));
    assert!(peaks[20][0] > 7_000 && peaks[20][1] < 50 && peaks[3] == [0, 0], "{peaks:?}");
    assert!(file.len() < 10_000 * 4, "{} bytes for 3.5 s", file.len());
    let length = world.events.iter().find_map(|event| {
        let MediaEvent::RecordingEnded { length, .. } = event else { return None };
        Some(*length)
    });
    assert!(length.unwrap().abs_diff(Duration::from_millis(3_500)) <= TICK, "{length:?}");
}

#[test]
fn wherever_it_is_cut_it_opens_and_misses_a_second_at_most() {
    let mut world = recorded();
    world.trunk_says(Pcmu, 20, &tone_packets(Pcmu, 20, 140));
    // Nothing ends it.
    let (file, _) = file(&world);
    assert!(sides(&file)[0].len() >= 2 * 16_000);
    let second = file.len() / 2;
    let ends: Vec<usize> = (1..=file.len()).filter(|len| pages(&file[..*len]).len() > 2).collect();
    assert!(!ends.is_empty());
    for len in ends.into_iter().filter(|len| *len >= second).step_by(97) {
        assert!(sides(&file[..len])[0].len() >= 16_000, "cut at {len}");
    }
}
