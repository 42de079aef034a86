//! One file that grows.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use engine::RecordingFault;
use sha2::{Digest, Sha256};

/// Nobody but the gateway's own user reads what people said.
const MODE: u32 = 0o600;
const HEADER_BYTES: u64 = 44;
/// Two channels of 16 bit, 8,000 times a second.
const BYTES_PER_S: u64 = 32_000;
const BLOCK: usize = 64 * 1024;

/// A file that is being written.
#[derive(Debug)]
pub(super) struct Growing {
    file: File,
    /// Where the next sound goes; less than the head as long as there is none.
    end: u64,
}

impl Growing {
    /// Makes the file; one that is there already is none of ours.
    pub(super) fn create(path: &Path) -> Result<Self, RecordingFault> {
        let file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(path);
        Ok(Self { file: file.map_err(|error| fault(&error))?, end: HEADER_BYTES })
    }

    /// Writes a piece: the head again, or the next sound. A piece that is missing between is one that had no room.
    pub(super) fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), RecordingFault> {
        if at != 0 && at != self.end {
            return Err(RecordingFault::DiskSlow);
        }
        self.file.write_all_at(bytes, at).map_err(|error| fault(&error))?;
        self.end = self.end.max(at + bytes.len() as u64);
        Ok(())
    }
}

/// What a closed file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) length: Duration,
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
}

/// Brings a file to the disk and reads it once.
pub(super) fn measure(path: &Path) -> io::Result<Measured> {
    let mut file = File::open(path)?;
    file.sync_all()?;
    let (mut hash, mut bytes, mut block) = (Sha256::new(), 0, vec![0; BLOCK]);
    loop {
        match file.read(&mut block)? {
            0 => break,
            read => {
                hash.update(block.get(..read).unwrap_or_default());
                bytes += read as u64;
            }
        }
    }
    let sound = bytes.saturating_sub(HEADER_BYTES);
    let length = Duration::from_micros(sound.saturating_mul(1_000_000) / BYTES_PER_S);
    Ok(Measured { length, bytes, sha256: hash.finalize().into() })
}

fn fault(error: &io::Error) -> RecordingFault {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let full = matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge);
    if full { RecordingFault::DiskFull } else { RecordingFault::Unwritable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_missing_piece_are_told_apart() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut growing = Growing { file: full, end: HEADER_BYTES };
        assert_eq!(growing.write(HEADER_BYTES, &[0; 100]), Err(RecordingFault::DiskFull));
        let path = std::env::temp_dir().join(format!("offhook-growing-{}", std::process::id()));
        let mut growing = Growing::create(&path).unwrap();
        assert_eq!(Growing::create(&path).unwrap_err(), RecordingFault::Unwritable);
        assert_eq!(growing.write(HEADER_BYTES, &[1; 32_000]), Ok(()));
        assert_eq!(growing.write(0, &[2; 44]), Ok(()));
        assert_eq!(growing.write(HEADER_BYTES + 64_000, &[3; 4]), Err(RecordingFault::DiskSlow));
        let measured = measure(&path).unwrap();
        assert_eq!((measured.length, measured.bytes), (Duration::from_secs(1), 32_044));
        std::fs::remove_file(&path).unwrap();
    }
}
