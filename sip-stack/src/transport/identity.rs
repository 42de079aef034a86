//! Whom a certificate names: the SIP domain identities of RFC 5922 §7.

use std::net::IpAddr;

use crate::message::{Host, Scheme, Uri};

/// Names of one certificate that are kept at most; a stranger chooses how many it has.
const IDENTITIES_MAX: usize = 64;

/// The names in a certificate that the driver has verified up to a trusted root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateNames {
    /// The subject's alternative names; `None` if the certificate has no such extension.
    pub alternative: Option<AlternativeNames>,
    /// The subject's common name; it counts only where there are no alternative names.
    pub common_name: Option<String>,
}

/// The kinds of `subjectAltName` that can name a SIP domain or host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlternativeNames {
    /// `uniformResourceIdentifier`, whatever the scheme.
    pub uris: Vec<String>,
    /// `dNSName`
    pub dns: Vec<String>,
    /// `iPAddress`
    pub addresses: Vec<IpAddr>,
}

impl CertificateNames {
    /// The hosts and domains that the certificate speaks for (RFC 5922 §7.1).
    pub fn identities(&self) -> Identities {
        let mut hosts = match &self.alternative {
            Some(names) => names.hosts(),
            None => self.common_name.iter().filter_map(|name| domain(name)).collect(),
        };
        hosts.truncate(IDENTITIES_MAX);
        Identities(hosts)
    }
}

impl AlternativeNames {
    /// `sip:` URIs silence DNS names; an address names the host that has it, never a domain.
    fn hosts(&self) -> Vec<Host> {
        let mut hosts: Vec<Host> = self.uris.iter().filter_map(|uri| sip_domain(uri)).collect();
        if hosts.is_empty() {
            hosts.extend(self.dns.iter().filter_map(|name| domain(name)));
        }
        hosts.extend(self.addresses.iter().copied().map(Host::from));
        hosts
    }
}

/// The host of `sip:domain`; a URI with a user names a person, and `sips` no domain.
fn sip_domain(text: &str) -> Option<Host> {
    let uri: Uri = text.parse().ok()?;
    (uri.scheme == Scheme::Sip && uri.user.is_none()).then_some(uri.host)
}

/// A whole domain name; `*.example.com` is none, because wildcards match nothing (RFC 5922 §7.2).
fn domain(text: &str) -> Option<Host> {
    text.parse().ok().filter(|host: &Host| host.ip().is_none())
}

/// The hosts and domains that a peer has proved to speak for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identities(Vec<Host>);

impl Identities {
    /// Whether `wanted` is one of them: compared whole, without regard to case (RFC 5922 §7.2).
    pub fn include(&self, wanted: &Host) -> bool {
        self.0.iter().any(|host| same(host, wanted))
    }

    /// Whether nothing is proved.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Host> {
        self.0.iter()
    }
}

/// The dot that ends a fully qualified name is no part of it.
pub(crate) fn same(one: &Host, other: &Host) -> bool {
    match (one, other) {
        (Host::Name(one), Host::Name(other)) => {
            one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
        }
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(uris: &[&str], dns: &[&str], addresses: &[&str]) -> CertificateNames {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let alternative = Some(AlternativeNames { uris: owned(uris), dns: owned(dns), addresses });
        CertificateNames { alternative, common_name: Some("common.example".to_owned()) }
    }

    fn speaks_for(names: &CertificateNames, host: &str) -> bool {
        names.identities().include(&host.parse().unwrap())
    }

    #[test]
    fn a_sip_uri_silences_dns_names() {
        let both = names(&["SIP:Example.COM", "http://web.example"], &["host.example.com"], &[]);
        assert!(speaks_for(&both, "example.com") && speaks_for(&both, "EXAMPLE.com."));
        for other in ["host.example.com", "web.example", "common.example", "com", "a.example.com"] {
            assert!(!speaks_for(&both, other), "{other}");
        }
    }

    #[test]
    fn people_and_other_schemes_are_no_domains() {
        let dns_counts = names(&["sip:alice@example.com", "sips:example.com"], &["host.example.com"], &[]);
        assert!(!speaks_for(&dns_counts, "example.com"));
        assert!(speaks_for(&dns_counts, "host.example.com"));
    }

    #[test]
    fn wildcards_match_nothing() {
        for name in ["*.example.com", ".example.com", "*"] {
            assert!(!speaks_for(&names(&[], &[name], &[]), "host.example.com"), "{name}");
        }
    }

    #[test]
    fn the_common_name_counts_only_without_alternative_names() {
        assert!(!speaks_for(&names(&[], &[], &[]), "common.example"));
        let old = CertificateNames { alternative: None, common_name: Some("Common.Example".to_owned()) };
        assert!(speaks_for(&old, "common.example"));
        let words = CertificateNames { alternative: None, common_name: Some("Example Ltd".to_owned()) };
        assert!(words.identities().is_empty());
    }

    #[test]
    fn an_address_names_only_itself() {
        let host = names(&[], &[], &["192.0.2.1", "2001:db8::1"]);
        assert!(speaks_for(&host, "192.0.2.1") && speaks_for(&host, "[2001:db8::1]"));
        assert!(!speaks_for(&host, "192.0.2.2"));
        assert!(!speaks_for(&names(&[], &["192.0.2.1"], &[]), "192.0.2.1"));
    }

    #[test]
    fn a_certificate_with_a_thousand_names_is_cut() {
        let many: Vec<String> = (0..1000).map(|number| format!("a{number}.example")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(names(&[], &many, &[]).identities().iter().count(), IDENTITIES_MAX);
    }
}
