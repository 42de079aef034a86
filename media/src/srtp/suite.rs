/// What protects packets, and with keys of which length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// RFC 4568 §6.2.1: every peer that speaks SDES has it.
    Aes128CmSha1_80,
    /// RFC 4568 §6.2.2: a shorter tag on RTP only.
    Aes128CmSha1_32,
    /// RFC 6188.
    Aes256CmSha1_80,
    /// RFC 6188, with a shorter tag on RTP only.
    Aes256CmSha1_32,
    /// RFC 7714.
    AeadAes128Gcm,
    /// RFC 7714.
    AeadAes256Gcm,
}

impl Suite {
    /// Every suite, the dearest to us first.
    pub const ALL: [Self; 6] = [
        Self::AeadAes256Gcm,
        Self::AeadAes128Gcm,
        Self::Aes256CmSha1_80,
        Self::Aes128CmSha1_80,
        Self::Aes256CmSha1_32,
        Self::Aes128CmSha1_32,
    ];

    /// The name in `a=crypto` (RFC 4568 §6.2, RFC 6188 §7, RFC 7714 §14.2).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aes128CmSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Aes128CmSha1_32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Aes256CmSha1_80 => "AES_256_CM_HMAC_SHA1_80",
            Self::Aes256CmSha1_32 => "AES_256_CM_HMAC_SHA1_32",
            Self::AeadAes128Gcm => "AEAD_AES_128_GCM",
            Self::AeadAes256Gcm => "AEAD_AES_256_GCM",
        }
    }

    /// The suite of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|suite| suite.as_str().eq_ignore_ascii_case(name))
    }

    /// Whether it goes into our offers: who has a suite with the short tag has its twin too, and each
    /// line makes an INVITE a hundred bytes longer.
    pub const fn is_offered(self) -> bool {
        !matches!(self, Self::Aes128CmSha1_32 | Self::Aes256CmSha1_32)
    }

    /// Bytes of the master key.
    pub const fn key_len(self) -> usize {
        match self {
            Self::Aes128CmSha1_80 | Self::Aes128CmSha1_32 | Self::AeadAes128Gcm => 16,
            Self::Aes256CmSha1_80 | Self::Aes256CmSha1_32 | Self::AeadAes256Gcm => 32,
        }
    }

    /// Bytes of the master salt.
    pub const fn salt_len(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }

    pub(super) const fn is_aead(self) -> bool {
        matches!(self, Self::AeadAes128Gcm | Self::AeadAes256Gcm)
    }

    /// Bytes of the tag on RTP; on RTCP the HMAC's is never short.
    pub(super) const fn rtp_tag_len(self) -> usize {
        match self {
            Self::Aes128CmSha1_32 | Self::Aes256CmSha1_32 => 4,
            Self::Aes128CmSha1_80 | Self::Aes256CmSha1_80 => 10,
            Self::AeadAes128Gcm | Self::AeadAes256Gcm => 16,
        }
    }
}
