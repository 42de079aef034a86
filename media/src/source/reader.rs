//! One kind of source, read from front to back at its own rate.

use std::time::Duration;

use super::audio::File;
use super::feed::Feed;
use super::opus_file::OpusReader;
use super::wav::Wav;
use super::{Source, Tone, tone};

pub(super) enum Reader {
    Silence,
    Tone { tone: Tone, at: u64 },
    Wav { wav: Wav, at: usize },
    Opus(Box<OpusReader>),
    Feed(Feed),
}

impl Reader {
    /// `None` if it cannot be read at all.
    pub(super) fn new(source: Source) -> Option<Self> {
        Some(match source {
            Source::Silence => Self::Silence,
            Source::Tone(tone) => Self::Tone { tone, at: 0 },
            Source::Feed { rate } => Self::Feed(Feed::new(rate)),
            Source::Audio(audio) => match audio.file {
                File::Wav(wav) => Self::Wav { wav, at: 0 },
                File::Opus(file) => Self::Opus(Box::new(OpusReader::new(file, 16_000)?)),
            },
        })
    }

    /// Samples per second.
    pub(super) fn rate(&self) -> u32 {
        match self {
            Self::Silence | Self::Tone { .. } => tone::RATE,
            Self::Wav { wav, .. } => wav.rate,
            Self::Opus(reader) => reader.rate(),
            Self::Feed(feed) => feed.rate,
        }
    }

    /// Tells how many samples were read; less than asked for at the end only.
    pub(super) fn read(&mut self, pcm: &mut [i16]) -> usize {
        match self {
            Self::Silence => {
                pcm.fill(0);
                pcm.len()
            }
            Self::Tone { tone, at } => {
                let read = tone.read(*at, pcm);
                *at += read as u64;
                read
            }
            Self::Wav { wav, at } => {
                let read = wav.read(*at, pcm);
                *at += read;
                read
            }
            Self::Opus(reader) => reader.read(pcm),
            Self::Feed(feed) => {
                feed.read(pcm);
                pcm.len()
            }
        }
    }

    /// Goes to a place; one beyond the end is the end. Of a feed it leaves out what waits.
    pub(super) fn seek(&mut self, to: Duration) {
        let sample = (to.as_micros() * u128::from(self.rate()) / 1_000_000).min(u128::from(u64::MAX)) as u64;
        match self {
            Self::Silence => {}
            Self::Tone { at, .. } => *at = sample,
            Self::Wav { at, .. } => *at = sample as usize,
            Self::Opus(reader) => reader.seek(sample),
            Self::Feed(feed) => feed.clear(),
        }
    }

    /// Adds frames; of the other kinds nothing becomes.
    pub(super) fn feed(&mut self, pcm: &[i16]) {
        if let Self::Feed(feed) = self {
            feed.push(pcm);
        }
    }
}
