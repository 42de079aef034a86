//! Others' questions where a URI leads, until the endpoint answers them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Instant;

use sip_stack::message::Uri;
use sip_stack::{Endpoint, LocateId, Target, Unresolved};
use tokio::sync::oneshot;
use tracing::debug;

/// Who waits for the addresses.
pub type Found = oneshot::Sender<Vec<SocketAddr>>;

/// The questions under way.
#[derive(Default)]
pub(super) struct LookUps {
    waiting: BTreeMap<LocateId, Found>,
    next: u64,
}

impl LookUps {
    /// Asks; whoever waits hears nothing if the URI is of no use.
    pub(super) fn ask(&mut self, endpoint: &mut Endpoint, uri: &Uri, found: Found) {
        self.next += 1;
        let id = LocateId(self.next);
        match endpoint.locate(Instant::now(), id, uri) {
            Ok(()) => drop(self.waiting.insert(id, found)),
            Err(error) => debug!(%error, "a trunk's URI leads nowhere"),
        }
    }

    pub(super) fn answer(&mut self, id: LocateId, targets: Result<Vec<Target>, Unresolved>) {
        let Some(found) = self.waiting.remove(&id) else { return };
        match targets {
            // Whoever asked may be gone.
            Ok(targets) => drop(found.send(targets.iter().map(|target| target.remote).collect())),
            Err(error) => debug!(%error, "a trunk's URI leads nowhere now"),
        }
    }
}
