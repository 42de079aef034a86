//! From a domain's NAPTR records to its services (RFC 3263 §4.1).

use super::means::{Means, Security};
use super::name::Name;
use super::query::{Naptr, Record};
use crate::transport::Transport;

/// Services of one domain that are looked at.
pub(crate) const SERVICES_MAX: usize = 8;

/// Where the SRV records of one transport are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) transport: Transport,
    pub(crate) name: Name,
}

impl Service {
    /// The service of a transport at the domain itself: `_sips` for TLS, `_sip` otherwise (RFC 3263 §4.2).
    pub(crate) fn at(domain: &Name, transport: Transport) -> Option<Self> {
        let prefix = match transport {
            Transport::Udp => "_sip._udp",
            Transport::Tcp => "_sip._tcp",
            Transport::Tls => "_sips._tcp",
            Transport::Ws => "_sip._ws",
            Transport::Wss => "_sips._ws",
        };
        Some(Self { transport, name: domain.service(prefix)? })
    }
}

/// The services that we can use, most preferred first.
pub(crate) fn services(records: &[Record], security: Security, means: &Means) -> Vec<Service> {
    let mut rules: Vec<(&Naptr, Service)> =
        records.iter().filter_map(rule).filter_map(|naptr| Some((naptr, service(naptr)?))).collect();
    rules.retain(|(_, service)| security.permits(service.transport) && means.supports(service.transport));
    rules.sort_by_key(|(naptr, _)| (naptr.order, naptr.preference));
    rules.into_iter().map(|(_, service)| service).take(SERVICES_MAX).collect()
}

fn rule(record: &Record) -> Option<&Naptr> {
    match record {
        Record::Naptr(naptr) => Some(naptr),
        Record::Srv(_) | Record::A(_) | Record::Aaaa(_) => None,
    }
}

/// Only terminal rules without a regular expression that lead to SRV records are SIP's.
fn service(naptr: &Naptr) -> Option<Service> {
    if !naptr.flags.eq_ignore_ascii_case("s") || !naptr.regexp.is_empty() {
        return None;
    }
    let transport = match naptr.services.to_ascii_uppercase().as_str() {
        "SIP+D2U" => Transport::Udp,
        "SIP+D2T" => Transport::Tcp,
        "SIPS+D2T" => Transport::Tls,
        "SIP+D2W" => Transport::Ws,
        "SIPS+D2W" => Transport::Wss,
        _ => return None,
    };
    Some(Service { transport, name: Name::new(&naptr.replacement)? })
}
