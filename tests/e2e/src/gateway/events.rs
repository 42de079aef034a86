//! The event stream, listened to from the gateway's start on.

use crate::wait;
use anyhow::Result;
use futures_util::StreamExt;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// The events that came so far.
#[derive(Debug)]
pub(super) struct Events {
    seen: Arc<Mutex<Vec<Value>>>,
    listening: JoinHandle<()>,
}

impl Events {
    pub(super) async fn subscribe(port: u16, token: &str) -> Result<Self> {
        let url = format!("ws://127.0.0.1:{port}/v1/events/stream");
        let mut request = url.into_client_request()?;
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
        let (mut stream, _) = connect_async(request).await?;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = seen.clone();
        let listening = tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Message::Text(text) = message else { continue };
                if let Ok(event) = serde_json::from_str(&text) {
                    notes.lock().unwrap_or_else(PoisonError::into_inner).push(event);
                }
            }
        });
        Ok(Self { seen, listening })
    }

    pub(super) fn so_far(&self) -> Vec<Value> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) async fn first(&self, kind: &str, limit: Duration) -> Result<Value> {
        self.first_that(kind, limit, |_| true).await
    }

    pub(super) async fn first_that(
        &self,
        kind: &str,
        limit: Duration,
        is_meant: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let meant = |event: &Value| event["type"] == kind && is_meant(event);
        let found = || self.so_far().into_iter().find(meant);
        let state = || format!("there were {:?}", self.so_far());
        wait::until(&format!("event {kind}"), limit, found, state).await
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
