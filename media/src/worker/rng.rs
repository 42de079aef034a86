//! Random numbers from the seed a worker was given: SHA-256 over a counter.

use sha2::{Digest, Sha256};

const NAMES: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#[derive(Debug)]
pub(crate) struct Rng {
    seed: [u8; 32],
    counter: u64,
}

impl Rng {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0 }
    }

    pub(crate) fn block(&mut self) -> [u8; 32] {
        self.counter += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.counter.to_be_bytes()).finalize().into()
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.block().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }

    /// `len` characters of RFC 8839's `ice-char`, up to 32: six bits of chance each.
    pub(super) fn ice_chars(&mut self, len: usize) -> String {
        self.block().iter().take(len).map(|byte| char::from(NAMES[usize::from(byte & 63)])).collect()
    }
}
