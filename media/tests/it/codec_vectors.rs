//! G.711 and G.722 are bit-exact with the ITU-T G.191 Software Tool Library.

use std::path::Path;

use media::codec::g711::{G711Decoder, G711Encoder, Law};
use media::codec::g722::{G722Decoder, G722Encoder};
use media::codec::{Decoder, Encoder};

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/codec-vectors/itu-stl");

/// `None`, with a word about it, where the vectors are not installed: their licence keeps them out
/// of this repository.
fn words(name: &str) -> Option<Vec<i16>> {
    let path = Path::new(VECTORS).join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: no {}", path.display());
        return None;
    };
    Some(bytes.as_chunks().0.iter().map(|word| i16::from_le_bytes(*word)).collect())
}

fn codes(words: &[i16]) -> Vec<u8> {
    words.iter().map(|word| *word as u8).collect()
}

fn encode(encoder: &mut dyn Encoder, pcm: &[i16], packet: usize) -> Vec<u8> {
    let mut out = vec![0; pcm.len()];
    let mut len = 0;
    for part in pcm.chunks(packet) {
        len += encoder.encode(part, &mut out[len..]).expect("whole packets");
    }
    out.truncate(len);
    out
}

fn decode(decoder: &mut dyn Decoder, codes: &[u8], packet: usize) -> Vec<i16> {
    let mut pcm = vec![0; codes.len() * 2];
    let mut len = 0;
    for part in codes.chunks(packet) {
        len += decoder.decode(part, &mut pcm[len..]).expect("whole packets");
    }
    pcm.truncate(len);
    pcm
}

fn check_g711(law: Law, encoded: &str, decoded: &str) {
    let (Some(source), Some(encoded), Some(decoded)) =
        (words("g711/test_data/sweep.src"), words(encoded), words(decoded))
    else {
        return;
    };
    assert_eq!(encode(&mut G711Encoder::new(law), &source, 160), codes(&encoded));
    assert_eq!(decode(&mut G711Decoder::new(law), &codes(&encoded), 160), decoded);
}

#[test]
fn a_law_equals_the_reference_on_every_sample() {
    check_g711(Law::A, "g711/test_data/sweep-r.a", "g711/test_data/sweep-r.rea");
}

#[test]
fn mu_law_equals_the_reference_on_every_sample() {
    check_g711(Law::Mu, "g711/test_data/sweep-r.u", "g711/test_data/sweep-r.reu");
}

#[test]
fn g722_equals_the_reference_both_ways() {
    let (Some(source), Some(encoded), Some(decoded)) = (
        words("g722/test_data/inpsp.bin"),
        words("g722/test_data/codspw.cod"),
        words("g722/test_data/outsp1.bin"),
    ) else {
        return;
    };
    for packet in [160, 2, 480] {
        assert_eq!(encode(&mut G722Encoder::new(), &source, packet), codes(&encoded));
        assert_eq!(decode(&mut G722Decoder::new(), &codes(&encoded), packet), decoded);
    }
}
