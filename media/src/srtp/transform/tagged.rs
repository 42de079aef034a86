//! SRTCP that is authenticated and not encrypted, where both sides agreed to that (RFC 4568 §6.3.2).

use super::*;

/// Whether reports are encrypted; they are authenticated in any case (RFC 3711 §3.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reports {
    /// All of them.
    #[default]
    Encrypted,
    /// Ours are not, and the peer's need not be.
    Tagged,
}

impl Transform {
    /// As [`Transform::seal_rtcp`], with the E bit off.
    pub(in crate::srtp) fn seal_tagged(&self, packet: &mut [u8], len: usize, place: Place) -> Option<usize> {
        let word = (place.index as u32).to_be_bytes();
        packet.get_mut(len..len + INDEX_LEN)?.copy_from_slice(&word);
        match self {
            Self::CounterMode { mac, tag_len, .. } => {
                let tag = authenticate(mac, [packet.get(..len)?, &[], &word]);
                packet.get_mut(len + INDEX_LEN..)?.get_mut(..*tag_len)?.copy_from_slice(tag.get(..*tag_len)?);
                Some(len + INDEX_LEN + tag_len)
            }
            Self::Gcm { cipher, salt } => {
                let tag = cipher.seal(nonce(salt, place), packet.get(..len + INDEX_LEN)?, &mut [])?;
                let space = packet.get_mut(len..)?.get_mut(..GCM_TAG_LEN + INDEX_LEN)?;
                space[..GCM_TAG_LEN].copy_from_slice(&tag);
                space[GCM_TAG_LEN..].copy_from_slice(&word);
                Some(len + GCM_TAG_LEN + INDEX_LEN)
            }
        }
    }

    /// As [`Transform::open_rtcp`], of a packet whose E bit is off.
    pub(in crate::srtp) fn open_tagged(
        &self,
        packet: &mut [u8],
        mki: &Mki,
        place: Place,
    ) -> Result<usize, SrtpError> {
        let word = (place.index as u32).to_be_bytes();
        match self {
            Self::CounterMode { mac, tag_len, .. } => {
                let (rest, tag) = split_tail(packet, *tag_len)?;
                let (rest, _) = split_tail(rest, mki.bytes().len() + INDEX_LEN)?;
                verify(mac, [rest, &[], &word], tag)?;
                Ok(rest.len())
            }
            Self::Gcm { cipher, salt } => {
                let (rest, _) = split_tail(packet, mki.bytes().len() + INDEX_LEN)?;
                let (rest, tag) = split_tail(rest, GCM_TAG_LEN)?;
                let len = rest.len();
                let tag = <[u8; GCM_TAG_LEN]>::try_from(&*tag).map_err(|_| SrtpError::Malformed)?;
                // The word is authenticated as if it stood where the tag does.
                let space = packet.get_mut(len..len + INDEX_LEN).ok_or(SrtpError::Malformed)?;
                space.copy_from_slice(&word);
                let opened = cipher.open(nonce(salt, place), &packet[..len + INDEX_LEN], &mut [], &tag);
                packet[len..len + INDEX_LEN].copy_from_slice(&tag[..INDEX_LEN]);
                opened.map(|()| len)
            }
        }
    }
}
