//! What is asked of the DNS, and what it answers, as data.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// One question of the endpoint's; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QueryId(pub u64);

/// The type of the records asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// RFC 3403.
    Naptr,
    /// RFC 2782.
    Srv,
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
}

/// A rule that leads from a domain to one of its services (RFC 3403 §4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naptr {
    /// The lowest comes first.
    pub order: u16,
    /// Among equals in `order`, the lowest comes first.
    pub preference: u16,
    /// `s`: the replacement has SRV records.
    pub flags: String,
    /// For example `SIP+D2U`.
    pub services: String,
    /// Empty for SIP.
    pub regexp: String,
    /// The name to ask next.
    pub replacement: String,
}

/// A host that offers a service (RFC 2782).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Srv {
    /// The lowest comes first.
    pub priority: u16,
    /// Its share among equals in `priority`.
    pub weight: u16,
    /// Where it listens.
    pub port: u16,
    /// Its name; `.` where the service is not offered.
    pub target: String,
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A rule.
    Naptr(Naptr),
    /// A host of a service.
    Srv(Srv),
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
}

/// The answer to a question. Aliases (CNAME) are followed by whoever asks the DNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// There are such records.
    Records {
        /// In the order they came; those of another type are passed over.
        records: Vec<Record>,
        /// How long they hold: the shortest of theirs.
        ttl: Duration,
    },
    /// The name does not exist, or has no records of this type (RFC 2308).
    NoSuchName {
        /// How long that holds.
        ttl: Duration,
    },
    /// No server answered, or none could.
    Failure,
}
