//! Session keys from a master key (RFC 3711 §4.3, RFC 6188 §3, RFC 7714 §11). The key derivation rate is 0:
//! no other was ever seen.

use super::MasterKey;
use super::keystream::Keystream;

/// What a session key is for (RFC 3711 §4.3.1, §4.3.2).
#[derive(Clone, Copy)]
pub(super) enum Label {
    RtpEncryption = 0,
    RtpAuthentication = 1,
    RtpSalt = 2,
    RtcpEncryption = 3,
    RtcpAuthentication = 4,
    RtcpSalt = 5,
}

/// Where the label stands in the 14 bytes that the salt has.
const LABEL_AT: usize = 7;

/// `N` bytes of key. The shorter salt of GCM is filled up with zeros at its end.
pub(super) fn derive<const N: usize>(master: &MasterKey, label: Label) -> [u8; N] {
    let mut iv = [0; 16];
    iv[..master.salt().len()].copy_from_slice(master.salt());
    iv[LABEL_AT] ^= label as u8;
    let mut key = [0; N];
    if let Some(keystream) = Keystream::new(master.key()) {
        keystream.apply(iv, &mut key);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::srtp::Suite;

    /// RFC 3711 appendix B.3.
    #[test]
    fn the_keys_of_rfc_3711() {
        let mut bytes = 0xE1F9_7A0D_3E01_8BE0_D64F_A32C_06DE_4139_u128.to_be_bytes().to_vec();
        bytes.extend(&0x0EC6_75AD_498A_FEEB_B696_0B3A_ABE6_u128.to_be_bytes()[2..]);
        let master = MasterKey::new(Suite::Aes128CmSha1_80, &bytes).unwrap();
        let key = u128::from_be_bytes(derive(&master, Label::RtpEncryption));
        assert_eq!(key, 0xC61E_7A93_744F_39EE_1073_4AFE_3FF7_A087);
        let salt: [u8; 14] = derive(&master, Label::RtpSalt);
        assert_eq!(salt, [0x30, 0xCB, 0xBC, 8, 0x86, 0x3D, 0x8C, 0x85, 0xD4, 0x9D, 0xB3, 0x4A, 0x9A, 0xE1]);
        let mac: [u8; 94] = derive(&master, Label::RtpAuthentication);
        assert_eq!((&mac[..4], &mac[90..]), (&[0xCE, 0xBE, 0x32, 0x1F][..], &[0x60, 0xDB, 0xDF, 0xB2][..]));
    }
}
