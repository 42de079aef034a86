//! One key, good for one algorithm.

use jsonwebtoken::jwk::{Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};

use crate::config::{PublicKey, SignatureAlgorithm};
use crate::rim::StartError;

/// Bytes of a key file.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// A key to check signatures with.
pub struct Key {
    algorithm: Algorithm,
    name: &'static str,
    key: DecodingKey,
}

impl Key {
    /// A shared secret.
    pub fn hs256(secret: &[u8]) -> Self {
        Self { algorithm: Algorithm::HS256, name: "HS256", key: DecodingKey::from_secret(secret) }
    }

    /// Reads a public key file: PEM, or JWK (RFC 7517).
    ///
    /// # Errors
    ///
    /// A sentence for whoever wrote the configuration.
    pub fn read(public: &PublicKey) -> Result<Self, StartError> {
        let path = public.file.get_ref();
        let fault = |problem: String| {
            let path = path.display();
            StartError::new(format!("the key file {path} {problem} (field auth.public_keys.file)"))
        };
        let unreadable =
            |error| fault(format!("cannot be read ({error}): write the path of a PEM or JWK file"));
        if std::fs::metadata(path).map_err(unreadable)?.len() > FILE_BYTES_MAX {
            return Err(fault("is too large for a key: write the path of a PEM or JWK file".to_owned()));
        }
        let content = std::fs::read(path).map_err(unreadable)?;
        Self::parse(public.algorithm, &content).ok_or_else(|| {
            let algorithm = public.algorithm;
            fault(format!("holds no public key for {algorithm:?}: put one there in PEM or JWK form"))
        })
    }

    /// A public key in PEM or JWK form; `None` if it is none for this algorithm.
    pub fn parse(algorithm: SignatureAlgorithm, content: &[u8]) -> Option<Self> {
        let jwk = content.trim_ascii_start().starts_with(b"{");
        let parsed = match (algorithm, jwk) {
            (_, true) => read_jwk(content),
            (SignatureAlgorithm::RS256, false) => DecodingKey::from_rsa_pem(content).ok(),
            (SignatureAlgorithm::ES256, false) => DecodingKey::from_ec_pem(content).ok(),
            (SignatureAlgorithm::EdDSA, false) => DecodingKey::from_ed_pem(content).ok(),
        };
        let (algorithm, name, family) = match algorithm {
            SignatureAlgorithm::RS256 => (Algorithm::RS256, "RS256", AlgorithmFamily::Rsa),
            SignatureAlgorithm::ES256 => (Algorithm::ES256, "ES256", AlgorithmFamily::Ec),
            SignatureAlgorithm::EdDSA => (Algorithm::EdDSA, "EdDSA", AlgorithmFamily::Ed),
        };
        let key = parsed.filter(|key| key.family() == family)?;
        // Any signature shows whether the key itself can be used, a curve of another size for example.
        jsonwebtoken::crypto::verify("", b"", &key, algorithm).ok()?;
        Some(Self { algorithm, name, key })
    }

    /// The word in a token's `alg`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Whether this key made the signature.
    pub fn signed(&self, message: &str, signature: &str) -> bool {
        // An empty signature is no signature, whatever a library makes of it.
        !signature.is_empty()
            && jsonwebtoken::crypto::verify(signature, message.as_bytes(), &self.key, self.algorithm)
                .unwrap_or(false)
    }
}

/// A JWK that is meant for signatures (RFC 7517 §4.2, §4.3).
fn read_jwk(content: &[u8]) -> Option<DecodingKey> {
    let jwk: Jwk = serde_json::from_slice(content).ok()?;
    let common = &jwk.common;
    let used = common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let verifies = |operations: &Vec<KeyOperations>| operations.contains(&KeyOperations::Verify);
    if !used || !common.key_operations.as_ref().is_none_or(verifies) {
        return None;
    }
    DecodingKey::from_jwk(&jwk).ok()
}
