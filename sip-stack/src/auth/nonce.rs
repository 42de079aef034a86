//! Nonces that need no memory: each carries its time and a code that only we can make.

use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::hash::hexadecimal;
use super::replay::Issue;

/// The octets of the code that are kept: 128 bits are beyond guessing while a nonce lives.
const CODE_BYTES: usize = 16;

/// When it was issued, and its number.
const ISSUE_BYTES: usize = 16;

/// Makes nonces and knows them again.
#[derive(Clone)]
pub struct Nonces {
    key: [u8; 32],
    lifetime: Duration,
    number: u64,
}

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nonces").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// What a nonce that came back is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Ours and young.
    Fresh,
    /// Ours and too old.
    Stale,
    /// Not ours, or given to somebody else, or for another realm.
    Forged,
}

impl Nonces {
    /// `key` is random and secret; a node that shares it knows the other's nonces.
    pub const fn new(key: [u8; 32], lifetime: Duration) -> Self {
        Self { key, lifetime, number: 0 }
    }

    /// How long a nonce is taken.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// A nonce for one peer in one realm, unlike all before it. `now` counts from any fixed moment; `peer` is
    /// what the nonce is bound to, such as the peer's address.
    pub fn issue(&mut self, now: Duration, realm: &str, peer: &[u8]) -> String {
        self.number = self.number.wrapping_add(1);
        let mut issue = [0; ISSUE_BYTES];
        issue[..8].copy_from_slice(&now.as_secs().to_be_bytes());
        issue[8..].copy_from_slice(&self.number.to_be_bytes());
        let code = self.code(&issue, realm, peer).finalize().into_bytes();
        format!("{}{}", hexadecimal(&issue), hexadecimal(&code[..CODE_BYTES]))
    }

    /// Judges a nonce that came back.
    pub fn check(&self, now: Duration, realm: &str, peer: &[u8], nonce: &str) -> Freshness {
        let Some((seconds, _)) = self.issue_of(realm, peer, nonce) else { return Freshness::Forged };
        match now.checked_sub(Duration::from_secs(seconds)) {
            Some(age) if age <= self.lifetime => Freshness::Fresh,
            _ => Freshness::Stale,
        }
    }

    /// When one of our nonces was issued, and its number.
    pub(super) fn issue_of(&self, realm: &str, peer: &[u8], nonce: &str) -> Option<Issue> {
        let bytes = unhexadecimal::<{ ISSUE_BYTES + CODE_BYTES }>(nonce)?;
        let (issue, code) = bytes.split_at(ISSUE_BYTES);
        self.code(issue, realm, peer).verify_truncated_left(code).ok()?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Some((number(&issue[..8]), number(&issue[8..])))
    }

    /// The realm's length parts it from the peer, so that no two pairs read alike.
    fn code(&self, issue: &[u8], realm: &str, peer: &[u8]) -> Hmac<Sha256> {
        let mut pad = [0; 64];
        pad[..32].copy_from_slice(&self.key);
        let length = realm.len().to_be_bytes();
        Hmac::<Sha256>::new(&pad.into())
            .chain_update(issue)
            .chain_update(length)
            .chain_update(realm)
            .chain_update(peer)
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
    fn a_nonce_lives_for_its_time_its_realm_and_its_peer() {
        let mut nonces = Nonces::new([7; 32], LIFE);
        let nonce = nonces.issue(LIFE, "x", b"192.0.2.1");
        let late = LIFE * 2 + Duration::from_secs(1);
        assert_eq!(nonces.check(LIFE * 2, "x", b"192.0.2.1", &nonce), Freshness::Fresh);
        assert_eq!(nonces.check(late, "x", b"192.0.2.1", &nonce), Freshness::Stale);
        assert_eq!(nonces.check(LIFE, "x", b"192.0.2.2", &nonce), Freshness::Forged);
        assert_eq!(nonces.check(LIFE, "y", b"192.0.2.1", &nonce), Freshness::Forged);
        assert_eq!(Nonces::new([8; 32], LIFE).check(LIFE, "x", b"192.0.2.1", &nonce), Freshness::Forged);
        assert_ne!(nonces.issue(LIFE, "x", b"192.0.2.1"), nonce);
    }

    #[test]
    fn a_nonce_cannot_be_made_younger() {
        let mut nonces = Nonces::new([7; 32], LIFE);
        let nonce = nonces.issue(Duration::ZERO, "", b"");
        let younger = nonce.replacen("0000000000000000", "00000000000000ff", 1);
        assert_eq!(nonces.check(LIFE, "", b"", &younger), Freshness::Forged);
        assert_eq!(nonces.check(LIFE, "", b"", "äö"), Freshness::Forged);
    }
}
