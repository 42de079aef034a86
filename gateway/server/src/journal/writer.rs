//! The task that writes: batches, until each is on the disk; then everybody hears of it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api::Timestamp;
use api::event::Event;
use serde::Deserialize;
use store::{Batch, Entry};
use tokio::sync::mpsc;
use tokio::time::{interval, sleep};
use tracing::warn;

use super::calls::LiveCalls;
use super::feed::{Feed, Recorded};
use super::{Shared, restart};
use crate::webhook::Webhooks;

/// Events of one batch.
const BATCH_MAX: usize = 512;
/// How soon a store that failed is tried again, at first and at most.
const RETRY_MIN: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How exactly the end of a call is known that a crash ended.
const ALIVE_EVERY: Duration = Duration::from_secs(20);
const PRUNE_EVERY: Duration = Duration::from_secs(3600);

/// Writes what the calls record.
pub struct Writer {
    node: String,
    store: Shared,
    feed: Feed,
    webhooks: Webhooks,
    keep: Duration,
    calls: LiveCalls,
    behind: bool,
}

impl Writer {
    /// A writer for the calls of a node, that forgets events after `keep`. First of all it ends the calls that the node
    /// left when it last stopped without ending them.
    ///
    /// # Errors
    ///
    /// The store does not work.
    pub async fn start(
        store: Shared,
        webhooks: Webhooks,
        node: String,
        keep: Duration,
    ) -> Result<(Self, Feed), store::Error> {
        let feed = Feed::new(store.clone());
        let ended = restart::ended(store.left(&node).await?, SystemTime::now().into());
        let calls = LiveCalls::default();
        let mut writer = Self { node, store, feed: feed.clone(), webhooks, keep, calls, behind: false };
        if !ended.is_empty() {
            warn!(calls = ended.len(), "ended the calls that the last stop left");
            let batch = writer.batch(&ended);
            writer.store.append(batch).await?;
        }
        Ok((writer, feed))
    }

    /// Writes until nobody records any more and all is written.
    pub async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        let mut alive = interval(ALIVE_EVERY);
        let mut prune = interval(PRUNE_EVERY);
        let mut batch = Vec::with_capacity(BATCH_MAX);
        loop {
            tokio::select! {
                received = events.recv_many(&mut batch, BATCH_MAX) => {
                    if received == 0 { return }
                    metrics::gauge!("offhook_events_waiting").set(events.len() as f64);
                    self.write(&batch).await;
                    batch.clear();
                }
                _ = alive.tick(), if self.calls.any() => self.write(&[]).await,
                _ = prune.tick() => self.prune().await,
            }
        }
    }

    /// Tries until the batch is written: the queue in front holds what happens meanwhile.
    async fn write(&mut self, events: &[Event]) {
        let batch = self.batch(events);
        let mut pause = RETRY_MIN;
        loop {
            match self.store.append(batch.clone()).await {
                Ok(cursors) => return self.written(batch, &cursors),
                Err(error) if !std::mem::replace(&mut self.behind, true) => {
                    warn!(%error, "events wait in memory until they can be written");
                }
                Err(_) => {}
            }
            metrics::counter!("offhook_events_write_failures_total").increment(1);
            sleep(pause).await;
            pause = (pause * 2).min(RETRY_MAX);
        }
    }

    fn batch(&mut self, events: &[Event]) -> Batch {
        let entries = events.iter().filter_map(|event| self.entry(event)).collect();
        Batch { node: self.node.clone(), alive_ms: Timestamp::from(SystemTime::now()).millis(), entries }
    }

    fn entry(&mut self, event: &Event) -> Option<Entry> {
        let body = serde_json::to_string(event).ok()?;
        let Type { topic } = serde_json::from_str(&body).ok()?;
        let (id, at_ms, call) = (event.id.0, event.at.millis(), Some(event.call.0));
        let track = self.calls.track(event);
        let deliveries = self.webhooks.deliveries(&topic);
        Some(Entry { id, at_ms, topic, call, body, track, deliveries })
    }

    fn written(&mut self, batch: Batch, cursors: &[u64]) {
        if std::mem::replace(&mut self.behind, false) {
            warn!("events can be written again");
        }
        metrics::counter!("offhook_events_written_total").increment(batch.entries.len() as u64);
        for (entry, &cursor) in batch.entries.into_iter().zip(cursors) {
            let Entry { topic, call, body, deliveries, .. } = entry;
            deliveries.iter().for_each(|new| self.webhooks.wake(&new.webhook));
            self.feed.publish(Arc::new(Recorded { cursor, topic, call, body }));
        }
    }

    async fn prune(&self) {
        let before = Timestamp::from(SystemTime::now() - self.keep);
        if let Err(error) = self.store.prune(before.millis()).await {
            warn!(%error, "old events could not be removed");
        }
    }
}

/// The type of an event, as it is spelt on the wire.
#[derive(Deserialize)]
struct Type {
    #[serde(rename = "type")]
    topic: String,
}
