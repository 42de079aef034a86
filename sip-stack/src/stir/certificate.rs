//! A signer's certificate whose chain leads to an anchor.

use std::collections::BTreeSet;
use std::time::Duration;

use p256::ecdsa::VerifyingKey;
use rustls_pki_types::{CertificateDer, ServerName};
use webpki::EndEntityCert;
use x509_cert::der::Decode as _;

use super::authority::{TN_AUTH_LIST, TnAuthList};
use super::outcome::Failure;

/// Why a body is no certificate to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// It is no certificate, or a chain that is too long.
    #[error("not a certificate")]
    Malformed,
    /// No anchor vouches for it now.
    #[error("no anchor vouches for the certificate")]
    Untrusted,
    /// Its key is of another kind, or its TN Authorization List is broken.
    #[error("a certificate of another kind")]
    Unsupported,
}

impl CertificateError {
    /// What it means for a request.
    pub const fn failure(self) -> Failure {
        match self {
            Self::Malformed => Failure::BadInfo,
            Self::Untrusted | Self::Unsupported => Failure::UnsupportedCredential,
        }
    }
}

/// A certificate that an anchor vouched for.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub(super) key: VerifyingKey,
    der: CertificateDer<'static>,
    own: Option<TnAuthList>,
    /// Those of the issuers that have one; each limits what is below it.
    issuers: Vec<TnAuthList>,
    not_before: Duration,
    not_after: Duration,
}

impl Certificate {
    /// Reads the certificates of a path, the signer's first, that was found good.
    pub(super) fn of_path(path: &[CertificateDer<'_>]) -> Result<Self, CertificateError> {
        let (leaf, issuers) = path.split_first().ok_or(CertificateError::Malformed)?;
        let leaf_parts = Parts::read(leaf)?;
        let (mut not_before, mut not_after) = (leaf_parts.not_before, leaf_parts.not_after);
        let mut lists = Vec::new();
        for issuer in issuers {
            let parts = Parts::read(issuer)?;
            not_before = not_before.max(parts.not_before);
            not_after = not_after.min(parts.not_after);
            lists.extend(parts.list);
        }
        let key =
            VerifyingKey::from_sec1_bytes(&leaf_parts.key).map_err(|_| CertificateError::Unsupported)?;
        let der = leaf.clone().into_owned();
        Ok(Self { key, der, own: leaf_parts.list, issuers: lists, not_before, not_after })
    }

    /// When the first of the chain expires.
    pub const fn not_after(&self) -> Duration {
        self.not_after
    }

    /// Whether all of the chain is valid at this time.
    pub fn is_valid_at(&self, time: Duration) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }

    /// The signer's TN Authorization List.
    pub const fn authority(&self) -> Option<&TnAuthList> {
        self.own.as_ref()
    }

    /// Whether the signer speaks for a number. Where a list of the chain has providers and not the number, they
    /// have to be the same along the chain and, if the owner names some, among those.
    pub fn speaks_for_number(&self, number: &str, providers: Option<&[String]>) -> bool {
        let Some(own) = &self.own else { return false };
        let mut shared: Option<BTreeSet<&str>> = None;
        for list in std::iter::once(own).chain(&self.issuers).filter(|list| !list.has_number(number)) {
            let named: BTreeSet<&str> = list.providers().collect();
            shared = Some(match shared {
                Some(before) => before.intersection(&named).copied().collect(),
                None => named,
            });
        }
        shared.is_none_or(|shared| {
            shared.iter().any(|code| providers.is_none_or(|known| known.iter().any(|known| known == code)))
        })
    }

    /// Whether the signer speaks for a domain: by a DNS name, or by a SIP URI without user (RFC 5922 §7.2).
    pub fn speaks_for_domain(&self, domain: &str) -> bool {
        let Ok(certificate) = EndEntityCert::try_from(&self.der) else { return false };
        let mut uris = certificate.valid_uri_names();
        let by_uri = uris.any(|uri| {
            let host = uri.split_once(':').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("sip"));
            host.is_some_and(|(_, host)| host.eq_ignore_ascii_case(domain))
        });
        by_uri
            || ServerName::try_from(domain)
                .is_ok_and(|name| certificate.verify_is_valid_for_subject_name(&name).is_ok())
    }
}

/// What is read of one certificate.
struct Parts {
    key: Vec<u8>,
    list: Option<TnAuthList>,
    not_before: Duration,
    not_after: Duration,
}

impl Parts {
    fn read(der: &CertificateDer<'_>) -> Result<Self, CertificateError> {
        let certificate = x509_cert::Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
        let signed = certificate.tbs_certificate();
        let extensions = signed.extensions().into_iter().flatten();
        let mut lists = extensions.filter(|extension| extension.extn_id == TN_AUTH_LIST);
        let list = lists.next().map(|extension| TnAuthList::from_der(extension.extn_value.as_bytes()));
        if lists.next().is_some() {
            return Err(CertificateError::Malformed);
        }
        Ok(Self {
            key: signed.subject_public_key_info().subject_public_key.raw_bytes().to_vec(),
            list: list.transpose().map_err(|_| CertificateError::Unsupported)?,
            not_before: signed.validity().not_before.to_unix_duration(),
            not_after: signed.validity().not_after.to_unix_duration(),
        })
    }
}
