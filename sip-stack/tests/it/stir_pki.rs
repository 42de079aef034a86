//! Keys and certificates made on the spot.

use std::str::FromStr as _;
use std::time::Duration;

use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::der::asn1::{ObjectIdentifier, OctetString, UtcTime};
use x509_cert::der::{Encode as _, EncodePem as _};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

/// The moment of the example in RFC 8224 §5.1.
pub(crate) const NOW: Duration = Duration::from_secs(1_443_208_345);
const DAY: Duration = Duration::from_secs(86_400);

/// A key and the name that its certificates bear.
pub(crate) struct Holder {
    pub(crate) key: SigningKey,
    name: String,
}

impl Holder {
    pub(crate) fn new(name: &str, seed: u8) -> Self {
        Self { key: SigningKey::from_slice(&[seed; 32]).unwrap(), name: format!("CN={name}") }
    }

    pub(crate) fn key_pem(&self) -> String {
        self.key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
    }

    /// A certificate for this holder by `issuer`, valid for a day around now.
    pub(crate) fn certified(&self, issuer: &Self, extensions: Vec<Extension>) -> String {
        self.certified_for(issuer, extensions, (NOW - DAY, NOW + DAY))
    }

    pub(crate) fn certified_for(
        &self,
        issuer: &Self,
        extensions: Vec<Extension>,
        (from, until): (Duration, Duration),
    ) -> String {
        let time = |at| Time::UtcTime(UtcTime::from_unix_duration(at).unwrap());
        let profile = Plain {
            issuer: Name::from_str(&issuer.name).unwrap(),
            subject: Name::from_str(&self.name).unwrap(),
            extensions,
        };
        let key = SubjectPublicKeyInfoOwned::from_key(self.key.verifying_key()).unwrap();
        let builder = CertificateBuilder::new(
            profile,
            SerialNumber::from(1_u32),
            Validity::new(time(from), time(until)),
            key,
        );
        let certificate = builder.unwrap().build::<_, DerSignature>(&issuer.key).unwrap();
        certificate.to_pem(LineEnding::LF).unwrap()
    }
}

struct Plain {
    issuer: Name,
    subject: Name,
    extensions: Vec<Extension>,
}

impl Plain {
    fn is_authority(&self) -> bool {
        self.extensions.iter().any(|extension| extension.critical)
    }
}

impl BuilderProfile for Plain {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _key: SubjectPublicKeyInfoRef<'_>,
        _issuer_key: SubjectPublicKeyInfoRef<'_>,
        _signed: &TbsCertificate,
    ) -> Result<Vec<Extension>, x509_cert::builder::Error> {
        let signatures =
            extension("2.5.29.15", true, tlv(0x03, &[7, if self.is_authority() { 0x04 } else { 0x80 }]));
        Ok([&[signatures], self.extensions.as_slice()].concat())
    }
}

fn extension(id: &str, critical: bool, value: Vec<u8>) -> Extension {
    let extn_id = ObjectIdentifier::from_str(id).unwrap();
    Extension { extn_id, critical, extn_value: OctetString::new(value).unwrap() }
}

/// May issue certificates.
pub(crate) fn authority() -> Extension {
    let constraints = BasicConstraints { ca: true, path_len_constraint: None };
    extension("2.5.29.19", true, constraints.to_der().unwrap())
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut out = vec![tag, u8::try_from(value.len()).unwrap()];
    out.extend(value);
    out
}

/// One entry of a TN Authorization List.
pub(crate) fn provider(code: &str) -> Vec<u8> {
    tlv(0xa0, &tlv(0x16, code.as_bytes()))
}

pub(crate) fn range(first: &str, count: u8) -> Vec<u8> {
    let fields = [tlv(0x16, first.as_bytes()), tlv(0x02, &[count])].concat();
    tlv(0xa1, &tlv(0x30, &fields))
}

pub(crate) fn one(number: &str) -> Vec<u8> {
    tlv(0xa2, &tlv(0x16, number.as_bytes()))
}

pub(crate) fn tn_auth_list(entries: &[Vec<u8>]) -> Extension {
    extension("1.3.6.1.5.5.7.1.26", false, tlv(0x30, &entries.concat()))
}

/// A subject alternative name: a DNS name or a URI.
pub(crate) fn dns_name(name: &str) -> Extension {
    extension("2.5.29.17", false, tlv(0x30, &tlv(0x82, name.as_bytes())))
}

pub(crate) fn uri_name(uri: &str) -> Extension {
    extension("2.5.29.17", false, tlv(0x30, &tlv(0x86, uri.as_bytes())))
}

/// A root, an issuer below it, and a signer below that.
pub(crate) struct Chain {
    pub(crate) root: String,
    pub(crate) issuer: Holder,
    pub(crate) issuer_pem: String,
    pub(crate) signer: Holder,
}

impl Chain {
    pub(crate) fn new(issuer_extensions: &[Extension]) -> Self {
        let [root, issuer, signer] =
            [("root", 1), ("issuer", 2), ("signer", 3)].map(|(n, s)| Holder::new(n, s));
        let root_pem = root.certified(&root, vec![authority()]);
        let extensions = [&[authority()], issuer_extensions].concat();
        let issuer_pem = issuer.certified(&root, extensions);
        Self { root: root_pem, issuer, issuer_pem, signer }
    }

    /// The body that the signer's URL gives.
    pub(crate) fn body(&self, extensions: &[Extension]) -> String {
        self.signer.certified(&self.issuer, extensions.to_vec()) + &self.issuer_pem
    }
}
