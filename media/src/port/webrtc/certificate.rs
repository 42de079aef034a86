//! The self-signed ECDSA P-256 certificate that DTLS shows to browsers (RFC 8827 §6.5).
//!
//! Nobody checks it but by its fingerprint, so it holds the least that X.509 (RFC 5280) asks for.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::EncodePrivateKey;
use sha2::{Digest, Sha256};

/// Some clocks of browsers' machines are wrong by a day.
const BACKDATED: Duration = Duration::from_secs(86_400);
const VALID: Duration = Duration::from_secs(365 * 86_400);

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0c;
const UTC_TIME: u8 = 0x17;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;

/// ecdsa-with-SHA256, 1.2.840.10045.4.3.2.
const ECDSA_SHA256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// id-ecPublicKey, 1.2.840.10045.2.1.
const EC_PUBLIC_KEY: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// prime256v1, 1.2.840.10045.3.1.7.
const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// commonName, 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];

/// A certificate and its key; one is shared by all sessions because making a key per call costs
/// more than the rest of its set-up.
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// Makes one, valid for a year from a day before `today`. The same seed makes the same key.
    pub fn generate(seed: [u8; 32], today: SystemTime) -> Self {
        let signer = signing_key(seed);
        let from = today - BACKDATED;
        let body = to_be_signed(&signer, serial(seed), from, from + VALID);
        let signature: DerSignature = signer.sign(&body);
        let der = tlv(SEQUENCE, &[&body, &algorithm(), &bit_string(signature.as_bytes())]);
        let key = signer.to_pkcs8_der().expect("a P-256 key has a PKCS #8 form");
        Self { der, key: key.as_bytes().to_vec() }
    }

    /// The X.509 certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The private key, PKCS #8 DER.
    pub fn key(&self) -> &[u8] {
        &self.key
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

/// The first hash in a chain from `seed` that is a valid scalar; nearly always the first of all.
fn signing_key(seed: [u8; 32]) -> SigningKey {
    let mut scalar = Sha256::digest(seed);
    loop {
        if let Ok(key) = SigningKey::from_slice(&scalar) {
            return key;
        }
        scalar = Sha256::digest(scalar);
    }
}

/// Firefox confuses certificates of one serial number, so it is derived from the seed.
fn serial(seed: [u8; 32]) -> [u8; 16] {
    let digest = Sha256::new().chain_update(b"serial").chain_update(seed).finalize();
    let mut serial = [0; 16];
    serial.copy_from_slice(&digest[..16]);
    serial[0] = serial[0] & 0x7f | 0x40;
    serial
}

fn to_be_signed(key: &SigningKey, serial: [u8; 16], from: SystemTime, until: SystemTime) -> Vec<u8> {
    let name = name("offhook");
    let version = tlv(VERSION, &[&tlv(INTEGER, &[&[2]])]);
    let validity = tlv(SEQUENCE, &[&utc_time(from), &utc_time(until)]);
    let serial = tlv(INTEGER, &[&serial]);
    tlv(SEQUENCE, &[&version, &serial, &algorithm(), &name, &validity, &name, &public_key(key)])
}

fn name(common: &str) -> Vec<u8> {
    let attribute = tlv(SEQUENCE, &[COMMON_NAME, &tlv(UTF8_STRING, &[common.as_bytes()])]);
    tlv(SEQUENCE, &[&tlv(SET, &[&attribute])])
}

fn algorithm() -> Vec<u8> {
    tlv(SEQUENCE, &[ECDSA_SHA256])
}

fn public_key(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_sec1_point(false);
    tlv(SEQUENCE, &[&tlv(SEQUENCE, &[EC_PUBLIC_KEY, P256]), &bit_string(point.as_bytes())])
}

fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], bytes])
}

/// `YYMMDDHHMMSSZ` (RFC 5280 §4.1.2.5.1), at midnight.
fn utc_time(at: SystemTime) -> Vec<u8> {
    let days = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 86_400;
    let (year, month, day) = civil(days);
    tlv(UTC_TIME, &[format!("{:02}{month:02}{day:02}000000Z", year % 100).as_bytes()])
}

/// Year, month and day of a day number since 1970 (proleptic Gregorian, years counted from March).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

/// Tag, length, value (X.690 §8.1); lengths under 65,536.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match len {
        0..=0x7f => out.push(len as u8),
        0x80..=0xff => out.extend([0x81, len as u8]),
        _ => out.extend([0x82, (len >> 8) as u8, len as u8]),
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_781), (2026, 11, 24));
    }

    #[test]
    fn a_seed_makes_its_own_certificate() {
        let today = UNIX_EPOCH + Duration::from_secs(20_781 * 86_400);
        let one = Certificate::generate([1; 32], today);
        assert_eq!(one.der(), Certificate::generate([1; 32], today).der());
        assert_ne!(one.der(), Certificate::generate([2; 32], today).der());
    }
}
