//! Nonces that need no memory: each carries its time and a code that only we can make.

use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::hash::hexadecimal;

/// The octets of the code that are kept: 128 bits are beyond guessing while a nonce lives.
const CODE_BYTES: usize = 16;

/// Makes nonces and knows them again.
#[derive(Clone)]
pub struct Nonces {
    key: [u8; 32],
    lifetime: Duration,
}

/// What a nonce that came back is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Ours and young.
    Fresh,
    /// Ours and too old.
    Stale,
    /// Not ours, or given to somebody else.
    Forged,
}

impl Nonces {
    /// `key` is random and secret; a node that shares it knows the other's nonces.
    pub const fn new(key: [u8; 32], lifetime: Duration) -> Self {
        Self { key, lifetime }
    }

    /// A nonce for one peer. `now` counts from any fixed moment; `peer` is what the nonce is bound to, such as
    /// the peer's address.
    pub fn issue(&self, now: Duration, peer: &[u8]) -> String {
        let issued = now.as_secs().to_be_bytes();
        let code = self.code(issued, peer).finalize().into_bytes();
        format!("{}{}", hexadecimal(&issued), hexadecimal(&code[..CODE_BYTES]))
    }

    /// Judges a nonce that came back.
    pub fn check(&self, now: Duration, peer: &[u8], nonce: &str) -> Freshness {
        let Some(bytes) = unhexadecimal::<{ 8 + CODE_BYTES }>(nonce) else { return Freshness::Forged };
        let mut issued = [0; 8];
        issued.copy_from_slice(&bytes[..8]);
        if self.code(issued, peer).verify_truncated_left(&bytes[8..]).is_err() {
            return Freshness::Forged;
        }
        match now.checked_sub(Duration::from_secs(u64::from_be_bytes(issued))) {
            Some(age) if age <= self.lifetime => Freshness::Fresh,
            _ => Freshness::Stale,
        }
    }

    fn code(&self, issued: [u8; 8], peer: &[u8]) -> Hmac<Sha256> {
        let mut pad = [0; 64];
        pad[..32].copy_from_slice(&self.key);
        Hmac::<Sha256>::new(&pad.into()).chain_update(issued).chain_update(peer)
    }
}

fn unhexadecimal<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        for digit in pair {
            *byte = *byte << 4 | u8::try_from(char::from(*digit).to_digit(16)?).ok()?;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(300);

    #[test]
    fn a_nonce_lives_for_its_time_and_its_peer() {
        let nonces = Nonces::new([7; 32], LIFE);
        let nonce = nonces.issue(LIFE, b"192.0.2.1");
        assert_eq!(nonces.check(LIFE * 2, b"192.0.2.1", &nonce), Freshness::Fresh);
        assert_eq!(nonces.check(LIFE * 2 + Duration::from_secs(1), b"192.0.2.1", &nonce), Freshness::Stale);
        assert_eq!(nonces.check(LIFE, b"192.0.2.2", &nonce), Freshness::Forged);
        assert_eq!(Nonces::new([8; 32], LIFE).check(LIFE, b"192.0.2.1", &nonce), Freshness::Forged);
    }

    #[test]
    fn a_nonce_cannot_be_made_younger() {
        let nonces = Nonces::new([7; 32], LIFE);
        let nonce = nonces.issue(Duration::ZERO, b"");
        let younger = nonce.replacen("0000000000000000", "00000000000000ff", 1);
        assert_eq!(nonces.check(LIFE, b"", &younger), Freshness::Forged);
        assert_eq!(nonces.check(LIFE, b"", "äö"), Freshness::Forged);
    }
}
