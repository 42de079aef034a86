//! Whom we believe, and the path from a signer to one of them.

use std::time::Duration;

use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, TrustAnchor,
    UnixTime, alg_id,
};
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, anchor_from_trusted_cert};

use super::certificate::{Certificate, CertificateError};

/// The certificates of one body.
const CHAIN_MAX: usize = 8;

/// The text is no certificate of an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a certificate of an authority")]
pub struct InvalidAnchor;

/// The authorities whose word counts, such as the list of a country's administrator.
#[derive(Clone, Debug, Default)]
pub struct Anchors(Vec<TrustAnchor<'static>>);

impl Anchors {
    /// Reads certificates in PEM, one or more.
    ///
    /// # Errors
    /// One of them is malformed, or there is none.
    pub fn from_pem(pem: &[u8]) -> Result<Self, InvalidAnchor> {
        let anchor = |der: Result<CertificateDer<'_>, _>| {
            let der = der.map_err(|_| InvalidAnchor)?;
            anchor_from_trusted_cert(&der).map(|anchor| anchor.to_owned()).map_err(|_| InvalidAnchor)
        };
        let anchors: Vec<_> = CertificateDer::pem_slice_iter(pem).map(anchor).collect::<Result<_, _>>()?;
        if anchors.is_empty() { Err(InvalidAnchor) } else { Ok(Self(anchors)) }
    }

    /// Reads the body that a certificate's URL gave: PEM, the signer's first, or one certificate in DER.
    ///
    /// # Errors
    /// The body is no certificate, or no anchor vouches for it now.
    pub fn certificate(&self, body: &[u8], now: Duration) -> Result<Certificate, CertificateError> {
        let chain = chain(body)?;
        let (leaf, others) = chain.split_first().ok_or(CertificateError::Malformed)?;
        let leaf = EndEntityCert::try_from(leaf).map_err(|_| CertificateError::Malformed)?;
        let time = UnixTime::since_unix_epoch(now);
        let path = leaf
            .verify_for_usage(&[&Es256], &self.0, others, time, AnyUsage, None, None)
            .map_err(|_| CertificateError::Untrusted)?;
        let issuers = path.intermediate_certificates().map(|issuer| issuer.der());
        let path: Vec<_> = std::iter::once(leaf.der()).chain(issuers).collect();
        Certificate::of_path(&path)
    }
}

fn chain(body: &[u8]) -> Result<Vec<CertificateDer<'_>>, CertificateError> {
    const SEQUENCE: u8 = 0x30;
    if body.first() == Some(&SEQUENCE) {
        return Ok(vec![CertificateDer::from(body)]);
    }
    let mut chain = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(body) {
        if chain.len() >= CHAIN_MAX {
            return Err(CertificateError::Malformed);
        }
        chain.push(certificate.map_err(|_| CertificateError::Malformed)?);
    }
    Ok(chain)
}

/// Certificates of STIR name no purpose.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

/// ECDSA with P-256 and SHA-256.
#[derive(Debug)]
struct Es256;

impl SignatureVerificationAlgorithm for Es256 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature = Signature::from_der(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P256
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA256
    }
}
