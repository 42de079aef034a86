//! Why a URI leads nowhere.

/// No target was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// A `tel:` or other URI without a host, and no Route: something else must say where it goes.
    #[error("URI Without a Host")]
    NoHost,
    /// The URI names a transport that there is no listener for, or that `sips:` forbids.
    #[error("No Listener for the Transport")]
    NoTransport,
    /// The DNS says that there is no such host or service.
    #[error("No Such Name in the DNS")]
    NoSuchName,
    /// The domain says that it offers no SIP (RFC 2782, a target of `.`).
    #[error("Domain Offers no SIP")]
    NotOffered,
    /// There are addresses, but none that a listener reaches.
    #[error("No Usable Address in the DNS")]
    NoUsableAddress,
    /// The DNS did not answer.
    #[error("DNS Does not Answer")]
    DnsFailure,
    /// Too many names are being resolved.
    #[error("Too Many Names to Resolve")]
    Limit,
}
