//! SRTP ciphers: AES-128 in counter mode (RFC 3711) and AES-GCM with both key lengths (RFC 7714).
//!
//! Each keeps its expanded key, so that a packet costs no key schedule.

use std::fmt;

use aes::cipher::{
    BlockCipherEncrypt, BlockSizeUser, InnerIvInit, KeyInit, StreamCipher, StreamCipherCoreWrapper,
};
use aes::{Aes128Enc, Aes256Enc};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes128Gcm, Aes256Gcm, Nonce, Tag};
use ctr::CtrCore;
use ctr::flavors::Ctr128BE;
use str0m::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, SrtpProvider,
    SupportedAeadAes128Gcm, SupportedAeadAes256Gcm, SupportedAes128CmSha1_80,
};

const TAG_LEN: usize = 16;
const BLOCK_LEN: usize = 16;
/// SRTCP authenticates two parts, of 8 and 4 bytes; SRTP one of any length.
const JOINED_LEN: usize = 64;

#[derive(Debug)]
pub(super) struct Srtp;

impl SrtpProvider for Srtp {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        &CounterMode
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &Gcm128
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        &Gcm256
    }

    fn srtp_aes_128_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        let key: [u8; 16] = key.try_into().expect("str0m passes a 16-byte key");
        ecb_round(&Aes128Enc::new(&key.into()), input, output);
    }

    fn srtp_aes_256_ecb_round(&self, key: &[u8], input: &[u8], output: &mut [u8]) {
        let key: [u8; 32] = key.try_into().expect("str0m passes a 32-byte key");
        ecb_round(&Aes256Enc::new(&key.into()), input, output);
    }
}

/// Only the first block is read by the key derivation that asks for it.
fn ecb_round<C>(cipher: &C, input: &[u8], output: &mut [u8])
where
    C: BlockCipherEncrypt + BlockSizeUser<BlockSize = aes::cipher::consts::U16>,
{
    let block: [u8; BLOCK_LEN] = input.try_into().expect("str0m passes one block");
    let mut block = block.into();
    cipher.encrypt_block(&mut block);
    output[..BLOCK_LEN].copy_from_slice(&block);
}

#[derive(Debug)]
struct CounterMode;

impl SupportedAes128CmSha1_80 for CounterMode {
    fn create_cipher(&self, key: [u8; 16], _encrypt: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(CounterModeCipher(Aes128Enc::new(&key.into())))
    }
}

struct CounterModeCipher(Aes128Enc);

impl fmt::Debug for CounterModeCipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CounterModeCipher").finish_non_exhaustive()
    }
}

impl Aes128CmSha1_80Cipher for CounterModeCipher {
    fn encrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        let core = CtrCore::<_, Ctr128BE>::inner_iv_init(&self.0, &(*iv).into());
        let mut stream = StreamCipherCoreWrapper::from_core(core);
        let buffer = pair(input, output.get_mut(..input.len()).ok_or_else(|| failed("output"))?)?;
        stream.try_apply_keystream_inout(buffer).map_err(|_| failed("keystream"))
    }

    fn decrypt(&mut self, iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        self.encrypt(iv, input, output)
    }
}

/// Both GCM key lengths differ in nothing but their types.
macro_rules! gcm {
    ($factory:ident, $supported:ident, $cipher:ident, $trait:ident, $aead:ty, $key_len:literal) => {
        #[derive(Debug)]
        struct $factory;

        impl $supported for $factory {
            fn create_cipher(&self, key: [u8; $key_len], _encrypt: bool) -> Box<dyn $trait> {
                Box::new($cipher(<$aead>::new(&key.into())))
            }
        }

        struct $cipher($aead);

        impl fmt::Debug for $cipher {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($cipher)).finish_non_exhaustive()
            }
        }

        impl $trait for $cipher {
            fn encrypt(
                &mut self,
                iv: &[u8; 12],
                aad: &[u8],
                input: &[u8],
                output: &mut [u8],
            ) -> Result<(), CryptoError> {
                seal(&self.0, iv, aad, input, output)
            }

            fn decrypt(
                &mut self,
                iv: &[u8; 12],
                aads: &[&[u8]],
                input: &[u8],
                output: &mut [u8],
            ) -> Result<usize, CryptoError> {
                open(&self.0, iv, aads, input, output)
            }
        }
    };
}

gcm!(Gcm128, SupportedAeadAes128Gcm, Gcm128Cipher, AeadAes128GcmCipher, Aes128Gcm, 16);
gcm!(Gcm256, SupportedAeadAes256Gcm, Gcm256Cipher, AeadAes256GcmCipher, Aes256Gcm, 32);

/// Writes the ciphertext and, behind it, the tag.
fn seal<C: GcmCipher>(
    cipher: &C,
    iv: &[u8; 12],
    aad: &[u8],
    input: &[u8],
    output: &mut [u8],
) -> Result<(), CryptoError> {
    let (body, rest) = output.split_at_mut_checked(input.len()).ok_or_else(|| failed("output"))?;
    let tag_space = rest.get_mut(..TAG_LEN).ok_or_else(|| failed("output"))?;
    let tag = cipher.encrypt_inout_detached(&Nonce::from(*iv), aad, pair(input, body)?);
    tag_space.copy_from_slice(&tag.map_err(|_| failed("encryption"))?);
    Ok(())
}

/// Splits off the tag, checks it and writes the plaintext; tells its length.
fn open<C: GcmCipher>(
    cipher: &C,
    iv: &[u8; 12],
    aads: &[&[u8]],
    input: &[u8],
    output: &mut [u8],
) -> Result<usize, CryptoError> {
    let (body, tag) = input.split_last_chunk::<TAG_LEN>().ok_or_else(|| failed("length"))?;
    let output = output.get_mut(..body.len()).ok_or_else(|| failed("output"))?;
    let mut joined = [0; JOINED_LEN];
    let aad = join(aads, &mut joined)?;
    let tag = Tag::from(*tag);
    let opened = cipher.decrypt_inout_detached(&Nonce::from(*iv), aad, pair(body, output)?, &tag);
    opened.map(|()| body.len()).map_err(|_| failed("authentication"))
}

trait GcmCipher: AeadInOut<NonceSize = aes::cipher::consts::U12, TagSize = aes::cipher::consts::U16> {}

impl<C: AeadInOut<NonceSize = aes::cipher::consts::U12, TagSize = aes::cipher::consts::U16>> GcmCipher for C {}

fn join<'a>(parts: &[&'a [u8]], space: &'a mut [u8; JOINED_LEN]) -> Result<&'a [u8], CryptoError> {
    if let [single] = parts {
        return Ok(single);
    }
    let mut len = 0;
    for part in parts {
        let place = space.get_mut(len..len + part.len()).ok_or_else(|| failed("associated data"))?;
        place.copy_from_slice(part);
        len += part.len();
    }
    Ok(&space[..len])
}

fn pair<'i, 'o>(input: &'i [u8], output: &'o mut [u8]) -> Result<InOutBuf<'i, 'o, u8>, CryptoError> {
    InOutBuf::new(input, output).map_err(|_| failed("output"))
}

fn failed(what: &str) -> CryptoError {
    CryptoError::Other(format!("srtp: {what}"))
}
