//! Files of all kinds are heard as they sound.

use std::time::Duration;

use bytes::Bytes;
use media::CodecKind::{self, G722, Opus, Pcmu};
use media::codec::decoder;
use media::codec::g711::Law;
use media::source::{Audio, AudioError, PlayEnd, PlaySettings, Source};

use crate::bridge_transcodes::heard_by_trunk;
use crate::files::{PCM, tone_opus, tone_wav, wav};
use crate::tone::{Tone, assert_tone};
use crate::world::{BROWSER, TRUNK, World};

const SECOND: Duration = Duration::from_secs(1);

/// What the trunk hears of a file.
fn heard(file: &Bytes, codec: CodecKind) -> Vec<i16> {
    let audio = Audio::parse(file).unwrap();
    let length = audio.length();
    let mut world = World::call(&[Opus], codec);
    world.play(TRUNK, Source::Audio(audio), PlaySettings::default());
    world.run(length + SECOND / 2);
    let (end, position) = world.played(TRUNK)[0];
    assert_eq!(end, PlayEnd::Finished);
    assert!(position.abs_diff(length) < Duration::from_millis(30), "{position:?} of {length:?}");
    world.assert_trunk_stream(160);
    heard_by_trunk(&world, codec)
}

fn bytes_of(pcm: &[i16], coding: impl Fn(i16) -> Vec<u8>) -> Vec<u8> {
    pcm.iter().flat_map(|sample| coding(*sample)).collect()
}

#[test]
fn wav_at_all_usual_rates() {
    for rate in [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
        let pcm = heard(&tone_wav(1_000.0, rate, 1_000), Pcmu);
        assert_tone(&pcm[400..7_200], 1_000.0, 8_000);
    }
    let pcm = heard(&tone_wav(5_000.0, 48_000, 1_000), G722);
    assert_tone(&pcm[1_600..14_400], 5_000.0, 16_000);
}

#[test]
fn wav_of_eight_bits_and_g711() {
    let pcm = Tone::new(1_000.0, 8_000).frame(8_000);
    let eight = bytes_of(&pcm, |sample| vec![((sample >> 8) + 128) as u8]);
    let a_law = bytes_of(&pcm, |sample| vec![Law::A.compress(sample)]);
    let mu_law = bytes_of(&pcm, |sample| vec![Law::Mu.compress(sample)]);
    for (format, data) in [(PCM, eight), (6, a_law), (7, mu_law)] {
        assert_tone(&heard(&wav(format, 1, 8_000, 8, &data), Pcmu)[400..7_200], 1_000.0, 8_000);
    }
}

#[test]
fn stereo_is_heard_from_both_sides() {
    let (left, right) = (Tone::new(500.0, 16_000).frame(16_000), Tone::new(1_500.0, 16_000).frame(16_000));
    let data: Vec<u8> =
        left.iter().zip(&right).flat_map(|(l, r)| [l.to_le_bytes(), r.to_le_bytes()].concat()).collect();
    let pcm = heard(&wav(PCM, 2, 16_000, 16, &data), Pcmu);
    for frequency in [500.0, 1_500.0] {
        let found = crate::tone::amplitude(&pcm[800..7_200], frequency, 8_000);
        assert!((found / (crate::tone::AMPLITUDE / 2.0) - 1.0).abs() < 0.1, "{frequency} Hz at {found}");
    }
}

#[test]
fn ogg_opus() {
    for (codec, rate) in [(Pcmu, 8_000), (G722, 16_000)] {
        let file = tone_opus(1_000.0, 2_000);
        let pcm = heard(&file, codec);
        let quarter = rate as usize / 4;
        assert_tone(&pcm[quarter..7 * quarter], 1_000.0, rate);
    }
}

#[test]
fn a_damaged_page_is_passed_over() {
    let mut file = tone_opus(1_000.0, 3_000).to_vec();
    let middle = file.len() / 2;
    file[middle] ^= 1;
    let audio = Audio::parse(&file.into()).unwrap();
    let mut world = World::call(&[Opus], Pcmu);
    world.play(TRUNK, Source::Audio(audio), PlaySettings::default());
    world.run(SECOND * 3);
    let pcm = heard_by_trunk(&world, Pcmu);
    assert_tone(&pcm[1_600..7_200], 1_000.0, 8_000);
    assert_eq!(world.played(TRUNK).len(), 1, "two of three seconds are left");
}

#[test]
fn a_browser_hears_it_too() {
    let mut world = World::call(&[Opus], Pcmu);
    let audio = Audio::parse(&tone_wav(1_000.0, 44_100, 1_000)).unwrap();
    world.play(BROWSER, Source::Audio(audio), PlaySettings::default());
    world.run(SECOND);
    world.assert_browser_stream(960);
    let (mut decoder, mut pcm) = (decoder(Opus, 16_000).unwrap(), Vec::new());
    for packet in &world.browser.received {
        let mut frame = [0; 320];
        decoder.decode(&packet.payload, &mut frame).unwrap();
        pcm.extend(frame);
    }
    assert_tone(&pcm[1_600..14_400], 1_000.0, 16_000);
}

#[test]
fn a_file_whose_writer_was_cut_off_plays_to_where_it_ends() {
    let whole = tone_wav(1_000.0, 8_000, 1_000);
    let mut cut = whole[..whole.len() - 8_001].to_vec();
    let sizes = cut.len() - 7_999 - 4;
    cut[sizes..sizes + 4].copy_from_slice(&[0xff; 4]);
    let audio = Audio::parse(&cut.into()).unwrap();
    assert!(audio.length().abs_diff(SECOND / 2) < Duration::from_millis(1));
}

#[test]
fn what_cannot_be_played_is_refused_at_once() {
    let refused = |bytes: Vec<u8>| Audio::parse(&bytes.into()).unwrap_err();
    assert_eq!(refused(Vec::new()), AudioError::Malformed);
    assert_eq!(refused(b"ID3 and so on".to_vec()), AudioError::Malformed);
    assert_eq!(refused(wav(3, 1, 8_000, 32, &[0; 400]).to_vec()), AudioError::Coding);
    assert_eq!(refused(wav(PCM, 6, 8_000, 16, &[0; 480]).to_vec()), AudioError::Channels);
    assert_eq!(refused(wav(PCM, 1, 12_347, 16, &[0; 400]).to_vec()), AudioError::Rate);
    assert_eq!(refused(wav(PCM, 1, 0, 16, &[0; 400]).to_vec()), AudioError::Rate);
    assert_eq!(refused(wav(PCM, 1, 8_000, 16, &[]).to_vec()), AudioError::Empty);
    let opus = tone_opus(1_000.0, 100);
    for len in 0..opus.len() {
        // No length is an end by force.
        let _ = Audio::parse(&opus.slice(..len));
    }
}
