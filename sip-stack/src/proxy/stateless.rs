//! What passes without a transaction (RFC 3261 §16.11): the ACK of a 2xx, a CANCEL of an INVITE that we do not know
//! (§16.10), and responses that nobody waits for.

use std::net::SocketAddr;
use std::sync::Arc;

use super::copy::Terms;
use super::first_hop::{Route, route_of};
use super::forward::Branch;
use super::relay::Relay;
use crate::endpoint::core::Core;
use crate::message::header::Via;
use crate::message::{HeaderName, Response};
use crate::transaction::incoming::IncomingRequest;
use crate::transaction::locating::{Pending, Sending};
use crate::transport::via;

impl Core {
    /// Sends a request on by one branch, under this branch parameter.
    pub(crate) fn forward_statelessly(
        &mut self,
        incoming: Arc<IncomingRequest>,
        terms: Arc<Terms>,
        branch: Branch,
        name: String,
    ) {
        let (route, breadth) = (route_of(self, &branch.hop), terms.checked.breadth);
        let relay = Relay { incoming, terms, branch, breadth };
        match route {
            Route::None => {}
            Route::Way(way) => self.relay_statelessly(&relay, way, &name),
            Route::Name => {
                let Some((request, locate)) = self.relay(relay) else { return };
                let id = self.transactions.next_id();
                self.locate(id, Pending { request, sending: Sending::Forwarded { branch: name }, locate });
            }
        }
    }

    /// Sends a response without transaction to where its next Via says, if its first is one that we wrote: a late
    /// 2xx finds its caller. False if it is not ours to send.
    pub(crate) fn forward_stray(&mut self, mut response: Response) -> bool {
        if self.identity.is_none() || !self.is_our_branch(&response) {
            return false;
        }
        response.headers.remove_first(&HeaderName::Via);
        let Ok(Some(next)) = response.headers.typed::<Via>() else { return false };
        let Some(way) = address_of(&next)
            .zip(next.known_transport())
            .and_then(|(remote, transport)| self.transport.destination(transport, remote))
        else {
            return false;
        };
        self.transmit(&way, response.to_bytes(), None);
        true
    }

    /// The branch has a number that only we can have made.
    fn is_our_branch(&self, response: &Response) -> bool {
        via::branch(&response.headers).is_some_and(|branch| self.is_own_branch(&branch))
    }
}

/// Where a Via that we stamped wants its responses.
fn address_of(via: &Via) -> Option<SocketAddr> {
    let ip = via.received().or_else(|| via.host.ip())?;
    let unnamed = || Some(via.known_transport()?.default_port());
    Some(SocketAddr::new(ip, via.rport().or(via.port).or_else(unnamed)?))
}
