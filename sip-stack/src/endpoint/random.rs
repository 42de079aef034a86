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

    /// The transaction id of a binding request.
    pub(crate) fn stun_id(&mut self) -> [u8; 12] {
        let block = self.block();
        std::array::from_fn(|index| block.get(index).copied().unwrap_or_default())
    }

    /// A number in `0..bound`; 0 for an empty range.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// 128 bits in hexadecimal: at least the 32 that RFC 3261 §19.3 asks of a tag.
    pub(crate) fn token(&mut self) -> String {
        hexadecimal(&self.block())
    }

    /// The same, and [`is_signed`](Self::is_signed) knows it again.
    pub(crate) fn signed(&mut self) -> String {
        self.counter += 1;
        self.signed_as(self.counter)
    }

    /// A [`signed`](Self::signed) token that is always the same for the same `name`; no counter gets to its numbers.
    pub(crate) fn signed_for(&self, name: &str) -> String {
        let code = Sha256::new().chain_update(self.seed).chain_update("named").chain_update(name).finalize();
        let number = code.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte));
        self.signed_as(number | 1 << 63)
    }

    /// Whether a text begins with a token that [`signed`](Self::signed) made, now or ever for this seed.
    pub(crate) fn is_signed(&self, text: &str) -> bool {
        let number = text.get(..16).and_then(|number| u64::from_str_radix(number, 16).ok());
        number.is_some_and(|number| text.starts_with(&self.signed_as(number)))
    }

    fn signed_as(&self, number: u64) -> String {
        let number = number.to_be_bytes();
        let code =
            Sha256::new().chain_update(self.seed).chain_update("signed").chain_update(number).finalize();
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&number);
        bytes[8..].copy_from_slice(code.split_at(8).0);
        hexadecimal(&bytes)
    }

    /// Half a key's worth that is always the same for the same `name`.
    pub(crate) fn secret(&self, name: &str) -> [u8; 16] {
        let block =
            Sha256::new().chain_update(self.seed).chain_update("secret").chain_update(name).finalize();
        std::array::from_fn(|index| block.get(index).copied().unwrap_or_default())
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

    #[test]
    fn only_our_own_signed_tokens_are_known_again() {
        let mut random = Random::new([1; 32]);
        let token = random.signed();
        assert!(random.is_signed(&token) && random.is_signed(&(token.clone() + ".more")));
        assert!(!Random::new([2; 32]).is_signed(&token));
        let named = random.signed_for("name");
        assert!(random.is_signed(&named) && named == random.signed_for("name"));
        assert_ne!(named, random.signed_for("another"));
        assert!(!random.is_signed(&token.replacen('0', "1", 1)));
        for noise in ["", "0", "zzzzzzzzzzzzzzzz", "+000000000000001"] {
            assert!(!random.is_signed(noise), "{noise}");
        }
    }
}
