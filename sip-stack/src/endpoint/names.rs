//! Names: the DNS's answers on their way in, and the owner's own look-ups.

use std::net::SocketAddr;
use std::time::Instant;

use super::{CommandError, Endpoint};
use crate::message::Uri;
use crate::resolve::{Answer, QueryId, Waiter};
use crate::ua::{LocateId, UaEvent};

impl Endpoint {
    /// The DNS answered an [`Output::Resolve`](crate::Output::Resolve), or could not.
    pub fn handle_dns(&mut self, now: Instant, query: QueryId, answer: Answer) {
        self.core.now = now;
        self.core.receive_answer(query, answer);
        self.settle();
    }

    /// A datagram could not be sent, or the network says that nobody is there (RFC 3261 §18.4): whatever waits
    /// for an answer of this UDP address goes on to its next target, or fails.
    pub fn handle_unreachable(&mut self, now: Instant, remote: SocketAddr) {
        self.core.now = now;
        self.core.fail_datagrams(remote);
        self.settle();
    }

    /// Asks where a URI leads (RFC 3263 §4); answered by [`UaEvent::Located`].
    ///
    /// # Errors
    /// The URI has no host, or a transport that there is no listener for.
    pub fn locate(&mut self, now: Instant, id: LocateId, uri: &Uri) -> Result<(), CommandError> {
        self.core.now = now;
        let subject = self.core.resolver.subject(uri)?;
        if let Some(targets) = self.core.resolve(Waiter::Owner(id), subject) {
            self.core.event(UaEvent::Located { id, targets });
        }
        self.settle();
        Ok(())
    }
}
