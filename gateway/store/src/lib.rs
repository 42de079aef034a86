//! What outlives a restart, behind one trait: the event log, CDRs, calls that have not ended, objects that the API
//! made, the outbox of the web hooks, and the audit trail.
//!
//! - **Is**: rows with the columns that queries need, and a JSON text each that the store does not read.
//! - **Is not**: rules about calls, web hooks or rights; those are in `server`, and the words are in `api`.
//! - **Contract**: a write that was acknowledged survives the end of the process at any instant. A [`Batch`] is written
//!   whole or not at all, and writing one again changes nothing.
//!
//! Two implementations pass the same tests: [`Embedded`], one file or none at all, and [`Postgres`].

mod embedded;
mod error;
mod postgres;
mod record;

use async_trait::async_trait;
use uuid::Uuid;

pub use embedded::Embedded;
pub use error::Error;
pub use postgres::Postgres;
pub use record::{
    Attempt, Audit, Batch, Cdr, CdrQuery, Claim, Delivery, DeliveryState, Due, Entry, Event, EventQuery,
    Expected, Left, NewAudit, NewCdr, NewDelivery, Object, Page, Put, Topics, Track, Verdict,
};

/// Rows that one query looks at; a filter that matches few of them gives a short page and a cursor.
pub const SCAN_MAX: usize = 50_000;

/// The store. Every method may fail with [`Error::Unavailable`], after which the same call may be tried again.
#[async_trait]
pub trait Store: Send + Sync {
    /// Writes events, and with each what follows from it: the call's state, its CDR, its deliveries. The cursors of the
    /// events come back in their order; an event whose id is in the log already keeps its cursor.
    async fn append(&self, batch: Batch) -> Result<Vec<u64>, Error>;

    /// The cursor of the newest event; 0 where there is none.
    async fn head(&self) -> Result<u64, Error>;

    /// Events in their order.
    async fn events(&self, query: EventQuery) -> Result<Page<Event>, Error>;

    /// Calls of a node that have not ended, and when that node wrote last.
    async fn left(&self, node: &str) -> Result<Left, Error>;

    /// CDRs, newest first.
    async fn cdrs(&self, query: CdrQuery) -> Result<Page<Cdr>, Error>;

    /// Makes or replaces an object.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`] and [`Error::Changed`], as [`Put::expected`] says.
    async fn put(&self, put: Put) -> Result<Object, Error>;

    /// One object.
    async fn object(&self, kind: &str, id: &str) -> Result<Option<Object>, Error>;

    /// Objects of a kind by id, those after `after`.
    async fn objects(&self, kind: &str, after: &str, limit: usize) -> Result<Vec<Object>, Error>;

    /// Objects of a kind by id from the last on, those before `before`.
    async fn latest(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Object>, Error>;

    /// Removes an object; whether it was there.
    async fn remove(&self, kind: &str, id: &str) -> Result<bool, Error>;

    /// Deliveries of a web hook that are due, held for whoever asks until the claim's end.
    async fn claim(&self, claim: Claim) -> Result<Vec<Due>, Error>;

    /// Notes how a delivery went. One that is gone is passed over.
    async fn settle(&self, id: Uuid, attempt: Attempt, verdict: Verdict) -> Result<(), Error>;

    /// Gives up all deliveries of a web hook that wait; how many.
    async fn cancel(&self, webhook: &str) -> Result<u64, Error>;

    /// Deliveries of a web hook, newest first, those before `before`.
    async fn deliveries(
        &self,
        webhook: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Error>;

    /// Makes a delivery due at `due_ms` whatever became of it; whether the web hook has it.
    async fn redeliver(&self, webhook: &str, id: Uuid, due_ms: i64) -> Result<bool, Error>;

    /// Writes a line of the audit trail.
    async fn note(&self, audit: NewAudit) -> Result<(), Error>;

    /// The audit trail, newest first, lines before `before`.
    async fn audits(&self, before: Option<u64>, limit: usize) -> Result<Vec<Audit>, Error>;

    /// Forgets events and deliveries from before that time; how many events.
    async fn prune(&self, before_ms: i64) -> Result<u64, Error>;
}
