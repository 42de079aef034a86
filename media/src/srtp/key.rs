use std::fmt;

use super::Suite;

/// The longest key and salt.
const BYTES_MAX: usize = 32 + 14;
/// RFC 3711 allows 128; nobody is seen to use more than 4.
const MKI_MAX: usize = 16;

/// A suite with its master key and salt. [`Debug`](fmt::Debug) does not show them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MasterKey {
    suite: Suite,
    bytes: [u8; BYTES_MAX],
}

impl MasterKey {
    /// Key and, behind it, salt; `None` if there are more or fewer bytes than the suite has.
    pub fn new(suite: Suite, key_and_salt: &[u8]) -> Option<Self> {
        if key_and_salt.len() != suite.key_len() + suite.salt_len() {
            return None;
        }
        let mut bytes = [0; BYTES_MAX];
        bytes[..key_and_salt.len()].copy_from_slice(key_and_salt);
        Some(Self { suite, bytes })
    }

    /// Key and salt from random bytes.
    pub fn from_random(suite: Suite, random: [[u8; 32]; 2]) -> Self {
        let mut bytes = [0; BYTES_MAX];
        let used = suite.key_len() + suite.salt_len();
        for (byte, random) in bytes[..used].iter_mut().zip(random.as_flattened()) {
            *byte = *random;
        }
        Self { suite, bytes }
    }

    /// The suite that it is for.
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Key and, behind it, salt.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.suite.key_len() + self.suite.salt_len()]
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.bytes[..self.suite.key_len()]
    }

    pub(super) fn salt(&self) -> &[u8] {
        &self.bytes()[self.suite.key_len()..]
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").field("suite", &self.suite).finish_non_exhaustive()
    }
}

/// The name of a master key that its packets carry (RFC 3711 §3.1); most have none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mki {
    bytes: [u8; MKI_MAX],
    len: usize,
}

impl Mki {
    /// `value` in `len` bytes, 1 to 16.
    pub fn new(value: u128, len: usize) -> Option<Self> {
        let fits = (1..=MKI_MAX).contains(&len) && (len == MKI_MAX || value >> (8 * len) == 0);
        let mut bytes = value.to_be_bytes();
        bytes.rotate_left(MKI_MAX - len.min(MKI_MAX));
        fits.then_some(Self { bytes, len })
    }

    /// What stands in a packet.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// How a peer protects what it sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keying {
    /// Its key.
    pub master: MasterKey,
    /// What its packets carry beside the tag.
    pub mki: Mki,
}
