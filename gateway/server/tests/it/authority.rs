//! Certificates that a test makes: an authority, and whom it vouches for.

use std::path::{Path, PathBuf};

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::EncodePrivateKey;
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, PKCS_ECDSA_P256_SHA256, PublicKeyData, SanType,
};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Follows from its seed, like every chance in tests.
struct Key {
    private: SigningKey,
    public: Vec<u8>,
}

impl Key {
    fn new(seed: u8) -> Self {
        let private = SigningKey::from_slice(&[seed; 32]).unwrap();
        let public = private.verifying_key().to_sec1_point(false).as_bytes().to_vec();
        Self { private, public }
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl rcgen::SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signature: Signature = self.private.sign(message);
        Ok(signature.to_der().as_bytes().to_vec())
    }
}

/// An authority with its certificate in a file.
pub(crate) struct Authority {
    issuer: Issuer<'static, Key>,
    name: String,
    pub(crate) certificate: PathBuf,
}

/// A certificate and its key, in files.
pub(crate) struct Pair {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

fn params(names: Vec<SanType>, serial: u8) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.subject_alt_names = names;
    params.serial_number = Some(vec![serial].into());
    params
}

/// A DNS name, or a `sip:` URI.
fn san(name: &str) -> SanType {
    let text = Ia5String::try_from(name).unwrap();
    if name.starts_with("sip:") { SanType::URI(text) } else { SanType::DnsName(text) }
}

fn write(name: &str, label: &str, der: &[u8]) -> PathBuf {
    use base64::Engine;
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let body = base64::engine::general_purpose::STANDARD.encode(der);
    std::fs::write(&path, format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")).unwrap();
    path
}

impl Authority {
    /// The name tells the files of one test from another's.
    pub(crate) fn new(name: &str, seed: u8) -> Self {
        let mut params = params(Vec::new(), seed);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&Key::new(seed)).unwrap();
        let certificate = write(&format!("{name}-ca.pem"), "CERTIFICATE", certificate.der());
        Self { issuer: Issuer::new(params, Key::new(seed)), name: name.to_owned(), certificate }
    }

    /// Vouches for whoever has these names.
    pub(crate) fn vouch_for(&self, names: &[&str], seed: u8) -> Pair {
        let key = Key::new(seed);
        let params = params(names.iter().map(|name| san(name)).collect(), seed);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let file = |end: &str| format!("{}-{seed}.{end}", self.name);
        let private = key.private.to_pkcs8_der().unwrap();
        Pair {
            certificate: write(&file("pem"), "CERTIFICATE", certificate.der()),
            key: write(&file("key"), "PRIVATE KEY", private.as_bytes()),
        }
    }

    pub(crate) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.certificate).unwrap()).unwrap();
        roots
    }
}

impl Pair {
    pub(crate) fn load(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let chain = vec![CertificateDer::from_pem_file(&self.certificate).unwrap()];
        (chain, PrivateKeyDer::from_pem_file(&self.key).unwrap())
    }

    /// As fields of `[sip.tls]`.
    pub(crate) fn fields(&self) -> String {
        let line = |field: &str, path: &Path| format!("{field} = {path:?}\n");
        line("certificate", &self.certificate) + &line("certificate_key", &self.key)
    }
}
