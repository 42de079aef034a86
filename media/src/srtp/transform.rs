//! One direction's cipher and authentication, for RTP or for RTCP.

mod tagged;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes128Gcm, Aes256Gcm, Nonce, Tag};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

use super::derive::{Label, derive};
use super::keystream::Keystream;
use super::{MasterKey, Mki, Suite};
pub use tagged::Reports;

const GCM_TAG_LEN: usize = 16;
const HMAC_KEY_LEN: usize = 20;
/// The tag of SRTCP is not shortened with RTP's (RFC 4568 §6.2.2).
const RTCP_TAG_LEN: usize = 10;
/// The part of RTCP that stays readable: the first header and the sender's SSRC.
const RTCP_HEADER_LEN: usize = 8;
const INDEX_LEN: usize = 4;
/// Tells in SRTCP's index word that the packet is encrypted.
const ENCRYPTED: u32 = 1 << 31;

/// Why a packet is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SrtpError {
    /// Too short for what SRTP adds, or for what its header says.
    #[error("no srtp packet")]
    Malformed,
    /// The tag does not fit: another key, or changed on the way.
    #[error("authentication failed")]
    Unauthenticated,
    /// It has come before, or is too old to tell.
    #[error("replayed")]
    Replayed,
}

/// Which protocol's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Rtp,
    Rtcp,
}

/// What tells a packet from all others under one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) ssrc: u32,
    /// Of RTP roll-over counter and sequence, 48 bits; of RTCP a counter, 31 bits.
    pub(super) index: u64,
}

pub(super) enum Transform {
    CounterMode { keystream: Keystream, salt: [u8; 14], mac: Box<Hmac<Sha1>>, tag_len: usize },
    Gcm { cipher: Gcm, salt: [u8; 12] },
}

pub(super) enum Gcm {
    Aes128(Box<Aes128Gcm>),
    Aes256(Box<Aes256Gcm>),
}

impl Transform {
    pub(super) fn new(master: &MasterKey, protocol: Protocol) -> Self {
        let [encryption, authentication, salt] = match protocol {
            Protocol::Rtp => [Label::RtpEncryption, Label::RtpAuthentication, Label::RtpSalt],
            Protocol::Rtcp => [Label::RtcpEncryption, Label::RtcpAuthentication, Label::RtcpSalt],
        };
        let long = || derive::<32>(master, encryption);
        let short = || derive::<16>(master, encryption);
        let keystream = match master.suite() {
            Suite::AeadAes128Gcm => return Self::gcm(Gcm::aes_128(short()), derive(master, salt)),
            Suite::AeadAes256Gcm => return Self::gcm(Gcm::aes_256(long()), derive(master, salt)),
            Suite::Aes128CmSha1_80 | Suite::Aes128CmSha1_32 => Keystream::aes_128(short()),
            Suite::Aes256CmSha1_80 | Suite::Aes256CmSha1_32 => Keystream::aes_256(long()),
        };
        let key: [u8; HMAC_KEY_LEN] = derive(master, authentication);
        let mut block = [0; 64];
        block[..HMAC_KEY_LEN].copy_from_slice(&key);
        // HMAC fills a short key up to a block itself.
        let mac = Box::new(Hmac::new(&block.into()));
        let tag_len = match protocol {
            Protocol::Rtp => master.suite().rtp_tag_len(),
            Protocol::Rtcp => RTCP_TAG_LEN,
        };
        Self::CounterMode { keystream, salt: derive(master, salt), mac, tag_len }
    }

    fn gcm(cipher: Gcm, salt: [u8; 12]) -> Self {
        Self::Gcm { cipher, salt }
    }

    /// Protects the RTP packet in `packet[..len]`, whose payload starts at `body`; tells the new length.
    pub(super) fn seal_rtp(&self, packet: &mut [u8], body: usize, len: usize, place: Place) -> Option<usize> {
        let (header, rest) = packet.split_at_mut_checked(body)?;
        let (payload, space) = rest.split_at_mut_checked(len.checked_sub(body)?)?;
        match self {
            Self::CounterMode { keystream, salt, mac, tag_len } => {
                keystream.apply(iv(salt, place), payload);
                let tag = authenticate(mac, [header, payload, &roll_over(place)]);
                space.get_mut(..*tag_len)?.copy_from_slice(tag.get(..*tag_len)?);
                Some(len + tag_len)
            }
            Self::Gcm { cipher, salt } => {
                let tag = cipher.seal(nonce(salt, place), header, payload)?;
                space.get_mut(..GCM_TAG_LEN)?.copy_from_slice(&tag);
                Some(len + GCM_TAG_LEN)
            }
        }
    }

