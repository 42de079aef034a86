//! The cryptography that str0m asks for, by RustCrypto and dimpl, so that no C is compiled.

mod dtls;
mod hash;
mod srtp;

use std::sync::{Arc, LazyLock};

use str0m::crypto::CryptoProvider;

/// The one provider, shared by all sessions; also for whoever builds a peer of their own on str0m.
pub fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| {
        Arc::new(CryptoProvider {
            srtp_provider: &srtp::Srtp,
            sha1_hmac_provider: &hash::Sha1Hmac,
            sha1_provider: &hash::Sha1Hash,
            sha256_provider: &hash::Sha256Hash,
            dtls_provider: &dtls::Dtls,
        })
    });
    PROVIDER.clone()
}
