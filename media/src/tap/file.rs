use bytes::Bytes;

use super::opus::{self, OpusFile};
use super::wav;
use crate::codec::CodecError;
use crate::ogg::Place;

/// What a recording is written as: both sides in one stereo file, left what came from the port's peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordFormat {
    /// Linear, 16 bit at 8 kHz: 115 MB an hour.
    #[default]
    Wav,
    /// Opus at 16 kHz in Ogg, each side a stream of its own: 22 MB an hour, and less of silence.
    OggOpus,
}

impl RecordFormat {
    /// Samples per second.
    pub(crate) const fn rate(self) -> u32 {
        match self {
            Self::Wav => wav::RATE,
            Self::OggOpus => opus::RATE,
        }
    }
}

/// A piece of the file, and at which byte it belongs.
pub(super) type Piece = (u64, Bytes);

/// A file that grows at its end, in pieces after each of which it can be opened.
pub(super) enum File {
    Wav { data: Vec<u8>, told: u64 },
    OggOpus { file: Box<OpusFile>, told: u64 },
}

impl File {
    /// `serial` names the stream in an Ogg file.
    pub(super) fn new(format: RecordFormat, serial: u32) -> Result<Self, CodecError> {
        Ok(match format {
            RecordFormat::Wav => Self::Wav { data: Vec::new(), told: 0 },
            RecordFormat::OggOpus => Self::OggOpus { file: Box::new(OpusFile::new(serial)?), told: 0 },
        })
    }

    /// Takes 20 ms of both sides.
    pub(super) fn add(&mut self, left: &[i16], right: &[i16]) {
        match self {
            Self::Wav { data, .. } => {
                for (left, right) in left.iter().zip(right) {
                    data.extend_from_slice(&left.to_le_bytes());
                    data.extend_from_slice(&right.to_le_bytes());
                }
            }
            Self::OggOpus { file, .. } => file.add([left, right]),
        }
    }

    /// What came since the last time. Of a WAV, first the sound, then the head that counts it: a file that is cut off
    /// between the two is whole without it.
    pub(super) fn take(&mut self, place: Place) -> [Option<Piece>; 2] {
        match self {
            Self::Wav { data, told } => {
                let at = wav::HEADER_LEN + *told;
                *told += data.len() as u64;
                let sound = Bytes::copy_from_slice(data);
                data.clear();
                [Some((at, sound)), Some((0, wav::header(wav::RATE, *told).into()))]
            }
            Self::OggOpus { file, told } => {
                let at = *told;
                let pages = file.take(place);
                *told += pages.len() as u64;
                [(!pages.is_empty()).then(|| (at, pages.into())), None]
            }
        }
    }
}
