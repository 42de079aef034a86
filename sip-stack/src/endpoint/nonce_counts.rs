//! How often each server nonce was used (RFC 7616 §3.4.5, `nc`), by all calls and registrations together.

use std::collections::{BTreeMap, VecDeque};

/// Servers hand out nonces as they like; only the latest are worth remembering. A nonce that is counted from 1
/// again is stale to its server, and the request is sent once more.
const NONCES_MAX: usize = 4096;

/// The counts of the latest nonces.
#[derive(Debug, Default)]
pub(crate) struct NonceCounts {
    counts: BTreeMap<String, u32>,
    /// First come, first forgotten.
    order: VecDeque<String>,
}

impl NonceCounts {
    /// The count of the next use of `nonce`, from 1.
    pub(crate) fn next(&mut self, nonce: &str) -> u32 {
        if let Some(count) = self.counts.get_mut(nonce) {
            *count = count.wrapping_add(1);
            return *count;
        }
        if self.order.len() >= NONCES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.counts.remove(&oldest);
        }
        self.counts.insert(nonce.to_owned(), 1);
        self.order.push_back(nonce.to_owned());
        1
    }
}
