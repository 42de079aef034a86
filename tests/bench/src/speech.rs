//! Ten seconds of speech, as the frames that a browser and a phone would send.

use std::f32::consts::TAU;
use std::fs;
use std::io;
use std::process::Command;

use media::codec::g711::Law;
use rusty_opus::{Application, OpusEncoder};

const SECONDS: usize = 10;
const OPUS_RATE: usize = 48_000;
/// 20 ms.
const OPUS_FRAME: usize = 960;
/// 20 ms at 8 kHz.
const G711_FRAME: usize = 160;
/// What Chromium sends for mono speech.
const OPUS_BITRATE: i32 = 32_000;

/// A clip, ready to send, in a loop.
pub(crate) struct Clip {
    /// One Opus packet a frame, full band, with in-band FEC.
    pub(crate) opus: Vec<Vec<u8>>,
    /// One G.711 mu-law packet a frame.
    pub(crate) pcmu: Vec<Vec<u8>>,
}

impl Clip {
    /// Speaks by `espeak-ng` where it is installed, else hums with pauses.
    pub(crate) fn speak() -> io::Result<Self> {
        let pcm = spoken().unwrap_or_else(hummed);
        Ok(Self { opus: opus_frames(&pcm)?, pcmu: pcmu_frames(&pcm) })
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

fn opus_frames(pcm: &[f32]) -> io::Result<Vec<Vec<u8>>> {
    let failed = |error| io::Error::other(format!("opus: {error:?}"));
    let mut encoder = OpusEncoder::new(OPUS_RATE as i32, 1, Application::Voip).map_err(failed)?;
    encoder.bitrate_bps = OPUS_BITRATE;
    let mut packet = [0; 1500];
    let mut encode = |frame: &[f32]| {
        let len = encoder.encode(frame, OPUS_FRAME, &mut packet).map_err(failed)?;
        Ok(packet[..len].to_vec())
    };
    pcm.chunks_exact(OPUS_FRAME).map(&mut encode).collect()
}

fn pcmu_frames(pcm: &[f32]) -> Vec<Vec<u8>> {
    let narrow: Vec<i16> =
        pcm.chunks_exact(6).map(|six| (six.iter().sum::<f32>() / 6.0 * 32_767.0) as i16).collect();
    narrow
        .chunks_exact(G711_FRAME)
        .map(|frame| frame.iter().map(|&s| Law::Mu.compress(s)).collect())
        .collect()
}
