//! The names in a verified certificate.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustls::pki_types::CertificateDer;
use sip_stack::transport::{AlternativeNames, CertificateNames};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

/// Reads subject and alternative names; what cannot be read names nobody.
pub(super) fn names(certificate: &CertificateDer<'_>) -> CertificateNames {
    let Ok(certificate) = Certificate::from_der(certificate) else { return CertificateNames::default() };
    let body = certificate.tbs_certificate();
    match body.get_extension::<SubjectAltName>() {
        Ok(None) => CertificateNames { alternative: None, common_name: common_name(body.subject()) },
        Ok(Some((_, names))) => CertificateNames {
            alternative: Some(alternative(&names)),
            common_name: common_name(body.subject()),
        },
        Err(_) => CertificateNames { alternative: Some(AlternativeNames::default()), common_name: None },
    }
}

fn alternative(names: &SubjectAltName) -> AlternativeNames {
    let mut found = AlternativeNames::default();
    for name in &names.0 {
        match name {
            GeneralName::UniformResourceIdentifier(uri) => found.uris.push(uri.to_string()),
            GeneralName::DnsName(name) => found.dns.push(name.to_string()),
            GeneralName::IpAddress(octets) => found.addresses.extend(address(octets.as_bytes())),
            GeneralName::OtherName(_)
            | GeneralName::Rfc822Name(_)
            | GeneralName::DirectoryName(_)
            | GeneralName::EdiPartyName(_)
            | GeneralName::RegisteredId(_) => {}
        }
    }
    found
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = || <[u8; 4]>::try_from(octets).map(|octets| Ipv4Addr::from(octets).into());
    let v6 = || <[u8; 16]>::try_from(octets).map(|octets| Ipv6Addr::from(octets).into());
    v4().or_else(|_| v6()).ok()
}

fn common_name(subject: &Name) -> Option<String> {
    subject.common_name().ok()?.map(|name| name.value().into_owned())
}
