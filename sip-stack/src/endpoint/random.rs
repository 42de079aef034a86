//! Unguessable numbers from one seed.

use sha2::{Digest, Sha256};

/// A counter-mode generator over SHA-256: tags, branches and Call-IDs must not be guessed by strangers.
#[derive(Debug)]
pub(crate) struct Random {
    seed: [u8; 32],
    counter: u64,
}

impl Random {
    pub(crate) fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0 }
    }

    fn block(&mut self) -> [u8; 32] {
        self.counter += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.counter.to_be_bytes()).finalize().into()
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        let block = self.block();
        block.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// A number in `0..bound`; 0 for an empty range.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// 128 bits in hexadecimal: at least the 32 that RFC 3261 §19.3 asks of a tag.
    pub(crate) fn token(&mut self) -> String {
        hexadecimal(&self.block())
    }

    /// A token that is always the same for the same `name`.
    pub(crate) fn derived(&self, name: &str) -> String {
        hexadecimal(
            &Sha256::new().chain_update(self.seed).chain_update("derived").chain_update(name).finalize(),
        )
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().take(16).fold(String::with_capacity(32), |mut token, byte| {
        for nibble in [byte >> 4, byte & 15] {
            token.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        token
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_follow_the_seed_and_differ() {
        let mut first = Random::new([1; 32]);
        let mut again = Random::new([1; 32]);
        let token = first.token();
        assert_eq!(token.len(), 32);
        assert_eq!(token, again.token());
        assert_ne!(token, first.token());
        assert_ne!(token, Random::new([2; 32]).token());
    }
}
