//! Route information on the way in (RFC 3261 §16.4, RFC 5626 §5.3).

use super::identity::Identity;
use crate::message::header::Route;
use crate::message::{HeaderName, Request, Uri};
use crate::ua::Source;

/// A Record-Route that changes the transport comes back as two Routes (RFC 5658 §3.1).
const OWN_ROUTES_MAX: usize = 2;

/// What our own Route, now taken off, said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Routed {
    /// There was none.
    No,
    /// It named us.
    Here,
    /// It named a flow to leave by; `is_path` tells that it was a Path (`ob`).
    Over { flow: Source, is_path: bool },
    /// It named a flow that we never wrote.
    Tampered,
}

/// Undoes what a strict router did to the request line, and takes our own Routes off.
pub(crate) fn preprocess(identity: &Identity, request: &mut Request, source: &Source) -> Routed {
    strip_maddr(identity, &mut request.uri, source);
    if !request.headers.contains(&HeaderName::Route) {
        return Routed::No;
    }
    let mut routed = undo_strict_routing(identity, request);
    for nth in 0..OWN_ROUTES_MAX {
        let Ok(Some(Route(route))) = request.headers.typed::<Route>() else { break };
        if !identity.is_ours(&route.uri) {
            break;
        }
        request.headers.remove_first(&HeaderName::Route);
        routed = taken_off(identity, &route.uri, source, nth);
    }
    routed
}

/// Of two Routes of ours the second is the side to leave by. One alone is so only if the request did not come over
/// the very flow that it names (RFC 5626 §5.3).
fn taken_off(identity: &Identity, route: &Uri, source: &Source, nth: usize) -> Routed {
    match identity.flow_of(route) {
        None => Routed::Here,
        Some(None) => Routed::Tampered,
        Some(Some(flow)) if nth == 0 && flow == *source => Routed::Here,
        Some(Some(flow)) => Routed::Over { flow, is_path: route.params.contains("ob") },
    }
}

/// The request line has the URI of our Record-Route; the last Route is where the request is for.
fn undo_strict_routing(identity: &Identity, request: &mut Request) -> Routed {
    if !request.uri.is_loose_router() || !identity.is_ours(&request.uri) {
        return Routed::No;
    }
    let Ok(mut routes) = request.headers.typed_all::<Route>() else { return Routed::No };
    let Some(Route(last)) = routes.pop() else { return Routed::No };
    request.uri = last.uri;
    request.headers.remove_last(&HeaderName::Route);
    Routed::Here
}

/// An `maddr` of ours has done its work when the request is here by the port and transport that it asks for.
fn strip_maddr(identity: &Identity, uri: &mut Uri, source: &Source) {
    let Some(maddr) = uri.params.get("maddr").and_then(|maddr| maddr.parse().ok()) else { return };
    let transport = uri.transport().unwrap_or(crate::Transport::Udp);
    let port = uri.port.unwrap_or_else(|| transport.default_port());
    if identity.is_host(&maddr) && transport == source.transport && port == source.local.port() {
        uri.params.remove("maddr");
        uri.params.remove("transport");
        uri.port = None;
    }
}
