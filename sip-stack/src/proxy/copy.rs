//! The request as one branch gets it (RFC 3261 §16.6 steps 1 to 6).

use super::check::Checked;
use super::forward::{Branch, Hop, PathInsertion, RecordRouting};
use super::identity::Identity;
use crate::dialog::is_hidden;
use crate::message::header::{MaxBreadth, MaxForwards, Path, ProxyAuthorization, RecordRoute, Route, Via};
use crate::message::{Header, HeaderName, Headers, Method, NameAddr, Request};
use crate::transaction::incoming::IncomingRequest;
use crate::transport::destination::Destination;
use crate::ua::Source;
use crate::ua::headers::has_option;

/// What holds for all branches of a request.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) checked: Checked,
    pub(crate) record_route: RecordRouting,
    pub(crate) path: PathInsertion,
    pub(crate) headers: Vec<Header>,
    pub(crate) consumed_realm: Option<String>,
    pub(crate) chosen: Chosen,
}

/// Who chose the next hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    ByOwner,
    /// The request itself, by its Route or request line.
    ByRequest,
}

/// Where a copy is going.
pub(crate) struct Onward<'a> {
    pub(crate) branch: &'a Branch,
    pub(crate) way: Destination,
    /// Its share of the request's Max-Breadth.
    pub(crate) breadth: u32,
}

/// Makes the copy; its Via is the transaction's to add.
pub(crate) fn copy(
    identity: &Identity,
    incoming: &IncomingRequest,
    terms: &Terms,
    onward: &Onward<'_>,
) -> Request {
    let mut request = incoming.request.clone();
    request.uri = onward.branch.uri.clone();
    let headers = &mut request.headers;
    headers.set(Header::from_typed(&MaxForwards(terms.checked.max_forwards)));
    headers.set(Header::from_typed(&MaxBreadth(onward.breadth)));
    if terms.record_route == RecordRouting::Stay && makes_dialog(&request.method) {
        record_route(identity, incoming, onward, headers);
    }
    if request.method == Method::Register && terms.path != PathInsertion::None {
        insert_path(identity, incoming, terms.path, onward, headers);
    }
    if let Some(realm) = &terms.consumed_realm {
        consume_credentials(realm, headers);
    }
    headers.extend(terms.headers.iter().cloned());
    for hop in onward.branch.route.iter().rev() {
        headers.prepend(Header::from_typed(&Route(hop.clone())));
    }
    prepare_strict_routing(&mut request);
    request
}

/// Credentials of our realm stay here; another proxy's go on to it (§22.3).
fn consume_credentials(realm: &str, headers: &mut Headers) {
    let is_ours = |value: &ProxyAuthorization| value.0.params.get("realm") == Some(realm);
    let Ok(values) = headers.typed_all::<ProxyAuthorization>() else { return };
    if !values.iter().any(is_ours) {
        return;
    }
    headers.remove(&HeaderName::ProxyAuthorization);
    headers.extend(values.iter().filter(|value| !is_ours(value)).map(Header::from_typed));
}

/// Methods that make a dialog, that may renew its route, or that we know nothing of.
fn makes_dialog(method: &Method) -> bool {
    match method {
        Method::Invite | Method::Subscribe | Method::Refer | Method::Notify | Method::Extension(_) => true,
        Method::Ack
        | Method::Bye
        | Method::Cancel
        | Method::Options
        | Method::Register
        | Method::Info
        | Method::Prack
        | Method::Update
        | Method::Message
        | Method::Publish => false,
    }
}

/// Step 4: one value, or one for each side where they differ, so that each side reaches us by what it speaks
/// (RFC 5658 §3.1) and we reach it by the flow that it has.
fn record_route(identity: &Identity, incoming: &IncomingRequest, onward: &Onward<'_>, headers: &mut Headers) {
    let (came, goes) = (&incoming.hop, &onward.way);
    let is_inward = |hop: &Destination, from: &Destination| is_hidden(hop.remote.ip(), from.remote.ip());
    let behind = (needs_flow(incoming) || is_inward(came, goes)).then_some(&incoming.source);
    let inner = is_inward(goes, came).then(|| flow_to(goes));
    let ahead = match &onward.branch.hop {
        Hop::Flow(flow) => Some(flow),
        Hop::Target(_) | Hop::Resolve | Hop::Uri(_) => inner.as_ref(),
    };
    let is_same_side = came.transport == goes.transport && came.public == goes.public;
    if !is_same_side || behind.is_some() || ahead.is_some() {
        headers.prepend(Header::from_typed(&RecordRoute(identity.record_route(came, behind, incoming))));
    }
    headers.prepend(Header::from_typed(&RecordRoute(identity.record_route(goes, ahead, incoming))));
}

/// The hop as a flow: what is private to the other side of the dialog cannot be named by it.
fn flow_to(way: &Destination) -> Source {
    Source { transport: way.transport, remote: way.remote, local: way.local, flow: way.flow }
}

/// Whether its sender can be reached again only the way it came: a stream, an address that is not its own, or its
/// own word (`ob`, RFC 5626 §5.3.2).
fn needs_flow(incoming: &IncomingRequest) -> bool {
    let headers = &incoming.request.headers;
    let is_translated = incoming.via.host.ip().is_some_and(|ip| ip != incoming.source.remote.ip());
    let is_first_hop = || headers.typed_all::<Via>().is_ok_and(|hops| hops.len() == 1);
    let asks = || headers.get(&HeaderName::Contact).is_some_and(|contact| contact.contains(";ob"));
    (incoming.source.flow.is_some() || is_translated || asks()) && is_first_hop()
}

/// RFC 3327 §5.2 and RFC 5626 §5.1.
fn insert_path(
    identity: &Identity,
    incoming: &IncomingRequest,
    insertion: PathInsertion,
    onward: &Onward<'_>,
    headers: &mut Headers,
) {
    let mut hop = identity.path(&onward.way, &incoming.source);
    if headers.typed_all::<Via>().is_ok_and(|hops| hops.len() == 1) {
        hop.uri.params.set_flag("ob");
    }
    headers.prepend(Header::from_typed(&Path(hop)));
    if insertion == PathInsertion::Require && !has_option(headers, &HeaderName::Require, "path") {
        headers.push(Header::new(HeaderName::Require, "path"));
    }
}

/// Step 6: a next hop without `lr` finds itself in the request line, and the target behind the last Route.
fn prepare_strict_routing(request: &mut Request) {
    if !request.headers.contains(&HeaderName::Route) {
        return;
    }
    let Ok(Some(Route(first))) = request.headers.typed::<Route>() else { return };
    if first.uri.is_loose_router() {
        return;
    }
    request.headers.remove_first(&HeaderName::Route);
    let target = std::mem::replace(&mut request.uri, first.uri.for_request_line());
    request.headers.push(Header::from_typed(&Route(NameAddr::new(target))));
}
