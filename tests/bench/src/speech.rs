//! Ten seconds of speech, as the frames that a browser and a phone would send.

use std::f32::consts::TAU;
use std::fs;
use std::io;
use std::process::Command;

use media::codec::g711::Law;
use rusty_opus::{Application, OpusEncoder};

use crate::load::Work;

const SECONDS: usize = 10;
const OPUS_RATE: usize = 48_000;
const G711_RATE: usize = 8_000;
const FRAMES_PER_S: usize = 50;
/// What Chromium sends for mono speech, and what where it is asked for narrowband (RFC 7587 `maxplaybackrate=8000`).
const FULLBAND_BITRATE: i32 = 32_000;
const NARROWBAND_BITRATE: i32 = 12_000;

/// A clip, ready to send, in a loop.
pub(crate) struct Clip {
    /// One Opus packet a frame, full band.
    fullband: Vec<Vec<u8>>,
    /// The same in narrowband.
    narrowband: Vec<Vec<u8>>,
    /// One G.711 mu-law packet a frame.
    pub(crate) pcmu: Vec<Vec<u8>>,
}

impl Clip {
    /// Speaks by `espeak-ng` where it is installed, else hums with pauses.
    pub(crate) fn speak() -> io::Result<Self> {
        let pcm = spoken().unwrap_or_else(hummed);
        let narrow = narrowed(&pcm);
        Ok(Self {
            fullband: opus_frames(&pcm, OPUS_RATE, FULLBAND_BITRATE)?,
            narrowband: opus_frames(&narrow, G711_RATE, NARROWBAND_BITRATE)?,
            pcmu: pcmu_frames(&narrow),
        })
    }

    /// What a browser sends, a packet a frame.
    pub(crate) fn of(&self, work: Work) -> &[Vec<u8>] {
        match work {
            Work::Transcode => &self.narrowband,
            Work::TranscodeFullband => &self.fullband,
            Work::Relay => &self.pcmu,
        }
    }
}

/// 48 kHz mono from espeak-ng's 22.05 kHz WAV, by linear interpolation: good enough as a codec's input.
fn spoken() -> Option<Vec<f32>> {
    let file = std::env::temp_dir().join(format!("offhook-bench-{}.wav", std::process::id()));
    let text = "The quick brown fox jumps over the lazy dog. Please hold the line while we connect your call. \
                Your appointment is on Tuesday the fourth, at half past nine in the morning.";
    let status = Command::new("espeak-ng").arg("-w").arg(&file).arg(text).status().ok()?;
    let wav = status.success().then(|| fs::read(&file).ok()).flatten()?;
    // A leftover file in the temporary folder harms nothing.
    let _ = fs::remove_file(&file);
    let rate = u32::from_le_bytes(wav.get(24..28)?.try_into().ok()?) as f32;
    let samples: Vec<f32> = wav
        .get(44..)?
        .chunks_exact(2)
        .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
        .collect();
    let at = |position: f32| {
        let index = position as usize;
        let (here, next) = (samples[index % samples.len()], samples[(index + 1) % samples.len()]);
        here + (next - here) * position.fract()
    };
    Some((0..SECONDS * OPUS_RATE).map(|n| at(n as f32 * rate / OPUS_RATE as f32)).collect())
}

fn hummed() -> Vec<f32> {
    let sample = |n: usize| {
        let t = n as f32 / OPUS_RATE as f32;
        let syllable = (TAU * 2.0 * t).sin().max(0.0);
        let voice: f32 = (1..12).map(|k| (TAU * 120.0 * k as f32 * t).sin() / k as f32).sum();
        0.15 * syllable * voice
    };
    (0..SECONDS * OPUS_RATE).map(sample).collect()
}

fn opus_frames(pcm: &[f32], rate: usize, bitrate: i32) -> io::Result<Vec<Vec<u8>>> {
    let failed = |error| io::Error::other(format!("opus: {error:?}"));
    let mut encoder = OpusEncoder::new(rate as i32, 1, Application::Voip).map_err(failed)?;
    encoder.bitrate_bps = bitrate;
    let samples = rate / FRAMES_PER_S;
    let mut packet = [0; 1500];
    let mut encode = |frame: &[f32]| {
        let len = encoder.encode(frame, samples, &mut packet).map_err(failed)?;
        Ok(packet[..len].to_vec())
    };
    pcm.chunks_exact(samples).map(&mut encode).collect()
}

/// 8 kHz, by the mean of six samples.
fn narrowed(pcm: &[f32]) -> Vec<f32> {
    pcm.chunks_exact(OPUS_RATE / G711_RATE).map(|six| six.iter().sum::<f32>() / six.len() as f32).collect()
}

fn pcmu_frames(narrow: &[f32]) -> Vec<Vec<u8>> {
    let compressed = |sample: &f32| Law::Mu.compress((sample * 32_767.0) as i16);
    narrow
        .chunks_exact(G711_RATE / FRAMES_PER_S)
        .map(|frame| frame.iter().map(compressed).collect())
        .collect()
}
