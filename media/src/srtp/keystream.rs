//! AES in counter mode (RFC 3711 §4.1.1). The expanded key is kept, so that a packet costs no key schedule.

use aes::cipher::{InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper};
use aes::{Aes128Enc, Aes256Enc};
use ctr::CtrCore;
use ctr::flavors::Ctr128BE;

pub(super) enum Keystream {
    Aes128(Box<Aes128Enc>),
    Aes256(Box<Aes256Enc>),
}

impl Keystream {
    pub(super) fn aes_128(key: [u8; 16]) -> Self {
        Self::Aes128(Box::new(Aes128Enc::new(&key.into())))
    }

    pub(super) fn aes_256(key: [u8; 32]) -> Self {
        Self::Aes256(Box::new(Aes256Enc::new(&key.into())))
    }

    /// `None` unless the key has 16 or 32 bytes.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.try_into() {
            Ok(key) => Some(Self::aes_128(key)),
            Err(_) => key.try_into().ok().map(Self::aes_256),
        }
    }

    /// Encrypts or decrypts, which is the same.
    pub(super) fn apply(&self, iv: [u8; 16], data: &mut [u8]) {
        match self {
            Self::Aes128(cipher) => {
                let core = CtrCore::<_, Ctr128BE>::inner_iv_init(cipher.as_ref(), &iv.into());
                StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
            }
            Self::Aes256(cipher) => {
                let core = CtrCore::<_, Ctr128BE>::inner_iv_init(cipher.as_ref(), &iv.into());
                StreamCipherCoreWrapper::from_core(core).apply_keystream(data);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3711 appendix B.2.
    #[test]
    fn the_keystream_of_rfc_3711() {
        let key = 0x2B7E_1516_28AE_D2A6_ABF7_1588_09CF_4F3C_u128.to_be_bytes();
        let iv = 0xF0F1_F2F3_F4F5_F6F7_F8F9_FAFB_FCFD_0000_u128.to_be_bytes();
        let mut stream = vec![0; 0xFF02 * 16];
        Keystream::new(&key).unwrap().apply(iv, &mut stream);
        let block = |index: usize| u128::from_be_bytes(stream[index * 16..][..16].try_into().unwrap());
        assert_eq!(block(0), 0xE03E_AD09_35C9_5E80_E166_B16D_D92B_4EB4);
        assert_eq!(block(1), 0xD235_1316_2B02_D0F7_2A43_A2FE_4A5F_97AB);
        assert_eq!(block(0xFEFF), 0xEC8C_DF73_9860_7CB0_F2D2_1675_EA9E_A1E4);
        assert_eq!(block(0xFF01), 0x6A2C_C378_7889_374F_BEB4_C81B_17BA_6C44);
    }
}
