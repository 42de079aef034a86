//! Concealment of G.711 is closer to what was said than the reference output of G.711 Appendix I, on its own speech and
//! losses. `scripts/measure-concealment.sh` hears the same by PESQ.

use std::f64::consts::TAU;
use std::path::Path;

use media::CodecKind::Pcmu;
use media::codec::{decoder, encoder};

const VECTORS: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/testdata/codec-vectors/itu-stl/g711iplc/test_data");
/// Set to a folder, what is heard is written there.
const FOLDER: &str = "OFFHOOK_CONCEALED";
/// Packets of 10 ms, as the reference has them.
const FRAME: usize = 80;
/// Of the patterns: a frame that is lost.
const LOST: i16 = 0x6B20;
/// Added to the power of each band: the coding's own noise.
const QUIET: f64 = 1e6;
/// Frames quieter than this (mean square) are pauses.
const SPOKEN: f64 = 300.0 * 300.0;

/// `None`, with a word about it, where the vectors are not installed: their licence keeps them out of this repository.
fn words(name: &str) -> Option<Vec<i16>> {
    let path = Path::new(VECTORS).join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: no {}", path.display());
        return None;
    };
    Some(bytes.as_chunks().0.iter().map(|word| i16::from_le_bytes(*word)).collect())
}

#[derive(Clone, Copy, PartialEq)]
enum Known {
    /// What came before the loss.
    Before,
    /// What comes behind it as well, as where packets drive.
    Both,
}

fn hear(speech: &[i16], pattern: &[i16], known: Known) -> Vec<i16> {
    let (mut encoder, mut decoder) = (encoder(Pcmu, 8_000).unwrap(), decoder(Pcmu, 8_000).unwrap());
    let mut packet = [0; FRAME];
    let mut heard = vec![0; speech.len()];
    let mut from = 0;
    for (at, frame) in speech.chunks_exact(FRAME).enumerate() {
        let (start, end) = (at * FRAME, (at + 1) * FRAME);
        if pattern[at % pattern.len()] == LOST {
            continue;
        }
        encoder.encode(frame, &mut packet).unwrap();
        let lost = &mut heard[from..start];
        match known {
            Known::Before => lost.chunks_mut(FRAME).for_each(|lost| _ = decoder.conceal(lost)),
            Known::Both if lost.is_empty() => {}
            Known::Both => _ = decoder.decode_fec(&packet, lost).unwrap(),
        }
        decoder.decode(&packet, &mut heard[start..end]).unwrap();
        from = end;
    }
    heard
}

/// The spoken frames that are lost, as said and as heard.
fn lost<'a>(
    said: &'a [i16],
    heard: &'a [i16],
    pattern: &'a [i16],
) -> impl Iterator<Item = (&'a [i16], &'a [i16])> {
    let frames = said.chunks_exact(FRAME).zip(heard.chunks_exact(FRAME)).zip(pattern.iter().cycle());
    let frames = frames.filter(|(_, word)| **word == LOST).map(|(frames, _)| frames);
    frames.filter(|(said, _)| power(said.iter().map(|sample| f64::from(*sample))) > SPOKEN)
}

fn power(samples: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = samples.len() as f64;
    samples.map(|sample| sample * sample).sum::<f64>() / count
}

/// Segmental signal to noise ratio, dB.
fn snr(said: &[i16], heard: &[i16], pattern: &[i16]) -> f64 {
    mean(lost(said, heard, pattern).map(|(said, heard)| {
        let noise = said.iter().zip(heard).map(|(said, heard)| f64::from(*said) - f64::from(*heard));
        let signal = power(said.iter().map(|sample| f64::from(*sample)));
        (10.0 * (signal / power(noise).max(1.0)).log10()).clamp(-10.0, 35.0)
    }))
}

/// How far ten bands of the spectrum are off, dB.
fn spectral_distance(said: &[i16], heard: &[i16], pattern: &[i16]) -> f64 {
    mean(lost(said, heard, pattern).map(|(said, heard)| {
        let bands = spectrum(said).into_iter().zip(spectrum(heard));
        mean(bands.map(|(said, heard)| (10.0 * (said / heard).log10()).abs()))
    }))
}

fn spectrum(frame: &[i16]) -> [f64; 10] {
    let bin = |bin: usize| {
        let angle = |at: usize| TAU * at as f64 / FRAME as f64;
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (at, sample) in frame.iter().enumerate() {
            let value = f64::from(*sample) * (0.5 - 0.5 * angle(at).cos());
            real += value * (angle(at) * bin as f64).cos();
            imaginary += value * (angle(at) * bin as f64).sin();
        }
        real * real + imaginary * imaginary
    };
    std::array::from_fn(|band| (band * 4..band * 4 + 4).map(bin).sum::<f64>() + QUIET)
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn write(name: &str, pcm: &[i16]) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let bytes: Vec<u8> = pcm.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        std::fs::write(Path::new(&folder).join(name), bytes).unwrap();
    }
}

#[test]
fn closer_to_what_was_said_than_appendix_one() {
    let Some(said) = words("f2.le") else { return };
    for (pattern, reference) in [("fe10.g192", "f2_10.raw"), ("fe10_2.g192", "f2_10_2.raw")] {
        let (Some(pattern), Some(theirs)) = (words(pattern), words(reference)) else { return };
        let (before, both) = (hear(&said, &pattern, Known::Before), hear(&said, &pattern, Known::Both));
        write(&format!("before-{reference}"), &before);
        write(&format!("both-{reference}"), &both);

        let snr = |heard: &[i16]| snr(&said, heard, &pattern);
        assert!(snr(&before) > snr(&theirs) - 0.5, "{reference}: {} dB of {}", snr(&before), snr(&theirs));
        assert!(snr(&both) > snr(&theirs) + 4.0, "{reference}: {} dB of {}", snr(&both), snr(&theirs));

        let distance = |heard: &[i16]| spectral_distance(&said, heard, &pattern);
        assert!(
            distance(&before) < distance(&theirs) + 0.2,
            "{} of {} dB",
            distance(&before),
            distance(&theirs)
        );
        assert!(distance(&both) < distance(&theirs) - 0.2, "{} of {} dB", distance(&both), distance(&theirs));
    }
}
