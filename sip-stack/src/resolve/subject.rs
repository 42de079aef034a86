//! What a URI says about its target before anybody is asked (RFC 3263 §4).

use std::net::IpAddr;

use super::means::{Means, Security};
use super::name::Name;
use super::unresolved::Unresolved;
use crate::message::header::Via;
use crate::message::{Host, Scheme, Uri};
use crate::transport::Transport;

/// TARGET: the `maddr` parameter, else the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Address(IpAddr),
    Name(Name),
}

/// The parts of a URI, or of a Via, that decide.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) place: Place,
    pub(crate) port: Option<u16>,
    /// Named by the URI.
    pub(crate) transport: Option<Transport>,
    pub(crate) security: Security,
}

impl Subject {
    pub(crate) fn of(uri: &Uri, means: &Means) -> Result<Self, Unresolved> {
        let security = match uri.scheme {
            Scheme::Sip => Security::Any,
            Scheme::Sips => Security::Required,
            Scheme::Tel | Scheme::Other(_) => return Err(Unresolved::NoHost),
        };
        let transport = match uri.params.get("transport") {
            None => None,
            Some(word) => Some(named(word, security)?),
        };
        if transport.is_some_and(|transport| !means.supports(transport)) {
            return Err(Unresolved::NoTransport);
        }
        let maddr = uri.params.get("maddr").map(str::parse::<Host>);
        let place = place(&maddr.transpose().ok().flatten().unwrap_or_else(|| uri.host.clone()))?;
        Ok(Self { place, port: uri.port.filter(|port| *port != 0), transport, security })
    }

    /// The sent-by of a Via, when a response has to find its way by it (RFC 3263 §5).
    pub(crate) fn of_via(via: &Via, over: Transport) -> Result<Self, Unresolved> {
        let transport = Some(via.known_transport().unwrap_or(over));
        let port = via.port.filter(|port| *port != 0);
        Ok(Self { place: place(&via.host)?, port, transport, security: Security::Any })
    }
}

/// A literal address, or a name that the DNS can be asked for.
pub(crate) fn place(host: &Host) -> Result<Place, Unresolved> {
    match host {
        Host::Name(name) => Name::new(name)
            .filter(|name| !name.is_nowhere())
            .map(Place::Name)
            .ok_or(if name.is_empty() { Unresolved::NoHost } else { Unresolved::NoSuchName }),
        Host::V4(ip) => Ok(Place::Address((*ip).into())),
        Host::V6(ip) => Ok(Place::Address(IpAddr::V6(*ip).to_canonical())),
    }
}

/// The transport that the parameter means; under `sips:` the secure one over the same (RFC 3261 §26.2.2).
fn named(word: &str, security: Security) -> Result<Transport, Unresolved> {
    let transport: Transport = word.parse().map_err(|_| Unresolved::NoTransport)?;
    let meant = match (security, transport) {
        (Security::Required, Transport::Tcp) => Transport::Tls,
        (Security::Required, Transport::Ws) => Transport::Wss,
        _ => transport,
    };
    if security.permits(meant) { Ok(meant) } else { Err(Unresolved::NoTransport) }
}
