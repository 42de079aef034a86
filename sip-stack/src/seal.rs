//! Tokens that strangers carry for us: they can neither change one nor make one up.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The octets of the code that are kept: 80 bits, as RFC 5626 §5.2 has them.
pub(crate) const CODE_BYTES: usize = 10;

/// A key and what it is for; two purposes never share a code.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    keyed: Hmac<Sha256>,
}

impl Seal {
    pub(crate) fn new(key: &[u8; 32], purpose: &str) -> Self {
        let mut pad = [0; 64];
        pad[..32].copy_from_slice(key);
        let mut keyed = Hmac::<Sha256>::new(&pad.into());
        keyed.update(purpose.as_bytes());
        keyed.update(&[0]);
        Self { keyed }
    }

    /// The code of these parts; a part's length is part of it.
    pub(crate) fn code(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut keyed = self.keyed.clone();
        for part in parts {
            keyed.update(&(part.len() as u64).to_be_bytes());
            keyed.update(part);
        }
        keyed.finalize().into_bytes().into()
    }

    /// The first eight octets of the code: an id that only we can tell from chance.
    pub(crate) fn id(&self, parts: &[&[u8]]) -> u64 {
        self.code(parts).iter().take(8).fold(0, |id, byte| (id << 8) | u64::from(*byte))
    }
}

/// Compares without telling by its time where the difference is.
pub(crate) fn is_same(given: &[u8], expected: &[u8]) -> bool {
    given.iter().zip(expected).fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs)) == 0
}

pub(crate) fn hexadecimal<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
    bytes.into_iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub(crate) fn unhexadecimal(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| Some(char::from(digit).to_digit(16)? as u8);
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs.map(|pair| Some((nibble(*pair.first()?)? << 4) | nibble(*pair.last()?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_follows_key_purpose_and_parts() {
        let code = Seal::new(&[1; 32], "one").code(&[b"a", b"b"]);
        assert_eq!(code, Seal::new(&[1; 32], "one").code(&[b"a", b"b"]));
        assert_ne!(code, Seal::new(&[1; 32], "one").code(&[b"ab", b""]));
        assert_ne!(code, Seal::new(&[1; 32], "two").code(&[b"a", b"b"]));
        assert_ne!(code, Seal::new(&[2; 32], "one").code(&[b"a", b"b"]));
    }

    #[test]
    fn hexadecimal_goes_both_ways() {
        assert_eq!(unhexadecimal(&hexadecimal(&[0, 10, 255])), Some(vec![0, 10, 255]));
        for noise in ["0", "zz", "é0", "+1"] {
            assert_eq!(unhexadecimal(noise), None, "{noise}");
        }
    }
}
