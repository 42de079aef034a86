//! The store of several nodes, or of one that has a database anyway: PostgreSQL 13 or later.

mod append;
mod audit;
mod log;
mod objects;
mod outbox;
mod schema;

use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use uuid::Uuid;

use crate::{
    Attempt, Audit, Batch, Cdr, CdrQuery, Claim, Delivery, Due, Error, Event, EventQuery, Left, NewAudit,
    Object, Page, Put, Store, Verdict,
};

const CONNECTIONS_MAX: u32 = 10;
/// How long a query waits for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// What a database that has stopped answering may take of a connection's time, in its own words.
const STATEMENT_TIMEOUT: &str = "SET statement_timeout = '10s'";

/// A store that several nodes may share.
#[derive(Clone)]
pub struct Postgres(PgPool);

impl Postgres {
    /// Connects, and brings the schema up to date; one node at a time does that.
    ///
    /// # Errors
    ///
    /// The URL is none, nothing answers there, or the schema is of a later version.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let options = PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(CONNECT);
        let options = options.after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(STATEMENT_TIMEOUT).execute(connection).await.map(drop) })
        });
        let pool = options.connect(url).await?;
        schema::migrate(&pool).await?;
        Ok(Self(pool))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::unavailable(error)
    }
}

/// PostgreSQL has no unsigned numbers.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// A page of rows of which one more than fits was asked for.
fn page<T>(mut items: Vec<T>, limit: usize, cursor: impl Fn(&T) -> u64) -> Page<T> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(cursor);
    Page { items, next }
}

#[async_trait]
impl Store for Postgres {
    async fn append(&self, batch: Batch) -> Result<Vec<u64>, Error> {
        append::append(&self.0, batch).await
    }

    async fn head(&self) -> Result<u64, Error> {
        log::head(&self.0).await
    }

    async fn events(&self, query: EventQuery) -> Result<Page<Event>, Error> {
        log::events(&self.0, query).await
    }

    async fn left(&self, node: &str) -> Result<Left, Error> {
        log::left(&self.0, node).await
    }

    async fn cdrs(&self, query: CdrQuery) -> Result<Page<Cdr>, Error> {
        log::cdrs(&self.0, query).await
    }

    async fn put(&self, put: Put) -> Result<Object, Error> {
        objects::put(&self.0, put).await
    }

    async fn object(&self, kind: &str, id: &str) -> Result<Option<Object>, Error> {
        objects::find(&self.0, kind, id).await
    }

    async fn objects(&self, kind: &str, after: &str, limit: usize) -> Result<Vec<Object>, Error> {
        objects::list(&self.0, kind, after, limit).await
    }

    async fn latest(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Object>, Error> {
        objects::latest(&self.0, kind, before, limit).await
    }

    async fn remove(&self, kind: &str, id: &str) -> Result<bool, Error> {
        objects::remove(&self.0, kind, id).await
    }

    async fn claim(&self, claim: Claim) -> Result<Vec<Due>, Error> {
        outbox::claim(&self.0, claim).await
    }

    async fn settle(&self, id: Uuid, attempt: Attempt, verdict: Verdict) -> Result<(), Error> {
        outbox::settle(&self.0, id, attempt, verdict).await
    }

    async fn cancel(&self, webhook: &str) -> Result<u64, Error> {
        outbox::cancel(&self.0, webhook).await
    }

    async fn deliveries(
        &self,
        webhook: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Error> {
        outbox::list(&self.0, webhook, before, limit).await
    }

    async fn redeliver(&self, webhook: &str, id: Uuid, due_ms: i64) -> Result<bool, Error> {
        outbox::redeliver(&self.0, webhook, id, due_ms).await
    }

    async fn note(&self, audit: NewAudit) -> Result<(), Error> {
        audit::note(&self.0, audit).await
    }

    async fn audits(&self, before: Option<u64>, limit: usize) -> Result<Vec<Audit>, Error> {
        audit::list(&self.0, before, limit).await
    }

    async fn prune(&self, before_ms: i64) -> Result<u64, Error> {
        outbox::prune(&self.0, before_ms).await?;
        log::prune(&self.0, before_ms).await
    }
}
