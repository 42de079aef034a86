//! The web hooks there are, and a task for each.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use api::rest::Topic;
use api::{Timestamp, WebhookId};
use store::{Expected, NewDelivery, Object, Put, Topics};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::client::Client;
use super::deliver::Courier;
use super::target::{Target, TargetError};
use super::{Hook, KIND};
use crate::journal::Shared;

/// Web hooks of one store; each is asked for every event.
const WEBHOOKS_MAX: usize = 100;

/// Why a web hook is not made or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its URL is not taken.
    #[error("{0}")]
    Target(#[from] TargetError),
    /// There are too many.
    #[error("there are {WEBHOOKS_MAX} web hooks already")]
    TooMany,
    /// There is none.
    #[error("there is no such web hook")]
    Unknown,
    /// The store does not do as asked.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// A web hook that is told of events.
struct Entry {
    hook: Arc<Hook>,
    version: u64,
    topics: Topics,
    wake: Arc<Notify>,
    task: Option<JoinHandle<()>>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// The web hooks of the node.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

struct Inner {
    store: Shared,
    client: Client,
    delays: Vec<Duration>,
    entries: RwLock<BTreeMap<WebhookId, Entry>>,
}

impl Webhooks {
    /// Reads the web hooks and goes on with what each has still to hear; `delays` are those between attempts.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn start(store: Shared, client: Client, delays: Vec<Duration>) -> Result<Self, store::Error> {
        let entries = RwLock::default();
        let webhooks = Self(Arc::new(Inner { store, client, delays, entries }));
        for object in webhooks.0.store.objects(KIND, "", WEBHOOKS_MAX).await? {
            webhooks.install(&object);
        }
        Ok(webhooks)
    }

    /// Makes a web hook.
    ///
    /// # Errors
    ///
    /// [`Refused::Target`], [`Refused::TooMany`], [`Refused::Store`].
    pub async fn create(
        &self,
        url: String,
        topics: Vec<Topic>,
        now: Timestamp,
    ) -> Result<(WebhookId, Arc<Hook>), Refused> {
        Target::parse(&url, self.0.client.reach)?;
        if self.list().len() >= WEBHOOKS_MAX {
            return Err(Refused::TooMany);
        }
        let id = WebhookId(Uuid::now_v7());
        let hook = self.put(id, &Hook::new(url, topics, now), Expected::Nothing).await?;
        Ok((id, hook))
    }

    /// Gives a web hook a new secret; the former signs on for a day.
    ///
    /// # Errors
    ///
    /// [`Refused::Unknown`], [`Refused::Store`].
    pub async fn rotate(&self, id: WebhookId, now: Timestamp) -> Result<Arc<Hook>, Refused> {
        let (hook, version) = self.versioned(id).ok_or(Refused::Unknown)?;
        self.put(id, &hook.rotated(now), Expected::Version(version)).await
    }

    /// Removes a web hook and gives up what it has not heard.
    ///
    /// # Errors
    ///
    /// [`Refused::Unknown`], [`Refused::Store`].
    pub async fn remove(&self, id: WebhookId) -> Result<(), Refused> {
        if !self.0.store.remove(KIND, &id.to_string()).await? {
            return Err(Refused::Unknown);
        }
        self.entries_mut(|entries| entries.remove(&id));
        self.0.store.cancel(&id.to_string()).await?;
        Ok(())
    }

    /// Tells a web hook nothing more.
    pub(super) async fn disable(&self, id: WebhookId) -> Result<(), Refused> {
        let (hook, version) = self.versioned(id).ok_or(Refused::Unknown)?;
        self.0.store.cancel(&id.to_string()).await?;
        let disabled = Hook { enabled: false, ..hook.as_ref().clone() };
        self.put(id, &disabled, Expected::Version(version)).await.map(drop)
    }

    /// Delivers nothing more.
    pub fn stop(&self) {
        self.entries_mut(BTreeMap::clear);
    }

    /// All of them, oldest first.
    pub fn list(&self) -> Vec<(WebhookId, Arc<Hook>)> {
        let entries = self.0.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|(id, entry)| (*id, entry.hook.clone())).collect()
    }

    /// One of them.
    pub fn hook(&self, id: WebhookId) -> Option<Arc<Hook>> {
        self.versioned(id).map(|(hook, _)| hook)
    }

    /// The deliveries that an event of a type needs.
    pub fn deliveries(&self, topic: &str) -> Vec<NewDelivery> {
        let entries = self.0.entries.read().unwrap_or_else(PoisonError::into_inner);
        let wanting = entries.iter().filter(|(_, entry)| entry.hook.enabled && entry.topics.contain(topic));
        let new = |(id, _): (&WebhookId, _)| NewDelivery { id: Uuid::now_v7(), webhook: id.to_string() };
        wanting.map(new).collect()
    }

    /// Says that a web hook has something to hear.
    pub fn wake(&self, webhook: &str) {
        let entries = self.0.entries.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = webhook.parse().ok().and_then(|id: WebhookId| entries.get(&id)) {
            entry.wake.notify_one();
        }
    }

    /// Makes a delivery once more; whether there is such a delivery.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn redeliver(
        &self,
        id: WebhookId,
        delivery: Uuid,
        now: Timestamp,
    ) -> Result<bool, store::Error> {
        let found = self.0.store.redeliver(&id.to_string(), delivery, now.millis()).await?;
        self.wake(&id.to_string());
        Ok(found)
    }

    fn versioned(&self, id: WebhookId) -> Option<(Arc<Hook>, u64)> {
        let entries = self.0.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries.get(&id).map(|entry| (entry.hook.clone(), entry.version))
    }

    async fn put(&self, id: WebhookId, hook: &Hook, expected: Expected) -> Result<Arc<Hook>, Refused> {
        let body =
            serde_json::to_string(hook).map_err(|error| store::Error::Unavailable(error.to_string()))?;
        let at_ms = Timestamp::from(SystemTime::now()).millis();
        let put = Put { kind: KIND.to_owned(), id: id.to_string(), expected, at_ms, body };
        let object = self.0.store.put(put).await?;
        self.install(&object).ok_or(Refused::Unknown)
    }

    /// Puts an object of the store to work; `None` if it is no web hook.
    fn install(&self, object: &Object) -> Option<Arc<Hook>> {
        let id: WebhookId = object.id.parse().ok()?;
        let hook: Arc<Hook> = Arc::new(serde_json::from_str(&object.body).ok()?);
        let topics = Topics(hook.topics.iter().map(ToString::to_string).collect());
        self.entries_mut(|entries| {
            let former = entries.get_mut(&id);
            let wake = former.as_ref().map_or_else(Arc::default, |former| former.wake.clone());
            // A task reads the hook anew for each delivery; one that disables its own hook ends by itself.
            let running = former.and_then(|former| former.task.take());
            let task = hook.enabled.then(|| running.unwrap_or_else(|| self.courier(id, wake.clone())));
            entries.insert(id, Entry { hook: hook.clone(), version: object.version, topics, wake, task });
        });
        Some(hook)
    }

    fn courier(&self, id: WebhookId, wake: Arc<Notify>) -> JoinHandle<()> {
        let Inner { store, client, delays, .. } = self.0.as_ref();
        let (store, client, delays) = (store.clone(), client.clone(), delays.clone());
        tokio::spawn(Courier { id, store, client, delays, wake, webhooks: self.clone() }.run())
    }

    fn entries_mut<T>(&self, change: impl FnOnce(&mut BTreeMap<WebhookId, Entry>) -> T) -> T {
        change(&mut self.0.entries.write().unwrap_or_else(PoisonError::into_inner))
    }
}
