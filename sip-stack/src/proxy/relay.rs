//! A request on its way to a name: copied anew for each target that it is tried at, because what we write into it
//! (Record-Route, Path) depends on how it leaves (RFC 3261 §16.6, RFC 3263 §4.3).

use std::sync::Arc;

use super::copy::{Chosen, Onward, Terms, copy};
use super::first_hop::Route;
use super::forward::{Branch, Hop};
use super::identity::Identity;
use crate::endpoint::core::Core;
use crate::message::header;
use crate::message::{Request, Uri};
use crate::transaction::hop::Locate;
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::{self, TransactionId};
use crate::transport::destination::Destination;
use crate::transport::via;
use crate::ua::user::User;

/// What a copy is made of.
#[derive(Debug)]
pub(crate) struct Relay {
    pub(super) incoming: Arc<IncomingRequest>,
    pub(super) terms: Arc<Terms>,
    pub(super) branch: Branch,
    pub(super) breadth: u32,
}

impl Relay {
    /// The copy that leaves this way.
    pub(crate) fn copy(&self, identity: &Identity, way: Destination) -> Request {
        let onward = Onward { branch: &self.branch, way, breadth: self.breadth };
        copy(identity, &self.incoming, &self.terms, &onward)
    }

    /// What the branch parameter of each copy ends with, so that a loop is seen.
    pub(crate) fn mark(&self) -> &str {
        &self.terms.checked.mark
    }
}

impl Core {
    /// The copy as it would leave by any listener, and the name to ask the DNS for; `None` if nothing leaves here.
    pub(super) fn relay(&self, relay: Relay) -> Option<(Request, Locate)> {
        let (identity, contact) = (self.identity.as_ref()?, self.transport.any()?);
        let request = relay.copy(identity, contact);
        let uri = match &relay.branch.hop {
            Hop::Uri(uri) => (**uri).clone(),
            Hop::Resolve | Hop::Target(_) | Hop::Flow(_) => next_hop(&request),
        };
        let named_by = match relay.terms.chosen {
            Chosen::ByOwner => None,
            Chosen::ByRequest => Some(relay.incoming.source.remote.ip()),
        };
        Some((request, Locate { uri, peer: None, contact, relay: Some(Arc::new(relay)), named_by }))
    }

    /// Starts the client transaction of a branch; its target may have yet to be found.
    pub(super) fn relay_request(&mut self, relay: Relay, route: Route, user: User) -> Option<TransactionId> {
        match route {
            Route::None => None,
            Route::Name => {
                let (request, locate) = self.relay(relay)?;
                Some(self.request(request, transaction::hop::Hop::Located(locate), user))
            }
            Route::Way(way) => {
                let request = relay.copy(self.identity.as_ref()?, way);
                let name = self.new_branch() + relay.mark();
                Some(self.request_with_branch(request, way, user, name))
            }
        }
    }

    /// Sends a request on that has no transaction, now that its target is known.
    pub(crate) fn relay_statelessly(&mut self, relay: &Relay, way: Destination, name: &str) {
        let Some(identity) = &self.identity else { return };
        let mut request = relay.copy(identity, way);
        request.headers.push_front(via::ours(&way, &format!("{name}{}", relay.mark())));
        self.transmit(&way, request.to_bytes(), None);
    }
}

/// The first Route, unless it is a strict router, which then stands in the request line (RFC 3261 §16.6 step 7).
fn next_hop(request: &Request) -> Uri {
    let route = request.headers.typed::<header::Route>().ok().flatten().map(|route| route.0.uri);
    route.filter(Uri::is_loose_router).unwrap_or_else(|| request.uri.clone())
}