    /// Checks an SRTP packet, then decrypts it in place; tells the length of the RTP packet. Nothing is
    /// changed if it is not genuine.
    pub(super) fn open_rtp(
        &self,
        packet: &mut [u8],
        body: usize,
        mki: &Mki,
        place: Place,
    ) -> Result<usize, SrtpError> {
        match self {
            Self::CounterMode { keystream, salt, mac, tag_len } => {
                let (rest, tag) = split_tail(packet, *tag_len)?;
                let (rest, _) = split_tail(rest, mki.bytes().len())?;
                let (header, payload) = rest.split_at_mut_checked(body).ok_or(SrtpError::Malformed)?;
                verify(mac, [header, payload, &roll_over(place)], tag)?;
                keystream.apply(iv(salt, place), payload);
                Ok(body + payload.len())
            }
            Self::Gcm { cipher, salt } => {
                let (rest, _) = split_tail(packet, mki.bytes().len())?;
                let (rest, tag) = split_tail(rest, GCM_TAG_LEN)?;
                let (header, payload) = rest.split_at_mut_checked(body).ok_or(SrtpError::Malformed)?;
                cipher.open(nonce(salt, place), header, payload, tag)?;
                Ok(body + payload.len())
            }
        }
    }

    /// Protects the RTCP compound in `packet[..len]`; tells the new length.
    pub(super) fn seal_rtcp(&self, packet: &mut [u8], len: usize, place: Place) -> Option<usize> {
        let (header, rest) = packet.split_at_mut_checked(RTCP_HEADER_LEN)?;
        let (payload, space) = rest.split_at_mut_checked(len.checked_sub(RTCP_HEADER_LEN)?)?;
        let word = (place.index as u32 | ENCRYPTED).to_be_bytes();
        match self {
            Self::CounterMode { keystream, salt, mac, tag_len } => {
                keystream.apply(iv(salt, place), payload);
                let tag = authenticate(mac, [header, payload, &word]);
                let space = space.get_mut(..INDEX_LEN + tag_len)?;
                space[..INDEX_LEN].copy_from_slice(&word);
                space[INDEX_LEN..].copy_from_slice(tag.get(..*tag_len)?);
                Some(len + INDEX_LEN + tag_len)
            }
            Self::Gcm { cipher, salt } => {
                let tag = cipher.seal(nonce(salt, place), &joined(header, word), payload)?;
                let space = space.get_mut(..GCM_TAG_LEN + INDEX_LEN)?;
                space[..GCM_TAG_LEN].copy_from_slice(&tag);
                space[GCM_TAG_LEN..].copy_from_slice(&word);
                Some(len + GCM_TAG_LEN + INDEX_LEN)
            }
        }
    }

    /// The SSRC and index that an SRTCP packet carries, and whether it is encrypted.
    pub(super) fn place_rtcp(&self, packet: &[u8], mki: &Mki) -> Result<(Place, Reports), SrtpError> {
        let behind = mki.bytes().len() + self.rtcp_tag_behind_index();
        let end = packet.len().checked_sub(behind).ok_or(SrtpError::Malformed)?;
        let word = packet.get(..end).and_then(|rest| rest.last_chunk::<INDEX_LEN>());
        let word = u32::from_be_bytes(*word.ok_or(SrtpError::Malformed)?);
        let ssrc = packet.get(4..RTCP_HEADER_LEN).and_then(|bytes| bytes.first_chunk());
        let ssrc = u32::from_be_bytes(*ssrc.ok_or(SrtpError::Malformed)?);
        let reports = if word & ENCRYPTED == 0 { Reports::Tagged } else { Reports::Encrypted };
        Ok((Place { ssrc, index: u64::from(word & !ENCRYPTED) }, reports))
    }

    /// As [`Transform::open_rtp`].
    pub(super) fn open_rtcp(&self, packet: &mut [u8], mki: &Mki, place: Place) -> Result<usize, SrtpError> {
        let word = (place.index as u32 | ENCRYPTED).to_be_bytes();
        match self {
            Self::CounterMode { keystream, salt, mac, tag_len } => {
                let (rest, tag) = split_tail(packet, *tag_len)?;
                let (rest, _) = split_tail(rest, mki.bytes().len() + INDEX_LEN)?;
                let (header, payload) = split_rtcp(rest)?;
                verify(mac, [header, payload, &word], tag)?;
                keystream.apply(iv(salt, place), payload);
                Ok(RTCP_HEADER_LEN + payload.len())
            }
            Self::Gcm { cipher, salt } => {
                let (rest, _) = split_tail(packet, mki.bytes().len() + INDEX_LEN)?;
                let (rest, tag) = split_tail(rest, GCM_TAG_LEN)?;
                let (header, payload) = split_rtcp(rest)?;
                cipher.open(nonce(salt, place), &joined(header, word), payload, tag)?;
                Ok(RTCP_HEADER_LEN + payload.len())
            }
        }
    }

