//! How often each server nonce was used (RFC 7616 §3.4.5, `nc`).

use std::collections::VecDeque;

/// Servers hand out nonces as they like; only the latest are worth remembering.
const NONCES_MAX: usize = 64;

/// The counts of the latest nonces.
#[derive(Debug, Default)]
pub(crate) struct NonceCounts(VecDeque<(String, u32)>);

impl NonceCounts {
    /// The count of the next use of `nonce`, from 1.
    pub(crate) fn next(&mut self, nonce: &str) -> u32 {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| known == nonce) {
            *count += 1;
            return *count;
        }
        if self.0.len() >= NONCES_MAX {
            self.0.pop_front();
        }
        self.0.push_back((nonce.to_owned(), 1));
        1
    }
}
