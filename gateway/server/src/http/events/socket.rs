//! The events over a WebSocket: a text frame each.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use api::ErrorCode;
use api::ws::{CloseCode, ServerFrame};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::auth::{Action, Denied};
use crate::http::{Shared, Slot, WEBSOCKET_READ_BYTES, bearer};
use crate::journal::{Cut, Wanted};
use crate::node::Node;
use crate::signal::Origins;

const MESSAGE_BYTES_MAX: usize = 16 * 1024;
const FIRST_FRAME: Duration = Duration::from_secs(10);
const WRITE: Duration = Duration::from_secs(10);
/// How often an idle subscriber is asked for a sign of life.
const PING: Duration = Duration::from_secs(25);
/// Try again later (RFC 6455 registry).
const TRY_AGAIN_LATER: u16 = 1013;
const GOING_AWAY: u16 = 1001;

/// The first frame of a subscriber without an `Authorization` header.
#[derive(Deserialize)]
struct First {
    token: String,
}

pub(super) fn open(
    shared: Arc<Shared>,
    slot: Slot,
    wanted: Wanted,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let node = shared.node.clone();
    upgrade.max_message_size(MESSAGE_BYTES_MAX).read_buffer_size(WEBSOCKET_READ_BYTES).on_upgrade(
        async move |socket| {
            subscribe(Subscriber(socket), node, wanted, headers).await;
            drop(slot);
        },
    )
}

struct Subscriber(WebSocket);

async fn subscribe(mut subscriber: Subscriber, node: Arc<Node>, wanted: Wanted, headers: HeaderMap) {
    if !Origins(&node.config.http.origins).allow(&headers) {
        return subscriber.refuse(ErrorCode::OriginForbidden, CloseCode::Forbidden as u16).await;
    }
    match authorise(&mut subscriber, &node, &headers).await {
        Ok(()) => follow(subscriber, &node, wanted).await,
        Err(denied) => {
            let close =
                if matches!(denied, Denied::Scope(_)) { CloseCode::Forbidden } else { CloseCode::Token };
            subscriber.refuse(denied.code(), close as u16).await;
        }
    }
}

async fn authorise(subscriber: &mut Subscriber, node: &Node, headers: &HeaderMap) -> Result<(), Denied> {
    let identity = if headers.contains_key(AUTHORIZATION) {
        bearer::identify(headers, node)?
    } else {
        let first = timeout(FIRST_FRAME, subscriber.0.recv()).await;
        let Ok(Some(Ok(Message::Text(text)))) = first else { return Err(Denied::Missing) };
        let First { token } = serde_json::from_str(&text).map_err(|_| Denied::Missing)?;
        node.authority.verify(&token, SystemTime::now())?
    };
    identity.authorise(Action::ReadEvents)
}

async fn follow(mut subscriber: Subscriber, node: &Node, wanted: Wanted) {
    let mut events = node.events.follow(wanted);
    let mut stopping = node.stopping.clone();
    let mut ping = tokio::time::interval(PING);
    let mut alive = true;
    loop {
        let written = tokio::select! {
            event = events.next() => match event {
                Ok(event) => subscriber.write(Message::Text(event.text().into())).await,
                Err(Cut::TooSlow | Cut::Unreadable) => {
                    metrics::counter!("offhook_events_subscribers_too_slow_total").increment(1);
                    return subscriber.refuse(ErrorCode::GatewayOverloaded, TRY_AGAIN_LATER).await;
                }
                Err(Cut::Stopping) => return subscriber.close(GOING_AWAY, "drain").await,
            },
            received = subscriber.0.recv() => match received {
                // What else a subscriber says means nothing; that it speaks does.
                Some(Ok(_)) => { alive = true; Some(()) }
                Some(Err(_)) | None => None,
            },
            _ = ping.tick() => {
                let answered = std::mem::replace(&mut alive, false);
                if answered { subscriber.write(Message::Ping(Vec::new().into())).await } else { None }
            }
            Ok(()) = stopping.changed() => return subscriber.close(GOING_AWAY, "drain").await,
        };
        if written.is_none() {
            return;
        }
    }
}

impl Subscriber {
    async fn send<T: Serialize>(&mut self, value: &T) -> Option<()> {
        let text = serde_json::to_string(value).ok()?;
        self.write(Message::Text(text.into())).await
    }

    async fn write(&mut self, message: Message) -> Option<()> {
        timeout(WRITE, self.0.send(message)).await.ok()?.ok()
    }

    async fn refuse(&mut self, code: ErrorCode, close: u16) {
        let refusal = ServerFrame::Error { id: None, data: code.into() };
        let _ = self.send(&refusal).await;
        self.close(close, code.entry().code).await;
    }

    async fn close(&mut self, code: u16, reason: &str) {
        let _ = self.write(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
}
