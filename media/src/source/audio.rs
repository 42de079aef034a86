//! A file of sound, whichever kind it is.

use std::time::Duration;

use bytes::Bytes;

use super::opus_file::OpusFile;
use super::wav::Wav;
use crate::resample::Resampler;

/// The longest file: an hour of 16-bit sound at 8 kHz, eight hours of Opus.
const BYTES_MAX: usize = 64 << 20;

/// Why a file cannot be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// It is neither WAV nor Ogg Opus, or is damaged.
    #[error("neither a WAV nor an Ogg Opus file")]
    Malformed,
    /// What it is coded in is not known: a WAV file holds 8 or 16 bit or G.711.
    #[error("unsupported coding")]
    Coding,
    /// It is neither mono nor stereo.
    #[error("neither mono nor stereo")]
    Channels,
    /// A sampling rate that cannot be brought to 8 and 16 kHz; all that are usual can.
    #[error("unsupported sampling rate")]
    Rate,
    /// It holds no sound.
    #[error("no sound in the file")]
    Empty,
    /// It is longer than 64 MiB.
    #[error("file too long")]
    TooLong,
}

/// A whole file of sound that has been looked through and can be played. A copy shares the bytes, so that one file can
/// be played in many calls.
#[derive(Clone, Debug)]
pub struct Audio {
    pub(super) file: File,
}

#[derive(Clone, Debug)]
pub(super) enum File {
    Wav(Wav),
    Opus(OpusFile),
}

impl Audio {
    /// Takes a WAV file (8 or 16 bit, G.711; any usual rate) or an Ogg Opus file (RFC 7845), mono or stereo, which is
    /// played as mono. It is told which by its first bytes.
    pub fn parse(bytes: &Bytes) -> Result<Self, AudioError> {
        if bytes.len() > BYTES_MAX {
            return Err(AudioError::TooLong);
        }
        if bytes.starts_with(b"OggS") {
            return Ok(Self { file: File::Opus(OpusFile::parse(bytes)?) });
        }
        let wav = Wav::parse(bytes)?;
        if [8_000, 16_000].into_iter().any(|rate| Resampler::new(wav.rate, rate).is_err()) {
            return Err(AudioError::Rate);
        }
        if wav.len() == 0 {
            return Err(AudioError::Empty);
        }
        Ok(Self { file: File::Wav(wav) })
    }

    /// How long it plays.
    pub fn length(&self) -> Duration {
        let (samples, rate) = match &self.file {
            File::Wav(wav) => (wav.len() as u64, wav.rate),
            File::Opus(file) => (file.len(), 48_000),
        };
        Duration::from_micros(samples.saturating_mul(1_000_000) / u64::from(rate.max(1)))
    }
}
