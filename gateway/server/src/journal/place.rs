//! Where the store is, and what is built upon it.

use std::sync::Arc;
use std::time::Duration;

use store::{Embedded, Postgres};
use tracing::{info, warn};

use super::{Feed, Shared, Writer};
use crate::config;
use crate::node::Mode;
use crate::rim::StartError;
use crate::webhook::{Client, Reach, Webhooks};

const DAY_S: u64 = 86_400;

/// The store and what is built upon it.
pub struct Kept {
    /// The store itself.
    pub store: Shared,
    /// Who is told by HTTP.
    pub webhooks: Webhooks,
    /// What writes events.
    pub writer: Writer,
    /// What follows them.
    pub events: Feed,
}

/// Opens the store, ends what the last stop has left, and goes on with the web hooks.
///
/// # Errors
///
/// The store cannot be used.
pub async fn open(
    storage: &config::Storage,
    webhooks: &config::Webhooks,
    mode: Mode,
) -> Result<Kept, StartError> {
    let failed = |error: store::Error| StartError::new(format!("{error} (section storage)"));
    let store = open_store(storage, mode).await?;
    let reach = if webhooks.private_targets { Reach::Anywhere } else { Reach::Public };
    let delays = webhooks.retry_delays_s.iter().map(|&seconds| Duration::from_secs(seconds.into())).collect();
    let webhooks = Webhooks::start(store.clone(), Client::new(reach)?, delays).await.map_err(failed)?;
    let keep = Duration::from_secs(u64::from(*storage.keep_events_days.get_ref()) * DAY_S);
    let writer = Writer::start(store.clone(), webhooks.clone(), storage.node.clone(), keep);
    let (writer, events) = writer.await.map_err(failed)?;
    Ok(Kept { store, webhooks, writer, events })
}

/// Opens the store: a database, a folder, or memory.
async fn open_store(storage: &config::Storage, mode: Mode) -> Result<Shared, StartError> {
    let failed = |field: &str, error: store::Error| StartError::new(format!("{error} (field {field})"));
    if let Some(url) = &storage.database_url {
        let store =
            Postgres::open(url.expose()).await.map_err(|error| failed("storage.database_url", error))?;
        info!("events, CDRs and web hooks are kept in PostgreSQL");
        return Ok(Arc::new(store));
    }
    let Some(folder) = &storage.data_dir else {
        if mode == Mode::Configured {
            warn!("events, CDRs and web hooks are kept in memory only: write a folder as storage.data_dir");
        }
        return Ok(Arc::new(Embedded::in_memory().map_err(|error| failed("storage", error))?));
    };
    let store = Embedded::open(folder).map_err(|error| failed("storage.data_dir", error))?;
    info!(folder = %folder.display(), "events, CDRs and web hooks are kept in a folder");
    Ok(Arc::new(store))
}
