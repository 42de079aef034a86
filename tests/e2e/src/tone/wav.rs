//! 16-bit PCM WAV files (RIFF), written for Chromium and baresip and read back from baresip.

use super::Sound;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

const HEADER_BYTES: usize = 44;
const PCM: u16 = 1;

impl Sound {
    /// Writes the sound as a mono WAV file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_wav(&self, path: &Path) -> Result<()> {
        let data_bytes = (self.samples.len() * 2) as u32;
        let mut file = Vec::with_capacity(HEADER_BYTES + data_bytes as usize);
        file.extend_from_slice(b"RIFF");
        file.extend_from_slice(&(data_bytes + HEADER_BYTES as u32 - 8).to_le_bytes());
        file.extend_from_slice(b"WAVEfmt ");
        file.extend_from_slice(&16u32.to_le_bytes());
        file.extend_from_slice(&PCM.to_le_bytes());
        file.extend_from_slice(&1u16.to_le_bytes());
        file.extend_from_slice(&self.rate.to_le_bytes());
        file.extend_from_slice(&(self.rate * 2).to_le_bytes());
        file.extend_from_slice(&2u16.to_le_bytes());
        file.extend_from_slice(&16u16.to_le_bytes());
        file.extend_from_slice(b"data");
        file.extend_from_slice(&data_bytes.to_le_bytes());
        file.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        fs::write(path, file).with_context(|| format!("write {}", path.display()))
    }

    /// Reads a 16-bit PCM WAV file; of several channels the first.
    ///
    /// The sizes in the header are not believed: a recorder that is killed leaves them zero.
    ///
    /// # Errors
    /// The file is missing or not 16-bit PCM.
    pub fn read_wav(path: &Path) -> Result<Self> {
        let file = fs::read(path).with_context(|| format!("read {}", path.display()))?;
        let format = chunk(&file, b"fmt ").context("no fmt chunk")?;
        let data = chunk(&file, b"data").context("no data chunk")?;
        ensure!(format.len() >= 16, "fmt chunk is short");
        let channels = usize::from(u16::from_le_bytes([format[2], format[3]])).max(1);
        let rate = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
        ensure!(format[14] == 16, "{} bits a sample, not 16", format[14]);
        let samples = data.chunks_exact(2 * channels);
        let samples = samples.map(|frame| i16::from_le_bytes([frame[0], frame[1]]));
        Ok(Self { rate, samples: samples.collect() })
    }
}

/// The bytes from the named chunk's content on, to the end of the file.
fn chunk<'a>(file: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let mut at = 12;
    while let Some(head) = file.get(at..at + 8) {
        if &head[..4] == name {
            return file.get(at + 8..);
        }
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        at += 8 + size + size % 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::tone::{Sound, Tone};
    use std::time::Duration;

    #[test]
    fn what_is_written_is_read_back() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("tone.wav");
        let sound = Tone::at(440.0).sound(8_000, Duration::from_millis(300));
        sound.write_wav(&path).expect("write");
        let read = Sound::read_wav(&path).expect("read");
        assert_eq!((read.rate, read.samples), (8_000, sound.samples));
    }
}
