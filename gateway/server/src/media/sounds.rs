//! The files that programs have played: read once from one folder, shared by all calls, forgotten when others need room.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use media::source::{Audio, AudioError};

/// Bytes of files that are kept in memory: an hour of telephone sound, and as much again.
const KEPT_BYTES_MAX: u64 = 128 << 20;
/// The longest file that is read; longer ones are refused unread.
const FILE_BYTES_MAX: u64 = 64 << 20;
const NAME_BYTES_MAX: usize = 200;

/// Why a file cannot be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SoundError {
    /// No folder is configured.
    #[error("there are no sound files: write a folder as sounds.folder")]
    NoFolder,
    /// It would lead out of the folder, or is too long.
    #[error("not the name of a file in the folder of sounds")]
    Name,
    /// It is not there, or may not be read.
    #[error("there is no such file in the folder of sounds")]
    Missing,
    /// It cannot be played.
    #[error(transparent)]
    Audio(#[from] AudioError),
}

/// A file that was read.
struct Kept {
    changed: Option<SystemTime>,
    bytes: u64,
    audio: Audio,
    used: u64,
}

#[derive(Default)]
struct Memory {
    files: HashMap<String, Kept>,
    bytes: u64,
    uses: u64,
}

/// A folder of files.
#[derive(Clone, Default)]
pub struct Sounds {
    folder: Option<PathBuf>,
    memory: Arc<Mutex<Memory>>,
}

impl Sounds {
    /// Those of a folder; of none, none.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, memory: Arc::default() }
    }

    /// A file by its name in the folder. One that has changed since is read again.
    ///
    /// # Errors
    ///
    /// It is not there, or cannot be played.
    pub async fn find(&self, name: String) -> Result<Audio, SoundError> {
        let path = self.path(&name)?;
        let sounds = self.clone();
        let found = tokio::task::spawn_blocking(move || sounds.read(name, &path)).await;
        found.unwrap_or(Err(SoundError::Missing))
    }

    fn path(&self, name: &str) -> Result<PathBuf, SoundError> {
        let folder = self.folder.as_ref().ok_or(SoundError::NoFolder)?;
        let plain = |part| matches!(part, Component::Normal(_));
        let good = (1..=NAME_BYTES_MAX).contains(&name.len())
            && !name.contains(['\0', '\\'])
            && Path::new(name).components().all(plain);
        if good { Ok(folder.join(name)) } else { Err(SoundError::Name) }
    }

    fn read(&self, name: String, path: &Path) -> Result<Audio, SoundError> {
        let about = std::fs::metadata(path).map_err(|_| SoundError::Missing)?;
        if !about.is_file() {
            return Err(SoundError::Missing);
        }
        if about.len() > FILE_BYTES_MAX {
            return Err(AudioError::TooLong.into());
        }
        let changed = about.modified().ok();
        if let Some(audio) = self.known(&name, changed, about.len()) {
            return Ok(audio);
        }
        let bytes = bytes::Bytes::from(std::fs::read(path).map_err(|_| SoundError::Missing)?);
        let audio = Audio::parse(&bytes)?;
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.keep(name, Kept { changed, bytes: bytes.len() as u64, audio: audio.clone(), used: 0 });
        Ok(audio)
    }

    fn known(&self, name: &str, changed: Option<SystemTime>, bytes: u64) -> Option<Audio> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.uses += 1;
        let uses = memory.uses;
        let kept = memory.files.get_mut(name)?;
        kept.used = uses;
        (kept.changed == changed && kept.bytes == bytes).then(|| kept.audio.clone())
    }
}

impl Memory {
    fn keep(&mut self, name: String, file: Kept) {
        self.uses += 1;
        self.bytes += file.bytes;
        let former = self.files.insert(name, Kept { used: self.uses, ..file });
        self.bytes -= former.map_or(0, |former| former.bytes);
        while self.bytes > KEPT_BYTES_MAX && self.files.len() > 1 {
            let oldest = self.files.iter().min_by_key(|(_, file)| file.used).map(|(name, _)| name.clone());
            let Some(file) = oldest.and_then(|name| self.files.remove(&name)) else { return };
            self.bytes -= file.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_none() {
        let sounds = Sounds::new(Some(PathBuf::from("/sounds")));
        for name in ["../secret.wav", "/etc/passwd", "a/../../b", "", "a\0.wav", "./a.wav", "a\\b.wav"] {
            assert_eq!(sounds.path(name), Err(SoundError::Name), "{name:?}");
        }
        assert_eq!(sounds.path("de/welcome.wav"), Ok(PathBuf::from("/sounds/de/welcome.wav")));
        assert_eq!(Sounds::default().path("a.wav"), Err(SoundError::NoFolder));
    }
}
