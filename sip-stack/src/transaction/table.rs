//! All transactions, and the messages' way to them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::hop::Hop;
use super::itinerary::Itinerary;
use super::key::ByKey;
use super::locating::Pending;
use super::{Client, Server, TransactionId};
use crate::endpoint::config::Limits;
use crate::message::{Request, Response};
use crate::resolve::Unresolved;
use crate::transport::FlowId;
use crate::transport::destination::Destination;
use crate::ua::user::User;

/// The transactions of an endpoint by id and by what the wire shows of them.
#[derive(Debug, Default)]
pub(crate) struct Table {
    last: u64,
    /// Requests that wait for the DNS, by the id that their transaction will have.
    pub(crate) pending: BTreeMap<TransactionId, Pending>,
    pub(crate) clients: BTreeMap<TransactionId, Client>,
    pub(crate) client_keys: ByKey,
    pub(crate) servers: BTreeMap<TransactionId, Server>,
    pub(crate) server_keys: ByKey,
    pub(crate) merge_keys: ByKey,
    /// How many server transactions each address holds.
    pub(crate) sources: BTreeMap<IpAddr, usize>,
}

impl Table {
    pub(crate) fn next_id(&mut self) -> TransactionId {
        self.last += 1;
        TransactionId(self.last)
    }

    /// Whether one more server transaction fits, over all and for its source.
    pub(crate) fn has_room(&self, limits: &Limits, source: IpAddr) -> bool {
        let held = self.sources.get(&source).copied().unwrap_or(0);
        self.servers.len() < limits.server_transactions && held < limits.server_transactions_per_source
    }

    /// Whether so many are held, over all or for the source, that refusals are not kept.
    pub(crate) fn is_crowded(&self, limits: &Limits, source: IpAddr) -> bool {
        let held = self.sources.get(&source).copied().unwrap_or(0);
        self.servers.len() > limits.refusals_kept || held > limits.refusals_kept_per_source
    }

    pub(crate) fn hold(&mut self, source: IpAddr) {
        *self.sources.entry(source).or_default() += 1;
    }

    pub(crate) fn release(&mut self, source: IpAddr) {
        let Some(held) = self.sources.get_mut(&source) else { return };
        *held -= 1;
        if *held == 0 {
            self.sources.remove(&source);
        }
    }
}

/// What became of a request of ours.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) transaction: TransactionId,
    pub(crate) user: User,
    /// The request as it was sent, and where.
    pub(crate) request: Arc<Request>,
    pub(crate) way: Destination,
    /// The stream that it went on.
    pub(crate) flow: Option<FlowId>,
    /// Where else it could have gone.
    pub(crate) itinerary: Option<Itinerary>,
    pub(crate) outcome: Outcome,
}

impl Delivery {
    /// Where the same request goes once more, changed as its response asked for: to the same target.
    pub(crate) fn hop(&self) -> Hop {
        match &self.itinerary {
            Some(itinerary) => Hop::Listed(self.way, itinerary.clone()),
            None => Hop::Fixed(self.way),
        }
    }
}

/// The outcomes that RFC 3261 §8.1.3 names.
#[derive(Debug)]
pub(crate) enum Outcome {
    Response(Box<Response>),
    /// Nobody answered: as if a 408 had come.
    TimedOut,
    /// The transport refused: as if a 503 had come.
    TransportFailed,
    /// Its URI leads nowhere; nothing was sent.
    Unresolved(Unresolved),
}