    fn rtcp_tag_behind_index(&self) -> usize {
        match self {
            Self::CounterMode { tag_len, .. } => *tag_len,
            Self::Gcm { .. } => 0,
        }
    }
}

impl Gcm {
    fn aes_128(key: [u8; 16]) -> Self {
        Self::Aes128(Box::new(Aes128Gcm::new(&key.into())))
    }

    fn aes_256(key: [u8; 32]) -> Self {
        Self::Aes256(Box::new(Aes256Gcm::new(&key.into())))
    }

    fn seal(&self, nonce: [u8; 12], readable: &[u8], body: &mut [u8]) -> Option<[u8; GCM_TAG_LEN]> {
        let (nonce, body) = (Nonce::from(nonce), InOutBuf::from(body));
        let tag = match self {
            Self::Aes128(cipher) => cipher.encrypt_inout_detached(&nonce, readable, body),
            Self::Aes256(cipher) => cipher.encrypt_inout_detached(&nonce, readable, body),
        };
        tag.ok().map(Into::into)
    }

    fn open(&self, nonce: [u8; 12], readable: &[u8], body: &mut [u8], tag: &[u8]) -> Result<(), SrtpError> {
        let tag = <[u8; GCM_TAG_LEN]>::try_from(tag).map_err(|_| SrtpError::Malformed)?;
        let (nonce, body, tag) = (Nonce::from(nonce), InOutBuf::from(body), Tag::from(tag));
        let opened = match self {
            Self::Aes128(cipher) => cipher.decrypt_inout_detached(&nonce, readable, body, &tag),
            Self::Aes256(cipher) => cipher.decrypt_inout_detached(&nonce, readable, body, &tag),
        };
        opened.map_err(|_| SrtpError::Unauthenticated)
    }
}

fn split_tail(packet: &mut [u8], len: usize) -> Result<(&mut [u8], &mut [u8]), SrtpError> {
    let at = packet.len().checked_sub(len).ok_or(SrtpError::Malformed)?;
    Ok(packet.split_at_mut(at))
}

fn split_rtcp(packet: &mut [u8]) -> Result<(&[u8], &mut [u8]), SrtpError> {
    let (header, payload) = packet.split_at_mut_checked(RTCP_HEADER_LEN).ok_or(SrtpError::Malformed)?;
    Ok((header, payload))
}

fn joined(header: &[u8], word: [u8; INDEX_LEN]) -> [u8; RTCP_HEADER_LEN + INDEX_LEN] {
    let mut joined = [0; RTCP_HEADER_LEN + INDEX_LEN];
    joined[..RTCP_HEADER_LEN].copy_from_slice(header);
    joined[RTCP_HEADER_LEN..].copy_from_slice(&word);
    joined
}

fn authenticate(mac: &Hmac<Sha1>, parts: [&[u8]; 3]) -> [u8; HMAC_KEY_LEN] {
    over(mac, parts).finalize().into_bytes().into()
}

fn verify(mac: &Hmac<Sha1>, parts: [&[u8]; 3], tag: &[u8]) -> Result<(), SrtpError> {
    over(mac, parts).verify_truncated_left(tag).map_err(|_| SrtpError::Unauthenticated)
}

fn over(mac: &Hmac<Sha1>, parts: [&[u8]; 3]) -> Hmac<Sha1> {
    let mut mac = mac.clone();
    parts.iter().for_each(|part| mac.update(part));
    mac
}

/// RFC 3711 §4.1.1.
fn iv(salt: &[u8; 14], place: Place) -> [u8; 16] {
    let (mut iv, Place { ssrc, index }) = ([0; 16], place);
    iv[..14].copy_from_slice(salt);
    (u128::from_be_bytes(iv) ^ u128::from(ssrc) << 64 ^ u128::from(index) << 16).to_be_bytes()
}

/// RFC 7714 §8.1, §9.1.
fn nonce(salt: &[u8; 12], place: Place) -> [u8; 12] {
    let (mut wide, Place { ssrc, index }) = ([0; 16], place);
    wide[..12].copy_from_slice(salt);
    let wide = (u128::from_be_bytes(wide) ^ u128::from(ssrc) << 80 ^ u128::from(index) << 32).to_be_bytes();
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&wide[..12]);
    nonce
}

fn roll_over(place: Place) -> [u8; 4] {
    ((place.index >> 16) as u32).to_be_bytes()
}

#[cfg(test)]
mod tests;
