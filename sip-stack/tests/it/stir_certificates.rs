//! Whose certificates are believed, and for which numbers and domains.

use std::time::Duration;

use sip_stack::stir::{Anchors, Certificate, CertificateError, InvalidAnchor};

use crate::stir_pki::{
    Chain, Holder, NOW, authority, dns_name, one, provider, range, tn_auth_list, uri_name,
};

fn checked(chain: &Chain, body: &str) -> Result<Certificate, CertificateError> {
    Anchors::from_pem(chain.root.as_bytes()).unwrap().certificate(body.as_bytes(), NOW)
}

#[test]
fn a_chain_leads_to_an_anchor() {
    let chain = Chain::new(&[]);
    let body = chain.body(&[tn_auth_list(&[one("12155551212")])]);
    let certificate = checked(&chain, &body).unwrap();
    assert!(certificate.is_valid_at(NOW) && !certificate.is_valid_at(NOW + Duration::from_secs(86_401)));
    assert_eq!(certificate.not_after(), NOW + Duration::from_secs(86_400));
}

#[test]
fn nobody_vouches_for_strangers_gaps_and_forgeries() {
    let chain = Chain::new(&[]);
    let leaf = chain.signer.certified(&chain.issuer, Vec::new());
    let stranger = Holder::new("issuer", 9);
    let forged = chain.signer.certified(&stranger, Vec::new()) + &chain.issuer_pem;
    let own = stranger.certified(&stranger, vec![authority()]);
    let no_authority = {
        let plain = chain.signer.certified(&chain.issuer, Vec::new());
        Holder::new("below", 5).certified(&chain.signer, Vec::new()) + &plain + &chain.issuer_pem
    };
    for body in [&leaf, &forged, &own, &no_authority] {
        assert_eq!(checked(&chain, body).unwrap_err(), CertificateError::Untrusted);
    }
    for body in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "0\u{3}abc", "<html>"]
    {
        assert_eq!(checked(&chain, body).unwrap_err(), CertificateError::Malformed, "{body}");
    }
    let long = chain.issuer_pem.repeat(9);
    assert_eq!(checked(&chain, &long).unwrap_err(), CertificateError::Malformed);
    assert_eq!(Anchors::from_pem(b"nothing").unwrap_err(), InvalidAnchor);
}

#[test]
fn an_expired_certificate_is_not_believed() {
    let chain = Chain::new(&[]);
    let hour = Duration::from_secs(3600);
    let old = chain.signer.certified_for(&chain.issuer, Vec::new(), (NOW - hour * 2, NOW - hour));
    assert_eq!(checked(&chain, &(old + &chain.issuer_pem)).unwrap_err(), CertificateError::Untrusted);
}

fn speaks(chain: &Chain, entries: &[Vec<u8>], number: &str, providers: Option<&[String]>) -> bool {
    checked(chain, &chain.body(&[tn_auth_list(entries)])).unwrap().speaks_for_number(number, providers)
}

#[test]
fn a_signer_speaks_for_its_numbers_only() {
    let chain = Chain::new(&[]);
    let entries = [range("12155550000", 100), one("911")];
    for (number, expected) in [("12155550042", true), ("911", true), ("12155550100", false), ("112", false)] {
        assert_eq!(speaks(&chain, &entries, number, None), expected, "{number}");
    }
    let without = checked(&chain, &chain.body(&[])).unwrap();
    assert!(!without.speaks_for_number("911", None), "a certificate without a list speaks for no number");
}

#[test]
fn a_provider_speaks_for_its_numbers_if_the_owner_takes_it() {
    let chain = Chain::new(&[]);
    let known = |code: &str| Some(vec![code.to_owned()]);
    assert!(speaks(&chain, &[provider("1234")], "12155550042", None));
    assert!(speaks(&chain, &[provider("1234")], "12155550042", known("1234").as_deref()));
    assert!(!speaks(&chain, &[provider("1234")], "12155550042", known("5678").as_deref()));
    let mixed = [provider("1234"), one("12155550042")];
    assert!(speaks(&chain, &mixed, "12155550042", known("5678").as_deref()), "the number is there by itself");
}

/// RFC 8226 §9: the list of an authority limits what is below it.
#[test]
fn an_issuer_gives_away_no_more_than_it_has() {
    let limited = Chain::new(&[tn_auth_list(&[range("12155550000", 100)])]);
    assert!(speaks(&limited, &[one("12155550042")], "12155550042", None));
    assert!(!speaks(&limited, &[one("12155550142")], "12155550142", None));
    assert!(!speaks(&limited, &[provider("1234")], "12155550142", None));
    let provided = Chain::new(&[tn_auth_list(&[provider("1234"), provider("5678")])]);
    assert!(speaks(&provided, &[provider("5678")], "12155550042", None));
    assert!(!speaks(&provided, &[provider("9999")], "12155550042", None));
}

#[test]
fn a_broken_list_spoils_its_certificate() {
    let chain = Chain::new(&[]);
    let body = chain.body(&[tn_auth_list(&[one("not a number")])]);
    assert_eq!(checked(&chain, &body).unwrap_err(), CertificateError::Unsupported);
}

#[test]
fn a_domain_is_spoken_for_by_its_name() {
    let chain = Chain::new(&[]);
    let by = |name| checked(&chain, &chain.body(&[name])).unwrap();
    assert!(by(dns_name("example.com")).speaks_for_domain("example.com"));
    assert!(!by(dns_name("sip.example.com")).speaks_for_domain("example.com"));
    assert!(by(uri_name("sip:example.com")).speaks_for_domain("Example.com"));
    assert!(!by(uri_name("sip:alice@example.com")).speaks_for_domain("example.com"));
}
