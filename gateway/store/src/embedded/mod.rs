//! The store in one file, or in memory: redb, which needs nothing installed.

mod audit;
mod cdrs;
mod log;
mod objects;
mod outbox;
mod tables;
mod trim;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use redb::backends::InMemoryBackend;
use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};
use uuid::Uuid;

use crate::{
    Attempt, Audit, Batch, Cdr, CdrQuery, Claim, Delivery, Due, Error, Event, EventQuery, Left, NewAudit,
    Object, Page, Put, Store, Verdict,
};

/// The file in its folder.
const FILE: &str = "offhook.redb";
/// What is kept of the file in memory, in bytes: the newest of a log that is mostly written, and the paths to the rest.
const CACHE: usize = 4 * 1024 * 1024;
/// The same of a store that is in memory as it is.
const CACHE_OF_MEMORY: usize = 256 * 1024;
/// Events, and as many CDRs and deliveries, of a store in memory; the oldest go first.
const IN_MEMORY_MAX: u64 = 10_000;

/// The store of one node.
#[derive(Clone)]
pub struct Embedded {
    database: Arc<Database>,
    room: Room,
}

/// How much a store may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    Disk,
    Memory,
}

impl Embedded {
    /// Opens the store in a folder, which is made if it is not there. After a crash this puts the file right.
    ///
    /// # Errors
    ///
    /// The folder cannot be written, another process has it, or the file is not a store.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(Error::unavailable)?;
        let database = Database::builder().set_cache_size(CACHE).create(folder.join(FILE));
        Self::prepare(database.map_err(Error::unavailable)?, Room::Disk)
    }

    /// A store that ends with the process, and holds the newest 10,000 events, CDRs and deliveries.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    pub fn in_memory() -> Result<Self, Error> {
        let database =
            Database::builder().set_cache_size(CACHE_OF_MEMORY).create_with_backend(InMemoryBackend::new());
        Self::prepare(database.map_err(Error::unavailable)?, Room::Memory)
    }

    fn prepare(database: Database, room: Room) -> Result<Self, Error> {
        let transaction = database.begin_write().map_err(Error::unavailable)?;
        tables::create(&transaction)?;
        transaction.commit().map_err(Error::unavailable)?;
        Ok(Self { database: Arc::new(database), room })
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ReadTransaction) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.blocking(move |database| work(&database.begin_read().map_err(Error::unavailable)?)).await
    }

    /// Acknowledged once it is on the disk.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WriteTransaction) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.blocking(move |database| {
            let transaction = database.begin_write().map_err(Error::unavailable)?;
            let done = work(&transaction)?;
            transaction.commit().map_err(Error::unavailable)?;
            Ok(done)
        })
        .await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let database = self.database.clone();
        tokio::task::spawn_blocking(move || work(&database)).await.map_err(Error::unavailable)?
    }
}

#[async_trait]
impl Store for Embedded {
    async fn append(&self, batch: Batch) -> Result<Vec<u64>, Error> {
        let room = self.room;
        self.write(move |transaction| {
            let cursors = log::append(transaction, &batch)?;
            if room == Room::Memory {
                trim::trim(transaction, IN_MEMORY_MAX)?;
            }
            Ok(cursors)
        })
        .await
    }

    async fn head(&self) -> Result<u64, Error> {
        self.read(log::head).await
    }

    async fn events(&self, query: EventQuery) -> Result<Page<Event>, Error> {
        self.read(move |transaction| log::events(transaction, &query)).await
    }

    async fn left(&self, node: &str) -> Result<Left, Error> {
        let node = node.to_owned();
        self.read(move |transaction| log::left(transaction, &node)).await
    }

    async fn cdrs(&self, query: CdrQuery) -> Result<Page<Cdr>, Error> {
        self.read(move |transaction| cdrs::find(transaction, &query)).await
    }

    async fn put(&self, put: Put) -> Result<Object, Error> {
        self.write(move |transaction| objects::put(transaction, put)).await
    }

    async fn object(&self, kind: &str, id: &str) -> Result<Option<Object>, Error> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.read(move |transaction| objects::find(transaction, &kind, &id)).await
    }

    async fn objects(&self, kind: &str, after: &str, limit: usize) -> Result<Vec<Object>, Error> {
        let (kind, after) = (kind.to_owned(), after.to_owned());
        self.read(move |transaction| objects::list(transaction, &kind, &after, limit)).await
    }

    async fn latest(&self, kind: &str, before: Option<&str>, limit: usize) -> Result<Vec<Object>, Error> {
        let (kind, before) = (kind.to_owned(), before.map(str::to_owned));
        self.read(move |transaction| objects::latest(transaction, &kind, before.as_deref(), limit)).await
    }

    async fn remove(&self, kind: &str, id: &str) -> Result<bool, Error> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.write(move |transaction| objects::remove(transaction, &kind, &id)).await
    }

    async fn claim(&self, claim: Claim) -> Result<Vec<Due>, Error> {
        let asked = claim.clone();
        // Mostly there is none, and a look costs no write.
        if !self.read(move |transaction| outbox::is_due(transaction, &asked)).await? {
            return Ok(Vec::new());
        }
        self.write(move |transaction| outbox::claim(transaction, &claim)).await
    }

    async fn settle(&self, id: Uuid, attempt: Attempt, verdict: Verdict) -> Result<(), Error> {
        self.write(move |transaction| outbox::settle(transaction, id, attempt, verdict)).await
    }

    async fn cancel(&self, webhook: &str) -> Result<u64, Error> {
        let webhook = webhook.to_owned();
        self.write(move |transaction| outbox::cancel(transaction, &webhook)).await
    }

    async fn deliveries(
        &self,
        webhook: &str,
        before: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Error> {
        let webhook = webhook.to_owned();
        self.read(move |transaction| outbox::list(transaction, &webhook, before, limit)).await
    }

    async fn redeliver(&self, webhook: &str, id: Uuid, due_ms: i64) -> Result<bool, Error> {
        let webhook = webhook.to_owned();
        self.write(move |transaction| outbox::redeliver(transaction, &webhook, id, due_ms)).await
    }

    async fn note(&self, audit: NewAudit) -> Result<(), Error> {
        self.write(move |transaction| audit::note(transaction, &audit)).await
    }

    async fn audits(&self, before: Option<u64>, limit: usize) -> Result<Vec<Audit>, Error> {
        self.read(move |transaction| audit::list(transaction, before, limit)).await
    }

    async fn prune(&self, before_ms: i64) -> Result<u64, Error> {
        self.write(move |transaction| {
            outbox::prune(transaction, before_ms)?;
            log::prune(transaction, before_ms)
        })
        .await
    }
}
