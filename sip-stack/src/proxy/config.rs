//! What the owner of a proxy decides once.

use crate::message::Host;

/// The settings of an endpoint that forwards requests; [`Config::proxy`](crate::Config::proxy) holds them.
#[derive(Clone, Debug)]
pub struct ProxyConfig {
    /// The names that mean this proxy besides the addresses of its listeners: the domains that it is responsible
    /// for, and its own host names.
    pub names: Vec<Host>,
    /// Signs flow tokens (RFC 5626 §5.2) and our Record-Route; random, secret, and the same after a restart, because tokens live in the
    /// routes of registrations and dialogs.
    pub key: [u8; 32],
    /// Whether a request inside a dialog may name a private next hop from outside.
    pub inward: InwardHops,
    /// Bounds of what forwarding costs.
    pub limits: ProxyLimits,
}

impl ProxyConfig {
    /// The defaults for a proxy of these names.
    pub fn new(names: Vec<Host>, key: [u8; 32]) -> Self {
        Self { names, key, inward: InwardHops::default(), limits: ProxyLimits::default() }
    }
}

/// What becomes of a request inside a dialog that comes from a public address, when its Route, its request line or
/// what their names resolve to leads to a private, link-local or loopback one. Dialogs that the owner let in go there
/// all the same: the Record-Route of a dialog between the two sides names both hops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InwardHops {
    /// 403: whoever is called from here is a stranger, and the network behind us none of its business.
    #[default]
    Refused,
    /// It is forwarded.
    Allowed,
}

/// Bounds; a request over one is refused, with 503 and `Retry-After` where trying later helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyLimits {
    /// Requests that are being forwarded at once; one more is answered 503.
    pub contexts: usize,
    /// Branches of one request over all its groups; more are answered 500, for it is the owner who names them.
    pub branches: usize,
    /// The greatest Max-Breadth (RFC 5393 §5.3.3), and what a request without one gets.
    pub breadth: u32,
}

impl Default for ProxyLimits {
    fn default() -> Self {
        Self { contexts: 20_000, branches: 32, breadth: 60 }
    }
}
