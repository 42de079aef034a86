//! What the owner of a registrar decides once.

use crate::message::{Host, NameAddr};

/// The settings of a [`Registrar`](super::Registrar).
#[derive(Clone, Debug)]
pub struct RegistrarConfig {
    /// The domains whose addresses of record it keeps.
    pub domains: Vec<Host>,
    /// Signs temporary GRUUs and binding ids; random, secret, the same on all nodes and after a restart.
    pub key: [u8; 32],
    /// How long bindings may last.
    pub expiry: Expiry,
    /// Bounds of what registering strangers can grow.
    pub limits: RegistrarLimits,
    /// What becomes of a Path that the user agent does not know of.
    pub path: PathPolicy,
    /// The way from the user agent to its home proxy, told in every 2xx (RFC 3608).
    pub service_route: Vec<NameAddr>,
    /// The longest silence between keep-alives on a flow that ends here (RFC 5626 §5.4), in seconds.
    pub flow_timer_s: Option<u32>,
}

impl RegistrarConfig {
    /// The defaults for these domains.
    pub fn new(domains: Vec<Host>, key: [u8; 32]) -> Self {
        Self {
            domains,
            key,
            expiry: Expiry::default(),
            limits: RegistrarLimits::default(),
            path: PathPolicy::default(),
            service_route: Vec::new(),
            flow_timer_s: None,
        }
    }
}

/// How long a binding lasts, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// Where the request names no time, or no number (RFC 3261 §10.2.1.1).
    pub default_s: u32,
    /// The shortest; a request for less is answered 423.
    pub min_s: u32,
    /// The longest; a request for more gets this.
    pub max_s: u32,
}

impl Default for Expiry {
    fn default() -> Self {
        Self { default_s: 3600, min_s: 60, max_s: 7200 }
    }
}

/// Bounds; a REGISTER over one is refused whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RegistrarLimits {
    /// Bindings of one address of record; one more is answered 403.
    pub bindings_per_aor: usize,
    /// Addresses of record with bindings; one more is answered 503 with `Retry-After`.
    pub aors: usize,
    /// The bytes of one contact with its Path; more are answered 413.
    pub binding_bytes: usize,
    /// The `Retry-After` of a 503, in seconds.
    pub retry_after_s: u32,
}

impl Default for RegistrarLimits {
    fn default() -> Self {
        Self { bindings_per_aor: 10, aors: 100_000, binding_bytes: 4_096, retry_after_s: 60 }
    }
}

/// RFC 3327 §5.3: a Path in a request whose sender does not say `Supported: path`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PathPolicy {
    /// 420, so that the user agent learns of it.
    #[default]
    RefuseUnannounced,
    /// Used all the same.
    Accept,
}
