//! Route information on the way in (RFC 3261 §16.4, RFC 5626 §5.3).

use super::identity::{Identity, Token};
use crate::message::header::Route;
use crate::message::{HeaderName, Request, Uri};
use crate::transaction::incoming::IncomingRequest;
use crate::ua::Source;

/// A Record-Route that changes the transport comes back as two Routes (RFC 5658 §3.1), and a phone may put its outbound
/// proxy before them.
const OWN_ROUTES_MAX: usize = 3;

/// What our own Route, now taken off, said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Routed {
    /// There was none.
    No,
    /// It named us, in a request outside of dialogs or of a dialog that we signed it for.
    Here,
    /// It named us, in a request inside a dialog that never went by here, as far as we can tell.
    Unsigned,
    /// It named a flow to leave by; `is_path` tells that it was a Path (`ob`).
    Over { flow: Source, is_path: bool },
    /// It named a flow that we never wrote.
    Tampered,
}

/// Undoes what a strict router did to the request line, and takes our own Routes off.
pub(crate) fn preprocess(identity: &Identity, incoming: &mut IncomingRequest) {
    strip_maddr(identity, &mut incoming.request.uri, &incoming.source);
    if !incoming.request.headers.contains(&HeaderName::Route) {
        return;
    }
    if let Some(own) = undo_strict_routing(identity, &mut incoming.request) {
        incoming.routed = said(identity, &own, incoming);
    }
    for _ in 0..OWN_ROUTES_MAX {
        let Ok(Some(Route(route))) = incoming.request.headers.typed::<Route>() else { break };
        if !identity.is_ours(&route.uri) {
            break;
        }
        incoming.request.headers.remove_first(&HeaderName::Route);
        incoming.routed = together(&incoming.routed, said(identity, &route.uri, incoming));
    }
}

/// What one Route of ours says. Outside of dialogs the flow of a dialog says nothing: all who were called by it know it.
/// The first is not the side to leave by if the request came over the very flow that it names (RFC 5626 §5.3).
fn said(identity: &Identity, route: &Uri, incoming: &IncomingRequest) -> Routed {
    let is_first = matches!(incoming.routed, Routed::No | Routed::Unsigned);
    let has_dialog = incoming.to_tag.is_some();
    match identity.token_of(route) {
        Token::Tampered => Routed::Tampered,
        Token::Path(flow) if is_first && flow == incoming.source => match has_dialog {
            true => Routed::Unsigned,
            false => Routed::Here,
        },
        Token::Path(flow) => Routed::Over { flow, is_path: true },
        Token::None | Token::Flow(_) if !has_dialog => Routed::Here,
        Token::None | Token::Flow(_) if !identity.has_signed(route, incoming) => Routed::Unsigned,
        Token::None => Routed::Here,
        Token::Flow(flow) if is_first && flow == incoming.source => Routed::Here,
        Token::Flow(flow) => Routed::Over { flow, is_path: false },
    }
}

/// What two Routes of ours say: the second is the side to leave by, and one that is signed for the dialog speaks for one
/// beside it that is not.
fn together(first: &Routed, second: Routed) -> Routed {
    match (first, second) {
        (Routed::Tampered, _) => Routed::Tampered,
        (Routed::Here | Routed::Over { .. }, Routed::Unsigned) => first.clone(),
        (_, second) => second,
    }
}

/// The request line has the URI of our Record-Route; the last Route is where the request is for.
fn undo_strict_routing(identity: &Identity, request: &mut Request) -> Option<Uri> {
    if !request.uri.is_loose_router() || !identity.is_ours(&request.uri) {
        return None;
    }
    let Route(last) = request.headers.typed_all::<Route>().ok()?.pop()?;
    request.headers.remove_last(&HeaderName::Route);
    Some(std::mem::replace(&mut request.uri, last.uri))
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
